"""Unpacks archives on every Python that this project runs on."""

import tarfile
from collections.abc import Callable
from pathlib import Path


def unpack(archive: tarfile.TarFile, folder: Path, wanted: Callable[[str], bool] = lambda _: True) -> None:
    """Unpack an archive of our own, with what Python has against members that lead elsewhere.

    Args:
        archive: The archive, opened.
        folder: Where its members go.
        wanted: Says of a member's name whether it is unpacked.
    """
    # An argument of `extractall` from 3.11.4 on; Debian's Python is older.
    archive.extraction_filter = getattr(tarfile, "data_filter", None)
    archive.extractall(folder, [member for member in archive if wanted(member.name)])  # noqa: S202 - see above
