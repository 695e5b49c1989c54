"""Putting the new package in the place of the old one: whole, whatever happens meanwhile."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bubblehouse_codegen import tree

STEPS = ["os.rename", "os.mkdir", "shutil.rmtree"]
"""What touches the file system while a folder is replaced."""


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with the old package in it, and an answer of somebody else's beside."""
    place = tmp_path / "place"
    (place / "package").mkdir(parents=True)
    (place / "package/old.py").write_text("old\n")
    (place / "neighbour.txt").write_text("not ours\n")
    return place


def build(place: Path) -> None:
    """Replace the old package by a new one, as a run does."""
    with tree.workshop(place) as workshop:
        (workshop / "package").mkdir()
        (workshop / "package/new.py").write_text("new\n")
        tree.replace(place / "package", workshop / "package")


OLD, NEW = {"old.py": b"old\n"}, {"new.py": b"new\n"}


class Trouble:
    """Lets a function of the standard library fail at its n-th call: before it did its work, or just after."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, error: type[BaseException], call: int, *, after: bool) -> None:
        self.calls = 0
        for step in STEPS:
            module, _, name = step.partition(".")
            monkeypatch.setattr(sys.modules[module], name, self._failing(getattr(sys.modules[module], name)))
        self._error, self._call, self._after = error, call, after

    @property
    def came(self) -> bool:
        """Whether there were so many calls."""
        return self.calls >= self._call

    def _failing(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any, **options: Any) -> Any:
            self.calls += 1
            fails = self.calls == self._call
            if fails and not self._after:
                raise self._error("trouble")
            result = function(*arguments, **options)
            if fails:
                raise self._error("trouble")
            return result

        return run


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError, MemoryError])
@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("call", range(1, 8))
def test_trouble_at_any_step_leaves_one_of_the_two_whole(
    place: Path, monkeypatch: pytest.MonkeyPatch, error: type[BaseException], call: int, *, after: bool
) -> None:
    with monkeypatch.context() as patched:
        trouble = Trouble(patched, error, call, after=after)
        try:
            build(place)
        except error:
            assert trouble.came
        else:
            assert contents(place / "package") == NEW  # it came too late, or was none to the run
    assert contents(place / "package") in (OLD, NEW)
    build(place)
    assert contents(place) == {"package/new.py": b"new\n", "neighbour.txt": b"not ours\n"}


@pytest.mark.parametrize("call", range(1, 6))
def test_a_disk_that_stays_broken_loses_nothing(place: Path, monkeypatch: pytest.MonkeyPatch, call: int) -> None:
    rename, calls = os.rename, 0

    def failing(*arguments: Any) -> None:
        nonlocal calls
        calls += 1
        if calls >= call:
            raise OSError("trouble")
        rename(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(os, "rename", failing)
        try:
            build(place)
        except OSError:
            assert calls >= call
        else:
            assert calls < call
    kept = [contents(path.parent) for path in place.rglob("*.py")]
    assert OLD in kept or NEW in kept
    # The next run finds what is left, and a failure of its own leaves that in its place.
    with pytest.raises(ZeroDivisionError), tree.workshop(place):
        raise ZeroDivisionError
    assert contents(place / "package") in (OLD, NEW)
    assert sorted(path.name for path in place.iterdir()) == ["neighbour.txt", "package"]


def test_a_killed_run_is_cleared_up_after(place: Path) -> None:
    program = (
        "import os, pathlib, sys\n"
        "from bubblehouse_codegen import tree\n"
        "place = pathlib.Path(sys.argv[1])\n"
        "with tree.workshop(place) as workshop:\n"
        "    (workshop / 'package').mkdir()\n"
        "    rename = os.rename\n"
        "    def killed(*arguments):\n"
        "        rename(*arguments)\n"
        "        os._exit(9)\n"
        "    os.rename = killed\n"
        "    tree.replace(place / 'package', workshop / 'package')\n"
    )
    assert subprocess.run([sys.executable, "-c", program, place], check=False).returncode == 9
    assert not (place / "package").exists()
    with tree.workshop(place):
        assert contents(place / "package") == OLD
    assert sorted(path.name for path in place.iterdir()) == ["neighbour.txt", "package"]


def test_a_stale_workshop_does_not_overwrite_the_package(place: Path) -> None:
    with tree.workshop(place) as workshop:
        shutil.copytree(workshop, place / f"{workshop.name}x")
        stale = place / f"{workshop.name}x/replaced/package"
    stale.mkdir(parents=True)
    (stale / "older.py").write_text("older\n")
    with tree.workshop(place):
        assert contents(place / "package") == OLD
    assert sorted(path.name for path in place.iterdir()) == ["neighbour.txt", "package"]


def test_two_runs_wait_for_each_other(place: Path) -> None:
    program = (
        "import pathlib, sys\n"
        "from bubblehouse_codegen import tree\n"
        "with tree.workshop(pathlib.Path(sys.argv[1])): print('in')\n"
    )
    with tree.workshop(place) as workshop:
        other = subprocess.Popen([sys.executable, "-c", program, place], stdout=subprocess.PIPE, text=True)
        with pytest.raises(subprocess.TimeoutExpired):
            other.wait(timeout=0.5)
        assert workshop.exists()
    assert other.communicate(timeout=10)[0] == "in\n"


def test_a_workshop_is_gone_after_a_failure(place: Path) -> None:
    with pytest.raises(KeyboardInterrupt), tree.workshop(place):
        raise KeyboardInterrupt
    assert sorted(path.name for path in place.iterdir()) == ["neighbour.txt", "package"]


def test_differing_files(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    for folder in (old, new):
        (folder / "deep/__pycache__").mkdir(parents=True)
        (folder / "same.py").write_text("same")
        (folder / "changed.py").write_text(folder.name)
        (folder / f"deep/only_{folder.name}.py").touch()
        (folder / "deep/__pycache__/x.pyc").write_text(folder.name)
    expected = ["changed.py", "deep/only_new.py", "deep/only_old.py"]
    assert tree.differing_files(old, new) == tree.differing_files(new, old) == expected
    assert tree.differing_files(tmp_path / "nowhere", new) == ["changed.py", "deep/only_new.py", "same.py"]
    assert tree.differing_files(tmp_path / "nowhere", tmp_path / "nor_here") == []
