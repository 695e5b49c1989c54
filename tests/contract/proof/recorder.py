"""Fills in the figures of a run, and writes them when it ends."""

import time
from collections import deque
from collections.abc import Generator
from importlib.metadata import version
from typing import TYPE_CHECKING

import pytest
from tests.contract.proof.coverage.criteria import measured
from tests.contract.proof.figures import Run, TestFailure
from tests.contract.proof.options import Options
from tests.contract.proof.reproduce import reproduction
from tests.contract.proof.watch.exchange import Exchange
from tests.contract.proof.watch.record import Record
from tests.contract.proof.watch.secrets import scrub

if TYPE_CHECKING:
    from tests.contract.proof.coverage.collector import Collector
    from tests.contract.proof.watch.line import Line

_SHOWN = 3  # of the calls of a test that failed
_PACKAGES = ("bubblehouse-loyalty", "schemathesis", "hypothesis", "pytest")


class Recorder:
    """A plugin of pytest, and a witness of the wire.

    Args:
        options: What the run was told.
    """

    def __init__(self, options: Options) -> None:
        self.run = Run(seed=options.seed, versions={name: version(name) for name in _PACKAGES})
        self.line: Line | None = None
        self.collector: Collector | None = None
        self._file = options.figures
        self._record = Record(options.record) if options.record is not None else None
        self._started = time.monotonic()
        self._test = ""
        self._calls: deque[Exchange] = deque(maxlen=_SHOWN)

    @property
    def writes(self) -> bool:
        """Whether the figures go to a file."""
        return self._file is not None

    def witness(self, exchange: Exchange) -> None:
        """Take down a call."""
        exchange.sender = self._test
        self._calls.append(exchange)
        if self.collector is not None:
            self.collector(exchange)
        if self._record is not None:
            self._record(exchange)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._test = nodeid
        self._calls.clear()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        # Here and not where reports are written, so that pytest's own output has no secret either.
        if report.longrepr is not None and not isinstance(report.longrepr, tuple):
            said = str(report.longrepr)
            if (harmless := scrub(said)) != said:
                report.longrepr = harmless
        report.sections = [(name, scrub(text)) for name, text in report.sections]
        return report

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self) -> Generator[None, object, object]:
        ran = yield
        if self.line is not None and self.line.given_up:
            # A layer that counts its own failures may have passed with it.
            pytest.fail(f"the run was given up: {self.line.given_up}", pytrace=False)
        return ran

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        ran = yield
        if self.line is not None and self.line.given_up:
            item.session.shouldfail = f"the run was given up: {self.line.given_up}"
        return ran

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" and report.passed:
            self.run.passed += 1
        elif report.failed:
            calls = [reproduction(exchange) for exchange in self._calls]
            line = (report.location[1] or 0) + 1
            self.run.failures.append(TestFailure(report.nodeid, scrub(report.longreprtext), line, calls))
        elif report.skipped and isinstance(report.longrepr, tuple):
            reason = report.longrepr[2].removeprefix("Skipped: ")
            self.run.skipped[reason] = self.run.skipped.get(reason, 0) + 1

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.run.failures.append(TestFailure(report.nodeid, scrub(report.longreprtext)))

    def pytest_sessionfinish(self) -> None:
        if self.collector is not None:
            self.run.coverage = measured(self.collector)
        self.run.seconds = time.monotonic() - self._started
        if self._file is not None:
            self.run.write(self._file)
        if self._record is not None:
            self._record.close()
