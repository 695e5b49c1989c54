"""Builds what is released: an archive of the source, and from that archive the wheel, as an installer would."""

import hashlib
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Final, NamedTuple

from bubblehouse_diff.archives import unpack

ROOT: Final = Path(__file__).resolve().parents[2]


class Built(NamedTuple):
    """What is released."""

    sdist: Path
    wheel: Path

    def digests(self) -> dict[str, str]:
        """Return the SHA-256 of each file, by name."""
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in self}


def clone(folder: Path) -> Path:
    """Clone what is committed, without what else lies about.

    Args:
        folder: Where to, below it.
    """
    made = folder / "source"
    subprocess.run(["git", "clone", "--quiet", "--no-local", ROOT, made], check=True)  # noqa: S607 - whichever git there is
    return made


def build(source: Path, folder: Path) -> Built:
    """Build archive and wheel.

    Args:
        source: A clean clone.
        folder: Where they go.
    """
    sdist = _hatchling(source, "sdist", folder)
    with tarfile.open(sdist) as archive:
        unpack(archive, folder / "unpacked")
    (unpacked,) = (folder / "unpacked").iterdir()
    return Built(sdist, _hatchling(unpacked, "wheel", folder))


def _hatchling(source: Path, kind: str, folder: Path) -> Path:
    before = set(folder.glob("*.*"))
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", folder],
        cwd=source,
        check=True,
        capture_output=True,
    )
    (made,) = (path for path in folder.glob("*.*") if path not in before)
    return made
