"""The command: one line when it is ready, exit status 0 when it is told to stop, a reason when it can't start."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from bubblehouse_mock import cli

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start the command; whatever still runs at the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "bubblehouse_mock", *arguments]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_says_where_it_is_and_stops_cleanly(start: Start, number: signal.Signals) -> None:
    process = start("--port", "0")
    assert process.stdout is not None
    base_url = process.stdout.readline().strip()
    with urlopen(base_url.removesuffix("/api") + "/__mock__/config", timeout=5) as answer:  # noqa: S310 - our own server
        assert json.load(answer)["base_url"] == base_url
    process.send_signal(number)
    rest, errors = process.communicate(timeout=10)
    assert process.returncode == 0
    assert rest == ""
    assert "Traceback" not in errors


def until_it_waits(process: int) -> None:
    """Wait until a process sleeps in the kernel: just before it does, Python sees no signal until it has read."""
    state = Path(f"/proc/{process}/stat")
    while state.exists() and state.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[0] != "S":
        time.sleep(0.001)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stops_cleanly_even_while_it_starts(start: Start, tmp_path: Path, number: signal.Signals) -> None:
    fixture = tmp_path / "shop.yaml"
    os.mkfifo(fixture)
    process = start("--port", "0", "--fixture", str(fixture))
    with fixture.open("w"):  # opens once the other side has opened it, which reads until this side is closed
        until_it_waits(process.pid)
        process.send_signal(number)
        _, errors = process.communicate(timeout=10)
    assert process.returncode == 0
    assert "Traceback" not in errors


@pytest.fixture
def status() -> Iterator[Callable[..., object]]:
    """Run the command in this process, and return its status."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.getsignal(number) for number in numbers}

    def status(*arguments: str) -> object:
        try:
            return cli.main(arguments)
        except SystemExit as ended:
            return ended.code

    yield status
    for number, handler in before.items():
        signal.signal(number, handler)


def test_ends_with_2_where_it_can_not_start(start: Start) -> None:
    process = start("--port", "0", "--fixture", "/none.yaml")
    output, errors = process.communicate(timeout=10)
    assert process.returncode == 2
    assert output == ""
    assert "/none.yaml can't be read" in errors
    assert "Traceback" not in errors


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--contract", "/none.json"], "can't be read: /none.json"),
        (["--port", "99999"], "there is no port 99999"),
        (["--host", "no.such.host.invalid"], "can't listen at no.such.host.invalid"),
        (["--port", "x"], "invalid int value"),
        (["--control-token", ""], "the token is empty"),
        (["--workers", "0"], "0 is not from 1 to 64"),
        (["--workers", "2"], "--workers needs --db"),
        (["--db", "/none/shop.sqlite"], "/none/shop.sqlite can't be used"),
    ],
)
def test_says_why_it_can_not_start(
    status: Callable[..., object], capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    assert status("--port", "0", *arguments) == 2
    output, errors = capsys.readouterr()
    assert output == ""
    assert says in errors


def test_a_shop_of_ones_own(start: Start, tmp_path: Path) -> None:
    fixture = tmp_path / "shop.yaml"
    fixture.write_text(
        "shop: mine\nkeys: [{key_id: k, secret: bm90LWEtc2VjcmV0LWRlbW8ta2V5LTEtZm9yLXRlc3RzLW9ubHk=}]\n",
        encoding="utf-8",
    )
    process = start("--port", "0", "--fixture", str(fixture), "--strict", "--log", "info")
    assert process.stdout is not None
    control = process.stdout.readline().strip().removesuffix("/api") + "/__mock__/config"
    with urlopen(control, timeout=5) as answer:  # noqa: S310 - our own server
        assert json.load(answer)["shops"][0]["shop"] == "mine"
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=10)
    assert "GET /__mock__/config" in errors


def test_help_needs_no_extra() -> None:
    code = (
        "import sys; sys.modules.update(dict.fromkeys(['uvicorn', 'yaml', 'jsonschema_rs']));"
        "from bubblehouse_mock.cli import main; main(sys.argv[1:])"
    )

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)

    told = run("--help")
    assert told.returncode == 0
    assert all(option in told.stdout for option in ("--port", "--host", "--fixture", "--contract", "--log"))
    assert "pip install 'bubblehouse-loyalty[mock]'" in run("--port", "0").stderr


def test_the_log_has_a_line_for_each_call(start: Start) -> None:
    process = start("--port", "0", "--log", "info")
    assert process.stdout is not None
    with pytest.raises(HTTPError), urlopen(process.stdout.readline().strip() + "/v2023061/x/y?a=b"):  # noqa: S310 - ours
        pass
    process.terminate()
    assert '"GET /api/v2023061/x/y?a=b HTTP/1.1" 404' in process.communicate()[1]
