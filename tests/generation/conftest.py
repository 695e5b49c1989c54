"""What the tests of regeneration share: a private copy of the contract, and the command."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bubblehouse_codegen.cli import main

ROOT = Path(__file__).resolve().parents[2]

Regenerate = Callable[..., int]


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """A copy of the contract, to change."""
    return Path(shutil.copy(ROOT / "spec/openapi.yaml", tmp_path / "openapi.yaml"))


@pytest.fixture
def regenerate(tmp_path: Path, spec: Path) -> Regenerate:
    """Runs scripts/regenerate on the copy, into a folder of the test's own."""

    def run(*arguments: str) -> int:
        return main(["--spec", str(spec), "--output", str(tmp_path / "out"), *arguments])

    return run
