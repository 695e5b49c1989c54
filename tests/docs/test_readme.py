"""The README, line by line: its Python runs against a real mock, its commands exist and take those options."""

import os
import re
import shlex
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from tests.contract.proof.server import mock_process

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", README, re.DOTALL | re.MULTILINE)
PYTHON = [text for language, text in BLOCKS if language == "python" and "def test_" not in text]
TESTS = [text for language, text in BLOCKS if language == "python" and text not in PYTHON]
PRINTED = [
    r"\S+ 5\.000000",  # a code, and what it is worth
    r"\d+",  # points
    r"\d+ \d+\.000000",  # points, and what they are worth
    "200 application/json 1",  # the answer beside a result
    r"\d+",  # points, by name
    "insufficient_points 422 RedeemPoints1",
    r"1001 \S+",  # a code
    "1002 failed: RedeemPoints1: 422 insufficient_points: The customer has 50 points",
    "1003 failed: RedeemPoints1: 422 insufficient_points: The customer has 0 points",
    r"1004 \S+",
]
"""What the README's Python prints, line by line."""
COMMANDS = [
    line for language, text in BLOCKS if language == "sh" for line in text.splitlines() if not line.startswith("#")
]


CURLS = [line for language, text in BLOCKS if language == "bash" for line in text.splitlines()]


@pytest.fixture(scope="module")
def process() -> Iterator[str]:
    """The base URL of a mock in a process of its own."""
    with mock_process([ROOT / "scripts/mock", "--port", "0"]) as url:
        yield url


@pytest.fixture
def served(process: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The same, as it was when it started, and the environment that leads there."""
    assert _ask(f"{process.removesuffix('/api')}/__mock__/reset", "POST", None) == 200
    for name, value in {
        "SHOP": "demo-shop",
        "KEY_ID": "demo-key-1",
        "SECRET": "bm90LWEtc2VjcmV0LWRlbW8ta2V5LTEtZm9yLXRlc3RzLW9ubHk=",
        "BASE_URL": process,
    }.items():
        monkeypatch.setenv(f"BUBBLEHOUSE_{name}", value)
    return process


def test_its_python_runs_as_it_stands(
    served: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for block in PYTHON:
        exec(compile(block.replace("http://127.0.0.1:8700/api", served), "README.md", "exec"), names)  # noqa: S102 - ours
    printed = capsys.readouterr().out.splitlines()
    assert [line for line, pattern in zip(printed, PRINTED, strict=True) if not re.fullmatch(pattern, line)] == []


def test_its_tests_pass_as_they_stand(tmp_path: Path) -> None:
    (tests,) = TESTS
    file = tmp_path / "test_shop.py"
    file.write_text(tests, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--rootdir={tmp_path}", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert " 2 passed" in done.stdout, done.stdout


@pytest.mark.parametrize("line", CURLS)
def test_what_it_asks_of_the_control_plane_is_answered(served: str, line: str) -> None:
    words = shlex.split(line)
    assert words.pop(0) == "curl"
    given = {words[at]: words[at + 1] for at, word in enumerate(words) if word in {"-X", "-d"}}
    (url,) = (word for word in words if word.startswith("http"))
    if "/2001/" in url:  # the customer whom the line before has taken in
        _ask(f"{served.removesuffix('/api')}/__mock__/shops/demo-shop/customers", "POST", '{"shopid": "2001"}')
    where = url.replace("http://127.0.0.1:8700", served.removesuffix("/api"))
    assert _ask(where, given.get("-X", "GET"), given.get("-d")) == 200


def _ask(url: str, method: str, body: str | None) -> int:
    request = urllib.request.Request(url, None if body is None else body.encode(), method=method)  # noqa: S310 - our own server
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - as above
        status: int = answer.status
        return status


@pytest.mark.parametrize("line", COMMANDS)
def test_its_commands_exist_and_know_their_options(line: str) -> None:
    words = [word for word in shlex.split(line, comments=True) if not re.fullmatch(r"[A-Z_]+=.*", word)]
    program = words[0].replace("bubblehouse-mock", "scripts/mock")
    assert os.access(ROOT / program, os.X_OK)
    told = _help(ROOT / program)
    for option in (word for word in words if word.startswith("--")):
        assert option in told


def test_every_script_it_names_and_every_folder_is_there() -> None:
    named = set(re.findall(r"`(?:\./)?((?:scripts|overlays|spec|generated|tests)/[\w./-]*)", README))
    assert len(named) > 10
    assert sorted(path for path in named if not (ROOT / path).exists()) == []


def test_every_script_has_help() -> None:
    for script in (ROOT / "scripts").iterdir():
        if os.access(script, os.X_OK) and script.is_file():
            assert "usage:" in _help(script), script


@cache
def _help(script: Path) -> str:
    return subprocess.run([script, "--help"], capture_output=True, text=True, check=True).stdout
