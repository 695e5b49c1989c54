"""Compares folders, and puts a new one in the place of an old one."""

import shutil
from pathlib import Path


def differing_files(old: Path, new: Path) -> list[str]:
    """List the files, relative to the folders, that are only in one or not the same in both.

    Args:
        old: A folder; it may be missing.
        new: The other folder.
    """
    before, after = _contents(old), _contents(new)
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def replace(old: Path, new: Path) -> None:
    """Put a folder in the place of another one. Whatever fails, the old one is there whole, or the new one is.

    Args:
        old: The folder to replace; it may be missing.
        new: The folder that takes its place, on the same file system. It is moved.
    """
    aside = new.with_name(f"{new.name}.old")
    if not old.exists():
        new.rename(old)
        return
    old.rename(aside)
    try:
        new.rename(old)
    except OSError:
        aside.rename(old)
        raise
    shutil.rmtree(aside)


def _contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
