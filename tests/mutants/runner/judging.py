"""Judges: processes in which a layer is collected, waiting for mutants. Each mutant gets a copy of such a process."""

import json
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, redirect_stderr, redirect_stdout
from functools import partial
from io import StringIO
from typing import BinaryIO, Final, NoReturn

import pytest
from tests.mutants.applying import applied
from tests.mutants.catalogue import BY_ID
from tests.mutants.layers import ROOT, Layer
from tests.mutants.mutant import Mutant
from tests.mutants.runner.verdict import Job, Verdict

_LONGEST: Final = 300  # characters of a reason, so that a verdict is written in one piece


class Observer:
    """Looks at a run, and ends it with the first test that fails.

    A test fails in its own call, or by `pytest.fail` in a fixture, which is said on purpose. Whatever else goes wrong
    before, in collecting or in a fixture, is no failure of a test: a mutant that only breaks the machinery hasn't been
    caught by anything.
    """

    def __init__(self) -> None:
        self.passed = 0
        self.killer = ""
        self.why = ""
        self.errors: list[str] = []
        self._said: set[str] = set()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        if call.excinfo is not None and isinstance(call.excinfo.value, pytest.fail.Exception):
            self._said.add(item.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.errors.append(f"{report.nodeid} can't be collected: {_telling_line(report.longreprtext)}")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.passed and report.when == "call":
            self.passed += 1
        elif report.failed and (report.when == "call" or report.nodeid in self._said):
            self.killer = self.killer or report.nodeid
            self.why = self.why or _telling_line(report.longreprtext)
        elif report.failed:
            self.errors.append(f"{report.nodeid} has no {report.when}: {_telling_line(report.longreprtext)}")

    def verdict(self, seconds: float, status: int) -> Verdict:
        """Return what came of the run.

        Args:
            seconds: How long it took.
            status: pytest's exit status.
        """
        if self.killer:
            return Verdict("killed", seconds, self.killer, self.why, self.passed)
        if self.errors:
            return Verdict("broken", seconds, "", self.errors[0][:_LONGEST], self.passed)
        if status != pytest.ExitCode.OK or not self.passed:
            return Verdict("broken", seconds, "", f"pytest ended with {status} after {self.passed} tests", self.passed)
        return Verdict("survived", seconds, passed=self.passed)


def run(layer: Layer, job: Job) -> Verdict:
    """Run a layer in this process, from its collection on."""
    started = time.monotonic()
    mutant = BY_ID.get(job.mutant)
    if mutant is not None and mutant.side == "document":
        _forget_the_proof()
    observer = Observer()
    with _in_force(mutant), _silence():
        status = pytest.main(_arguments(layer, job.only, job.seed), plugins=[observer, _Stopping(observer)])
    return observer.verdict(time.monotonic() - started, status)


class _Stopping:
    """Ends a run with the first test that fails."""

    def __init__(self, observer: Observer) -> None:
        self._observer = observer

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logfinish(self) -> None:
        if self._observer.killer:
            raise pytest.Session.Failed("a test failed")


class _Waiting:
    """In place of running what was collected, waits for jobs, and runs them on copies of this process."""

    def __init__(self, layer: Layer, jobs: BinaryIO, verdicts: int) -> None:
        self._layer, self._jobs, self._verdicts = layer, jobs, verdicts
        self.errors: list[str] = []

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.errors.append(f"{report.nodeid} can't be collected: {_telling_line(report.longreprtext)}")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.serve(session)
        return True

    def serve(self, session: pytest.Session | None) -> None:
        """Answer jobs until there are no more."""
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the keepers
        for line in self._jobs:
            job = Job(*json.loads(line))
            if not os.fork():
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                _keep(job, self._verdicts, partial(self._run, session, job))

    def _run(self, session: pytest.Session | None, job: Job) -> Verdict:
        mutant = BY_ID.get(job.mutant)
        afresh = mutant is not None and mutant.side == "document" and not self._layer.rereads
        if session is None or afresh or self.errors:
            return run(self._layer, job)
        started = time.monotonic()
        observer = Observer()
        session.config.option.contract_seed = job.seed
        session.config.pluginmanager.register(observer)
        if job.only:
            session.items = [item for item in session.items if item.nodeid in job.only]
        with _in_force(mutant), _silence():
            for index, item in enumerate(session.items):
                following = session.items[index + 1] if index + 1 < len(session.items) else None
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
                if observer.killer:
                    break
        return observer.verdict(time.monotonic() - started, pytest.ExitCode.OK)


def wait(layer: Layer, jobs: BinaryIO, verdicts: int) -> None:
    """Collect a layer, and answer jobs.

    Args:
        layer: The layer.
        jobs: Where jobs come from, a line each.
        verdicts: The descriptor that verdicts go to, a line each.
    """
    waiting = _Waiting(layer, jobs, verdicts)
    with _silence():
        pytest.main(_arguments(layer, (), 0), plugins=[waiting])
    waiting.serve(None)  # where it can't be collected, it is tried anew for each job, which tells why


def _keep(job: Job, verdicts: int, judge: Callable[[], Verdict]) -> NoReturn:
    """Let a process judge, and pass on what it says; where it says nothing in time, that it doesn't."""
    started = time.monotonic()
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            os.close(reading)
            os.write(writing, json.dumps(judge()).encode())
        finally:
            os._exit(0)  # whatever was raised: nothing of the parent's is to be done twice
    os.close(writing)
    said = b""
    if select.select([reading], [], [], job.patience)[0]:
        said = os.read(reading, 1 << 16)
    else:
        os.kill(pid, signal.SIGKILL)
    seconds = time.monotonic() - started
    silent = Verdict("broken", seconds, reason=f"the process ended, or was ended, after {seconds:.0f} s")
    verdict = json.loads(said) if said else silent
    os.write(verdicts, json.dumps([job.number, *verdict]).encode() + b"\n")
    os._exit(0)


def _in_force(mutant: Mutant | None) -> AbstractContextManager[None]:
    return applied(*([] if mutant is None else [mutant.apply]))


@contextmanager
def _silence() -> Iterator[None]:
    """Let nothing be printed."""
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        yield


def _arguments(layer: Layer, only: Sequence[str], seed: int) -> list[str]:
    quiet = ("-q", "--no-header", "--tb=short", "-p", "no:cacheprovider", "-p", "no:xdist")
    return [*(only or layer.places), *quiet, f"--rootdir={ROOT}", f"--contract-seed={seed}", *layer.options]


def _forget_the_proof() -> None:
    """Let the proof be imported again: what it knows of the document, it knows since it was imported."""
    for name in [name for name in sys.modules if name == "tests.contract" or name.startswith("tests.contract.")]:
        del sys.modules[name]


def _telling_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.startswith("E ")] or text.splitlines() or [""]
    return lines[0].removeprefix("E").strip()[:_LONGEST]
