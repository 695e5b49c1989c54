"""A small repository with what the comparison reads, to be changed by tests."""

import shutil
import subprocess
from copy import copy
from pathlib import Path
from typing import Final

from tests.contract_diff.pairs import ROOT

SPEC: Final = "spec/openapi.yaml"
OVERLAY: Final = "overlays/spec/10-assumptions.overlay.yaml"
METHOD: Final = "generated/bubblehouse_loyalty/client.py"

_FOLDERS: Final = ("spec", "overlays", "generated")
_UNREAD: Final = shutil.ignore_patterns("__pycache__", "bubblehouse_codegen", "bubblehouse_diff", "bubblehouse_docs")
_CHANGELOG: Final = """# Changelog

## [Unreleased]

### Added

- A line that somebody wrote.

## [0.1.0] - 2026-05-20

- The first.
"""


class Repository:
    """A repository with one commit: this project as it is.

    Attributes:
        root: Its folder.

    Args:
        root: Where to make it.
        assumptions: What to write in place of the assumptions.
    """

    def __init__(self, root: Path, assumptions: str = "") -> None:
        self.root = root
        for name in _FOLDERS:
            shutil.copytree(ROOT / name, root / name, ignore=_UNREAD)
        (root / "pyproject.toml").write_text('[project]\nversion = "0.1.0"\n', encoding="utf-8")
        (root / "CHANGELOG.md").write_text(_CHANGELOG, encoding="utf-8")
        if assumptions:
            (root / OVERLAY).write_text(assumptions, encoding="utf-8")
        self.git("init", "--quiet", "--initial-branch=main", "--template=")
        self.commit()

    def copied(self, root: Path) -> "Repository":
        """Return a copy.

        Args:
            root: Where to make it.
        """
        copied = copy(self)
        copied.root = Path(shutil.copytree(self.root, root))
        return copied

    def git(self, *arguments: str) -> None:
        """Run a command of git."""
        who = ("-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "tag.gpgSign=false")
        subprocess.run(["git", *who, *arguments], cwd=self.root, check=True, capture_output=True)  # noqa: S607 - whichever git there is

    def commit(self) -> None:
        """Commit everything."""
        self.git("add", "--all")
        self.git("-c", "commit.gpgSign=false", "commit", "--quiet", "--allow-empty", "--message", "test")

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace the first occurrence of a text in a file."""
        path = self.root / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
