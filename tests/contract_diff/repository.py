"""A small repository with what the comparison reads, to be changed by tests."""

import shutil
import subprocess
from pathlib import Path
from typing import Final

from tests.contract_diff.pairs import ROOT

SPEC: Final = "spec/openapi.yaml"
OVERLAY: Final = "overlays/spec/10-assumptions.overlay.yaml"
METHOD: Final = "generated/bubblehouse_loyalty/client.py"

_FILES: Final = ("spec/openapi.yaml", "overlays/spec", "overlays/templates", "pyproject.toml", "CHANGELOG.md")


class Repository:
    """A repository with one commit: this project as it is.

    Attributes:
        root: Its folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        for name in (*_FILES, "generated"):
            target = root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / name, target)
        self.git("init", "--quiet", "--initial-branch=main")
        self.commit()

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
