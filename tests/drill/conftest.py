"""A copy of this repository for the drill, and the stages that it goes through; each stage is reached once."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.drill import edits

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PAGES = ("tests/drill/pages/RedeemPoints2.txt", "tests/drill/pages/Unredeem1.txt")

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository as it is, with its version released."""
    tree = tmp_path_factory.mktemp("drill")
    listed = _git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard")
    for name in listed.splitlines():
        if (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tree / name)
    version = tomllib.loads((tree / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    _git(tree, "init", "--quiet")
    _git(tree, "add", "--all")
    _git(tree, "-c", "user.name=Drill", "-c", "user.email=drill@example.com", "commit", "--quiet", "--message", "Drill")
    _git(tree, "tag", f"v{version}")
    return tree


@pytest.fixture(scope="module")
def python(tree: Path) -> Run:
    """Runs Python in the copy, with the copy's own packages."""

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, *arguments], cwd=tree, env=_environment(tree), capture_output=True, text=True, check=False
        )

    return run


@pytest.fixture(scope="module")
def run(tree: Path) -> Iterator[Run]:
    """Runs a command of the copy, by the name of its package."""
    with subprocess.Popen(
        [sys.executable, HERE / "child.py"],
        cwd=tree,
        env=_environment(tree),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        told, tells = child.stdin, child.stdout

        def command(*arguments: str) -> "subprocess.CompletedProcess[str]":
            print(json.dumps(arguments), file=told, flush=True)
            return subprocess.CompletedProcess(arguments, *json.loads(tells.readline()))

        yield command
        told.close()


@pytest.fixture(scope="module")
def first_look(run: Run) -> "subprocess.CompletedProcess[str]":
    """What check-docs says of the new pages; with the draft of the new function in draft.yaml."""
    assert run("bubblehouse_docs", PAGES[0], "--draft", "draft.yaml").returncode == 1
    return run("bubblehouse_docs", *PAGES)


@pytest.fixture(scope="module")
def edited(tree: Path, first_look: object) -> Path:
    """The copy after the edits by hand."""
    del first_look
    edits.add_version(tree)
    edits.add_function(tree, (tree / "draft.yaml").read_text(encoding="utf-8"))
    edits.deprecate(tree)
    edits.add_rule(tree)
    edits.add_arguments(tree)
    (tree / "draft.yaml").unlink()
    return tree


@pytest.fixture(scope="module")
def regenerated(edited: Path, run: Run) -> Path:
    """The copy with its client made anew."""
    done = run("bubblehouse_codegen")
    assert (done.returncode, done.stderr) == (0, "")
    return edited


def _environment(tree: Path) -> dict[str, str]:
    paths = os.pathsep.join(map(str, (tree / "overlays", tree / "generated", tree)))
    return os.environ | {"PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": ""}  # each module is compiled once


def _git(folder: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments],  # noqa: S607 - whichever git there is
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
