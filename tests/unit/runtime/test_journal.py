"""The journal file: what it remembers, whose it is, and what it makes of a torn or a strange file."""

import errno
import json
import os
import stat
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bubblehouse.errors import ConfigurationError
from bubblehouse.journal import Journal

OWNER = "https://example.test/api my-shop"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.journal"


def fill(path: Path, ids: list[str], writes: set[int], ended: int) -> None:
    """Record a run over some customers, of whom the first ones ended, every third one badly."""
    journal = Journal(path, OWNER)
    checksum = journal.origin
    for index, customer_id in enumerate(ids):
        checksum = journal.next_checksum(checksum, customer_id)
        if index in writes:
            journal.write(index, checksum, "RedeemPoints1")
        if index < ended:
            journal.end(index, checksum, ok=index % 3 > 0)
    journal.close()


def read(path: Path) -> tuple[int, int, dict[int, str], int]:
    journal = Journal(path, OWNER)
    journal.close()
    return journal.finished, journal.failed, journal.begun, journal.known


def test_it_remembers_what_was_recorded(path: Path) -> None:
    assert read(path) == (0, 0, {}, -1)
    fill(path, ["a", "b", "c", "d", "e", "f"], writes={0, 3, 4}, ended=4)
    assert read(path) == (4, 2, {4: "RedeemPoints1"}, 4)


def test_it_knows_the_ids_by_their_hashes_alone(path: Path) -> None:
    fill(path, ["ada@example.test", "bob", "cleo"], writes={1, 2}, ended=2)
    text = path.read_text(encoding="utf-8")
    assert not any(word in text for word in ("ada@", "bob", "cleo", "my-shop", "example"))
    journal = Journal(path, OWNER)
    checksum = journal.origin
    sums = [checksum := journal.next_checksum(checksum, it) for it in ("ada@example.test", "bob", "cleo")]
    assert [journal.expected(index) for index in range(4)] == [None, sums[1], sums[2], None]
    journal.close()
    other = path.with_name("other")
    fill(other, ["ada@example.test"], writes={0}, ended=1)
    assert sums[0] not in other.read_text(encoding="utf-8")  # each journal has a salt of its own


def test_nobody_else_can_read_it_or_run_on_it(path: Path) -> None:
    journal = Journal(path, OWNER)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(ConfigurationError, match="journal: is in use by another run"):
        Journal(path, OWNER)
    code = "import sys; from bubblehouse.journal import Journal; Journal(sys.argv[1], sys.argv[2])"
    other = subprocess.run([sys.executable, "-c", code, path, OWNER], capture_output=True, text=True, check=False)
    assert "in use by another run" in other.stderr
    journal.close()
    Journal(path, OWNER).close()


def test_another_owner_is_refused(path: Path) -> None:
    fill(path, ["a"], writes=set(), ended=1)
    before = path.read_bytes()
    with pytest.raises(ConfigurationError, match="another shop, or at another base_url"):
        Journal(path, "https://example.test/api other-shop")
    assert path.read_bytes() == before


@given(cut=st.integers(0, 10_000), ended=st.integers(0, 6))
def test_wherever_it_is_cut_off_the_whole_lines_count(
    tmp_path_factory: pytest.TempPathFactory, cut: int, ended: int
) -> None:
    path = tmp_path_factory.mktemp("cut") / "run.journal"
    fill(path, list("abcdef"), writes={1, 4}, ended=ended)
    whole = path.read_bytes()
    kept = whole[: cut % len(whole)]
    path.write_bytes(kept)
    finished, _, begun, _ = read(path)
    lines = [json.loads(line) for line in kept.split(b"\n")[:-1]]
    assert finished == sum("end" in line for line in lines)
    assert set(begun) == {line["write"] for line in lines if "write" in line and line["write"] >= finished}
    if lines:
        assert path.read_bytes() == kept[: kept.rindex(b"\n") + 1]
    journal = Journal(path, OWNER)
    journal.end(finished, "ff", ok=True)
    journal.close()
    assert read(path)[0] == finished + 1


@pytest.mark.parametrize(
    "content", [b"id,name\n1,Ada\n", b"precious", b"\x00" * 9000, b"{}\n", b'{"bubblehouse', b"x" * 9000]
)
def test_a_file_of_something_else_stays_as_it_is(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    if content == b'{"bubblehouse':  # the beginning of its own first line
        assert read(path) == (0, 0, {}, -1)
        return
    with pytest.raises(ConfigurationError, match="journal: is a file of something else"):
        Journal(path, OWNER)
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    "line",
    [
        b"nonsense",
        b"[" * 4000,
        b"[]",
        b"{}",
        b'{"end": 5, "sum": "00", "ok": true}',
        b'{"end": "0", "sum": "00", "ok": true}',
        b'{"end": 2, "sum": "00"}',
        b'{"write": 2, "sum": "00"}',
        b'{"write": [], "sum": "00", "function": "x"}',
        b"\xff\xfe",
        b'{"end": 2, "sum": "' + b"0" * 9000 + b'"}',
    ],
)
def test_a_damaged_line_is_refused_and_nothing_is_changed(path: Path, line: bytes) -> None:
    fill(path, ["a", "b"], writes=set(), ended=2)
    damaged = path.read_bytes() + line + b'\n{"end": 3, "sum": "00", "ok": true}\n'
    path.write_bytes(damaged)
    with pytest.raises(ConfigurationError, match="journal: is damaged: line 4 can't be read"):
        Journal(path, OWNER)
    assert path.read_bytes() == damaged


def test_what_cannot_be_opened_is_the_arguments_fault(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing" / "run.journal"):
        with pytest.raises(ConfigurationError, match="journal: can't be opened"):
            Journal(path, OWNER)


def test_a_write_is_on_the_disk_before_it_is_said_to_be(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    journal = Journal(path, OWNER)
    synced: list[bytes] = []
    monkeypatch.setattr(os, "fsync", lambda _file: synced.append(path.read_bytes()))
    journal.end(0, "00", ok=True)
    assert synced == []
    journal.write(1, "00", "RedeemPoints1")
    assert json.loads(synced[0].splitlines()[-1])["write"] == 1
    journal.close()


@pytest.mark.parametrize("short", [False, True])
def test_after_a_failure_it_records_nothing_more(path: Path, monkeypatch: pytest.MonkeyPatch, *, short: bool) -> None:
    journal = Journal(path, OWNER)
    journal.check()
    real = os.write

    def full(file: int, data: bytes) -> int:
        if short:
            return real(file, data[:7])
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(OSError, match=r"no room|No space"):
            journal.write(0, "00", "RedeemPoints1")
    with pytest.raises(OSError, match=r"no room|No space"):
        journal.write(1, "00", "RedeemPoints1")
    with pytest.raises(OSError, match=r"no room|No space"):
        journal.check()
    journal.close()
    assert read(path) == (0, 0, {}, -1)


def test_who_comes_after_the_end_records_nothing(path: Path) -> None:
    journal = Journal(path, OWNER)
    journal.close()
    with pytest.raises(OSError, match="closed"):
        journal.write(0, "00", "RedeemPoints1")
    assert read(path) == (0, 0, {}, -1)


def test_reading_a_long_one_takes_no_more_memory(path: Path) -> None:
    fill(path, ["a"], writes=set(), ended=1)
    with path.open("ab") as file:
        for index in range(1, 30_000):
            file.write(
                b'{"write": %d, "sum": "00", "function": "RedeemPoints1"}\n{"end": %d, "sum": "00", "ok": true}\n'
                % (index, index)
            )
    tracemalloc.start()
    try:
        assert read(path)[0] == 30_000
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 300_000
