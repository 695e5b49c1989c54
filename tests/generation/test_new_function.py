"""A function added to the contract becomes a method, typed and documented, without a line written by hand."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bubblehouse_codegen.documents import load

HERE = Path(__file__).parent


@pytest.fixture
def regenerated(tmp_path: Path, spec: Path, regenerate: Callable[..., int]) -> Path:
    """A folder with the package, regenerated from the contract and the made-up function."""
    contract, addition = load(spec), load(HERE / "echo_note.yaml")
    contract["paths"] |= addition["paths"]
    contract["components"]["schemas"] |= addition["components"]["schemas"]
    spec.write_text(json.dumps(contract), encoding="utf-8")
    assert regenerate() == 0
    return tmp_path / "out"


def python(folder: Path, *arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    """Run Python with a regenerated package before the committed one."""
    return subprocess.run(
        [sys.executable, *arguments], env={"PYTHONPATH": str(folder)}, capture_output=True, text=True, check=False
    )


def test_it_is_called_blocking_and_from_asyncio(regenerated: Path, tmp_path: Path) -> None:
    program = shutil.copy(HERE / "echo_note_calls.py.txt", tmp_path / "calls.py")
    done = python(regenerated, program, str(regenerated))
    assert done.stderr == ""
    assert done.stdout.splitlines()[0] == (
        "EchoNote1Response200(notes=['hello', 'hello'], price=Decimal('1.500000'), mood='glad', "
        "author=EchoNote1Response200Author(name='Ada'), additional_properties={'extra': 1})"
    )
    assert "invalid_token" in done.stdout.splitlines()[1]


@pytest.mark.deep  # test_deprecation.py has the same function checked, in a smaller contract
def test_its_types_are_checked(regenerated: Path, tmp_path: Path) -> None:
    code = tmp_path / "code.py"
    code.write_text(
        "from bubblehouse_loyalty import LoyaltyClient\n"
        "def good(loyalty: LoyaltyClient) -> str:\n"
        "    return loyalty.echo_note_1(note='hello', copies=2).author.name\n"
        "def bad(loyalty: LoyaltyClient) -> None:\n"
        "    loyalty.echo_note_1(note=5)\n"
    )
    arguments = ["--strict", "--no-incremental", "--config-file=", str(code), str(regenerated / "bubblehouse_loyalty")]
    done = python(regenerated, "-m", "mypy", *arguments)
    assert "Found 1 error in 1 file" in done.stdout, done.stdout
    assert 'code.py:5: error: Argument "note"' in done.stdout
