"""What type checkers make of a shop's code: right code passes, each wrong argument is caught."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@pytest.fixture
def shop_code(tmp_path: Path) -> Path:
    # It lies beside the tests under another name, so that linting doesn't stumble over what is wrong on purpose.
    return Path(shutil.copy(HERE / "shop_code.py.txt", tmp_path / "shop_code.py"))


def marked_lines(path: Path) -> set[int]:
    return {number for number, line in enumerate(path.read_text().splitlines(), start=1) if "# wrong: " in line}


def test_mypy_refuses_what_is_wrong_and_nothing_else(shop_code: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "--config-file=", "--output=json", shop_code],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    complaints = [json.loads(line) for line in done.stdout.splitlines()]
    found = {entry["line"] for entry in complaints if entry["severity"] == "error"}
    # mypy has no opinion on an expression that is only looked at.
    silent = {n for n, line in enumerate(shop_code.read_text().splitlines(), 1) if "# wrong: not awaited" in line}
    assert found | silent == marked_lines(shop_code), done.stdout


def test_pyright_refuses_what_is_wrong_and_nothing_else(shop_code: Path) -> None:
    (shop_code.parent / "pyrightconfig.json").write_text(json.dumps({"reportUnusedExpression": "none"}))
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pyright",
            "--outputjson",
            "--pythonpath",
            sys.executable,
            "--project",
            shop_code.parent,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    report = json.loads(done.stdout)
    found = {
        entry["range"]["start"]["line"] + 1 for entry in report["generalDiagnostics"] if entry["severity"] == "error"
    }
    assert found == marked_lines(shop_code), done.stdout


@pytest.mark.parametrize("package", ["bubblehouse", "bubblehouse_loyalty"])
def test_every_public_type_is_known(package: str) -> None:
    folder = Path(sys.executable).parent
    done = subprocess.run(
        [sys.executable, "-m", "pyright", "--ignoreexternal", "--verifytypes", package],
        env={**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", "VIRTUAL_ENV": str(folder.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Type completeness score: 100%" in done.stdout, done.stdout
