"""Runs one layer in this process, which has a mutant in it, and tells what came of it."""

import os
import sys
import time
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO

import pytest
from tests.mutants.applying import applied
from tests.mutants.layers import ROOT, Layer
from tests.mutants.mutant import Mutant
from tests.mutants.runner.verdict import Verdict

_LONGEST = 300  # characters of a reason


class _Observer:
    """Looks at a run, and ends it with the first test that fails.

    A test fails in its own call. Whatever goes wrong before, in collecting or in a fixture, is no failure of a test: a
    mutant that only breaks the machinery hasn't been caught by anything.
    """

    def __init__(self) -> None:
        self.passed = 0
        self.killer = ""
        self.why = ""
        self.errors: list[str] = []
        self._session: pytest.Session | None = None

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        self._session = session

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.errors.append(f"{report.nodeid} can't be collected: {_last_line(report.longreprtext)}")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.passed and report.when == "call":
            self.passed += 1
        elif report.failed and report.when == "call":
            self.killer = self.killer or report.nodeid
            self.why = self.why or _last_line(report.longreprtext)
            if self._session is not None:
                self._session.shouldfail = "a test failed"
        elif report.failed:
            self.errors.append(f"{report.nodeid} has no {report.when}: {_last_line(report.longreprtext)}")


def judge(layer: Layer, seed: int, mutant: Mutant | None = None, only: Sequence[str] = ()) -> Verdict:
    """Run a layer in this process. It can't be used for anything else afterwards.

    Args:
        layer: The layer.
        seed: The seed of the contract tests.
        mutant: What is put into force first; None for the original.
        only: Some of the layer's tests, where not all are to run.
    """
    started = time.monotonic()
    if mutant is not None and mutant.side == "document":
        _forget_the_proof()
    observer, output = _Observer(), StringIO()
    arguments = [
        *(only or layer.places),
        *("-q", "--no-header", "--tb=short", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:terminalreporter"),
        *(f"--rootdir={ROOT}", f"--contract-seed={seed}", *layer.options),
    ]
    os.chdir(ROOT)
    with applied(*([] if mutant is None else [mutant.apply])), redirect_stdout(output), redirect_stderr(output):
        status = pytest.main(arguments, plugins=[observer])
    seconds = time.monotonic() - started
    if observer.killer:
        return Verdict("killed", seconds, observer.killer, observer.why, observer.passed)
    if observer.errors:
        return Verdict("broken", seconds, reason=observer.errors[0][:_LONGEST], passed=observer.passed)
    if status != pytest.ExitCode.OK or not observer.passed:
        reason = f"pytest ended with {status} after {observer.passed} tests: {_last_line(output.getvalue())}"
        return Verdict("broken", seconds, reason=reason, passed=observer.passed)
    return Verdict("survived", seconds, passed=observer.passed)


def warm() -> None:
    """Import all that layers need, so that a process that is forked from this one has it."""
    places = [place for layer in _layers() for place in layer.places]
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()):
        os.chdir(ROOT)
        pytest.main(["--collect-only", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", f"--rootdir={ROOT}", *places])


def _layers() -> Sequence[Layer]:
    from tests.mutants.layers import LAYERS  # noqa: PLC0415 - tests put others in their place

    return LAYERS


def _forget_the_proof() -> None:
    """Let the proof be imported again: what it knows of the document, it knows since it was imported."""
    for name in [name for name in sys.modules if name == "tests.contract" or name.startswith("tests.contract.")]:
        del sys.modules[name]


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.startswith("E ")] or text.splitlines() or [""]
    return lines[0].removeprefix("E").strip()[:_LONGEST]
