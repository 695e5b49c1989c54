"""Builds beside a folder, compares, and puts the new one in the place of the old one: all or nothing."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

_PREFIX = ".regenerate-"
_REPLACED = "replaced"


@contextmanager
def workshop(beside: Path | None) -> Generator[Path]:
    """Give an empty folder to build in, and take it away at the end.

    Args:
        beside: The folder that the result is to be moved into. Only one run at a time works in it, and what a killed
            run left there is cleared up first. None where nothing is to be moved.
    """
    if beside is None:
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder)
        return
    beside.mkdir(parents=True, exist_ok=True)
    lock = os.open(beside, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for left in beside.glob(f"{_PREFIX}*"):
            _clear(left, beside)
        made = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=beside))
        try:
            yield made
        finally:
            _clear(made, beside)
    finally:
        os.close(lock)


def differing_files(old: Path, new: Path) -> list[str]:
    """List the files, relative to the folders, that are only in one or not the same in both.

    Args:
        old: A folder; it may be missing.
        new: The other folder.
    """
    before, after = _contents(old), _contents(new)
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def replace(old: Path, new: Path) -> None:
    """Put a folder in the place of another one.

    Args:
        old: The folder to replace; it may be missing.
        new: The folder that takes its place. It lies in a workshop beside the old one; should anything fail between the
            two steps, a kill included, the workshop puts the old one back.
    """
    if old.exists():
        aside = new.parent / _REPLACED
        aside.mkdir()
        old.rename(aside / old.name)
    new.rename(old)


def _clear(workplace: Path, beside: Path) -> None:
    for replaced in (workplace / _REPLACED).glob("*"):
        if not (beside / replaced.name).exists():
            replaced.rename(beside / replaced.name)
    shutil.rmtree(workplace)


def _contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
