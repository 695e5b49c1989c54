"""What the command does to the folder it is given: nothing when it only checks, and one line when it can't write."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bubblehouse_codegen.documents import Document

Generate = Callable[..., int]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_check_of_a_missing_output_makes_none(
    tmp_path: Path, regenerate: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert regenerate("--check") == 1
    assert "client.py" in capsys.readouterr().out.split()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["openapi.yaml"]


def test_check_touches_nothing_in_a_folder_it_could_write(
    small_contract: Document, generate_small: Generate, tmp_path: Path
) -> None:
    assert generate_small(small_contract, tmp_path) == 0
    out = tmp_path / "out"
    (out / ".regenerate-left").mkdir()
    before = {}
    for path in [*out.rglob("*"), out]:
        os.utime(path, ns=(1, 1))
        before[path] = 1
    assert generate_small(small_contract, tmp_path, "--check") == 0
    assert {path: path.stat().st_mtime_ns for path in [out, *out.rglob("*")]} == before


@pytest.mark.parametrize("what", ["output", "parent", "package"])
def test_an_output_that_is_a_file_is_one_line_of_complaint(
    small_contract: Document, generate_small: Generate, tmp_path: Path, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    out = tmp_path / "out"
    file = {"output": out, "parent": out, "package": out / "bubblehouse_loyalty"}[what]
    file.parent.mkdir(exist_ok=True)
    file.write_text("somebody's\n")
    output = ["--output", str(out / "deeper")] if what == "parent" else []
    assert generate_small(small_contract, tmp_path, *output) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 1
    assert "out" in said.err
    assert file.read_text() == "somebody's\n"
    assert out.is_file() or [path.name for path in out.iterdir()] == ["bubblehouse_loyalty"]


def test_an_output_that_refuses_to_be_written_is_one_line_of_complaint(
    small_contract: Document,
    generate_small: Generate,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert generate_small(small_contract, tmp_path) == 0
    before = contents(tmp_path / "out")
    capsys.readouterr()
    mkdir = os.mkdir

    def refuse(path: Any, *arguments: Any, **options: Any) -> None:
        if str(path).startswith(str(tmp_path / "out")):
            raise PermissionError(13, "Permission denied", str(path))
        mkdir(path, *arguments, **options)

    with monkeypatch.context() as patched:  # root may write anywhere: a mode wouldn't stop it
        patched.setattr(os, "mkdir", refuse)
        assert generate_small(small_contract, tmp_path) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("scripts/regenerate: ")
    assert "Permission denied" in said.err
    assert len(said.err.splitlines()) == 1
    assert contents(tmp_path / "out") == before


def test_a_date_without_quotes_is_the_text_it_is(regenerate: Callable[..., int], spec: Path, tmp_path: Path) -> None:
    spec.write_text(
        spec.read_text(encoding="utf-8") + "x-since: 2026-01-01\nx-moment: 2026-01-01T10:00:00Z\n", encoding="utf-8"
    )
    assert regenerate() == 0
    shipped = (tmp_path / "out/bubblehouse_loyalty/openapi.json").read_text(encoding="utf-8")
    assert '"x-since": "2026-01-01"' in shipped
    assert '"x-moment": "2026-01-01T10:00:00Z"' in shipped
