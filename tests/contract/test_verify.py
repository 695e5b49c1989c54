"""The main job itself: it tests what it was told to, stops when told to, and no report says more than it found out.

It leaves these tests out of its own run.
"""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar
from xml.etree import ElementTree as ET

import pytest
from tests.contract import verify
from tests.contract.proof import console, page
from tests.contract.proof.control import TargetError, served
from tests.contract.proof.figures import (
    Cell,
    LinkTraffic,
    OperationTraffic,
    PhaseTime,
    Run,
    Tally,
    TestFailure,
    Traffic,
    read,
)
from tests.contract.proof.recipes import ALL_KINDS

from bubblehouse.transport import Httpx2Transport, Request
from bubblehouse_mock import BubblehouseMock, running

_ROOT = Path(__file__).parents[2]
_ONE_TEST = "tests/contract/test_round_trip.py"
_TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJkZW1vIn0.c2lnbmF0dXJl"
_STOPPABLE = """
import sys
from pathlib import Path
from tests.contract import verify
verify.REPORTS = Path(sys.argv[1])
sys.exit(verify.main(["--url", sys.argv[2]]))
"""


@pytest.fixture
def reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the main job writes: there are reports of an earlier run."""
    for kind in ("html", "xml", "json"):
        (tmp_path / f"contract.{kind}").write_text("all was well", encoding="utf-8")
    monkeypatch.setattr(verify, "REPORTS", tmp_path)
    monkeypatch.setattr(verify, "TESTS", (_ONE_TEST,))
    return tmp_path


@contextmanager
def _broken_behind_a_control_plane(mock_url: str) -> Iterator[str]:
    """Serve a mock's control plane in front of an API that always fails."""

    class Proxy(BaseHTTPRequestHandler):
        mock: ClassVar[str] = mock_url.removesuffix("/api")

        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def log_message(self, *_: object) -> None:
            pass

        def _answer(self) -> None:
            body, status = self.rfile.read(int(self.headers.get("Content-Length") or 0)), 500
            content = b"{}"
            if self.path.startswith("/__mock__/"):
                headers = (("Content-Type", "application/json"),)
                transport = Httpx2Transport()
                answer = transport.send(Request(self.command, self.mock + self.path, headers, body), timeout=5)
                transport.close()
                status, content = answer.status, answer.content
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/api"
        server.shutdown()


def test_a_mock_that_answers_agrees(reports: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert verify.main(["--examples", "1", "--seed", "0"]) == 0
    assert "contract, server and client agree" in capfd.readouterr().out
    assert "Contract, server and client agree" in (reports / "contract.html").read_text(encoding="utf-8")
    assert read(reports / "contract.json").passed > 0


def test_the_server_that_was_named_is_the_one_that_is_tested(
    reports: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify, "_regenerate", lambda: None)  # it knows of no server
    with running(BubblehouseMock(strict=True)) as url, _broken_behind_a_control_plane(url) as broken:
        assert verify.main(["--url", broken + "/"]) == 1
        run = read(reports / "contract.json")
        assert (run.url, run.control) == (broken, True)
    assert run.failures
    assert "DISAGREE" in capfd.readouterr().out


def test_a_control_plane_elsewhere_is_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"KEY_ID": "k", "SECRET": "c2VjcmV0", "CUSTOMER": "c"}.items():
        monkeypatch.setenv(f"BUBBLEHOUSE_{name}", value)
    monkeypatch.setattr("bubblehouse.checks.is_loopback", lambda _: False)
    monkeypatch.setattr("tests.contract.proof.control.urlsplit", lambda _: _Https)
    with running(BubblehouseMock(strict=True)) as url, served(url, "demo", allow_writes=False) as target:
        assert (target.control, target.writes, target.bears_random_writes) == (None, False, False)


