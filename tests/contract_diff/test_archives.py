"""Archives are unpacked by every Python, and by most of them without what leads elsewhere."""

import io
import tarfile
from pathlib import Path

import pytest

from bubblehouse_diff.archives import unpack


def _archive(name: str) -> tarfile.TarFile:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.addfile(tarfile.TarInfo(name))
    packed.seek(0)
    return tarfile.open(fileobj=packed)


def test_it_stays_within_the_folder(tmp_path: Path) -> None:
    with _archive("../elsewhere") as archive, pytest.raises(tarfile.OutsideDestinationError):
        unpack(archive, tmp_path / "here")
    assert not (tmp_path / "elsewhere").exists()


def test_an_older_python_unpacks_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(tarfile, "data_filter")
    with _archive("file") as archive:
        unpack(archive, tmp_path / "here")
    assert (tmp_path / "here/file").is_file()
