"""The main job, with less to do than usual, reports that go elsewhere, and a server that it doesn't know."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.contract import verify
from tests.contract.verifying.relay import Relay, relayed

from bubblehouse_mock import BubblehouseMock, running

SECRET = "bm90LWEtc2VjcmV0LWRlbW8ta2V5LTEtZm9yLXRlc3RzLW9ubHk="
CREDENTIALS = {
    "BUBBLEHOUSE_KEY_ID": "demo-key-1",
    "BUBBLEHOUSE_SECRET": SECRET,
    "BUBBLEHOUSE_CUSTOMER": "1001",
}
ROOT = Path(__file__).parents[3]
# The whole main job but for comparing generated code, which has nothing to do with the server.
JOB = """
import sys
from pathlib import Path
from tests.contract import verify
verify.REPORTS, verify.TESTS = Path(sys.argv[1]), sys.argv[2].split()
verify._regenerate = lambda: None
sys.exit(verify.main(sys.argv[3:]))
"""

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the main job writes."""
    monkeypatch.setattr(verify, "REPORTS", tmp_path / "reports")
    return tmp_path / "reports"


@pytest.fixture
def mock() -> BubblehouseMock:
    """The shop."""
    return BubblehouseMock(strict=True)


@pytest.fixture
def stranger(mock: BubblehouseMock) -> Iterator[Relay]:
    """The shop behind a relay: nobody can tell that it is a mock."""
    with running(mock) as url, relayed(url) as relay:
        yield relay


@pytest.fixture
def start(stranger: Relay, reports: Path) -> Iterator[Start]:
    """Start the main job in a process of its own, against the stranger."""
    started: list[subprocess.Popen[str]] = []

    def start(tests: str, *arguments: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-c", JOB, reports, tests, "--url", stranger.url, "--shop", "demo-shop", *arguments],
            cwd=ROOT,
            env=os.environ | CREDENTIALS,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()