class _Https:
    """What a URL elsewhere is split into."""

    scheme = "https"
    hostname = "elsewhere"


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://elsewhere.invalid/api", "clear text"),
        ("https://me:hush@elsewhere.invalid/api", "must not hold a user name or a password"),
        ("elsewhere.invalid/api", "absolute URL"),
    ],
)
def test_no_call_goes_where_a_token_must_not(url: str, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.contract.proof.control.Httpx2Transport", lambda: pytest.fail("it was about to call"))
    with pytest.raises(TargetError, match=told) as caught, served(url, "demo", allow_writes=False):
        pass
    assert "hush" not in str(caught.value)


def test_reports_of_a_run_that_failed_say_so(reports: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert verify.main(["--url", "http://elsewhere.invalid/api"]) == 1
    html = (reports / "contract.html").read_text(encoding="utf-8")
    assert "were not verified" in html
    assert "clear text" in html
    suite = ET.parse(reports / "contract.xml").getroot()[0]  # noqa: S314 - we wrote it just now
    failure = suite.find("testcase/failure")
    assert suite.get("failures") == "1"
    assert failure is not None
    assert "clear text" in failure.get("message", "")
    assert not read(reports / "contract.json").agrees
    assert "verify: the URL: http://elsewhere.invalid/api would get tokens in clear text" in capfd.readouterr().out


@pytest.mark.parametrize("option", ["--examples=0", "--examples=-5", "--examples=many", "--seed=-1", "--seed=1.5"])
def test_numbers_that_mean_nothing_are_refused(option: str, reports: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        verify.main([option])
    assert "must be a whole number from" in capsys.readouterr().err
    assert (reports / "contract.html").read_text(encoding="utf-8") == "all was well"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stopping_it_stops_its_children(number: signal.Signals, tmp_path: Path) -> None:
    with running(BubblehouseMock(strict=True)) as url:
        command = [sys.executable, "-u", "-c", _STOPPABLE, str(tmp_path), url]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, cwd=_ROOT, stdout=pipe, stderr=subprocess.STDOUT, text=True) as process:
            assert process.stdout is not None
            assert any("test session starts" in line for line in process.stdout)
            process.send_signal(number)
            # Ends only once no child holds the pipe any more.
            rest, _ = process.communicate(timeout=8)
    assert process.returncode == 1
    assert rest.splitlines()[-1] == "verify: stopped"
    assert "Traceback" not in rest
    assert "verify: stopped" in (tmp_path / "contract.html").read_text(encoding="utf-8")


def _run(*failures: TestFailure) -> Run:
    traffic = Traffic(
        operations={"RedeemPoints1": OperationTraffic(Tally(success=3, business=1), Tally(door=2), {"200": 3})},
        links={"RedeemPoints1.undo → Unredeem1": LinkTraffic(2, 1)},
        phases=[PhaseTime("fuzzing", 6, 0.5)],
    )
    cells = [
        Cell("Unredeem1", 404, "change_not_found", kind, "operation", assumed=False, drivers=["sync"])
        for kind in ALL_KINDS
    ]
    return Run(traffic=traffic, matrix=cells, passed=7, failures=list(failures), skipped={"it can't be reset": 2})


@pytest.mark.parametrize("failures", [(), (TestFailure("tests/contract/test_it.py::test_that", f"sent {_TOKEN}"),)])
def test_figures_come_back_from_their_file_and_fill_the_reports(
    failures: tuple[TestFailure, ...], tmp_path: Path
) -> None:
    _run(*failures).write(tmp_path / "contract.json")
    run = read(tmp_path / "contract.json")
    page.write(run, tmp_path / "contract.html")
    html = (tmp_path / "contract.html").read_text(encoding="utf-8")
    terminal = "\n".join(console.summary(run, lambda text, _: text))
    for shown in (html, terminal):
        assert "RedeemPoints1.undo → Unredeem1" in shown
        assert "it can't be reset" in shown.replace("&#39;", "'")
        assert ("test_it.py::test_that" in shown) == bool(failures)
        assert "eyJ" not in shown
    assert "change_not_found" in html
    assert ("sent [token]" in html) == bool(failures)
    assert "0 of 1" in terminal
    assert console.verdict(run)[1] == (not failures)
