"""Gets both sides of a comparison: a revision, a file, or the working tree."""

import io
import re
import subprocess
import tarfile
import tomllib
from pathlib import Path
from typing import Final, NamedTuple

from bubblehouse_codegen.documents import Document, load, overlays_for, resolve
from bubblehouse_codegen.failure import CodegenError
from bubblehouse_codegen.render import PACKAGE, render_code
from bubblehouse_codegen.versions.gathering import gather
from bubblehouse_codegen.versions.overlays import version_documents
from bubblehouse_diff.archives import unpack
from bubblehouse_diff.failure import DiffError
from bubblehouse_diff.python_surface import PACKAGES, Surface, read_surface

_SPEC: Final = "spec/openapi.yaml"
_OVERLAYS: Final = "overlays/spec"
_NEEDED: Final = (_SPEC, "overlays", f"generated/{PACKAGE}", "pyproject.toml", "CHANGELOG.md")
_UNREAD: Final = re.compile(rf"overlays/(?!(?:spec|{'|'.join(PACKAGES)})/).*/.*")  # not each release has all of these
_RELEASE: Final = re.compile(r"v\d+\.\d+\.\d+")  # what precedes a release promises nothing

WORKING_TREE: Final = "the working tree"


class Release(NamedTuple):
    """What a side says of its version.

    Attributes:
        version: The version in pyproject.toml.
        changelog: The text of CHANGELOG.md.
    """

    version: str
    changelog: str


class Side(NamedTuple):
    """One side of a comparison.

    Attributes:
        name: What it is, for people.
        facts: The contract without assumptions.
        assumptions: The actions of the overlays that everybody sees.
        contract: The contract with assumptions.
        versions: The contracts of the global versions that differ from it.
        surface: What its packages offer.
        release: Its version and changelog; None for a file.
    """

    name: str
    facts: Document
    assumptions: list[Document]
    contract: Document
    versions: dict[str, Document]
    surface: Surface
    release: Release | None


def last_release(root: Path, besides: str = "") -> str | None:
    """Return the tag of the last release, or None where nothing was released yet.

    Args:
        root: The repository's working tree.
        besides: A tag that doesn't count: that of the release that is being made.

    Raises:
        DiffError: This is no repository, or one that lacks what was before.
    """
    tags = git(root, "tag", "--list", "--merged", "HEAD", "--sort=-version:refname").decode().split()
    found = next((tag for tag in tags if _RELEASE.fullmatch(tag) and tag != besides), None)
    if found is None and git(root, "rev-parse", "--is-shallow-repository").strip() == b"true":
        raise DiffError("this is a shallow clone, which may lack releases; run: git fetch --unshallow --tags")
    return found


def is_release(name: str, root: Path) -> bool:
    """Say whether a side is a release: a revision that has the tag of one.

    Args:
        name: The side's name.
        root: The repository's working tree.

    Raises:
        DiffError: There is no such revision.
    """
    if Path(name).is_file():
        return False
    return any(map(_RELEASE.fullmatch, git(root, "tag", "--points-at", f"{name}^{{commit}}").decode().split()))


def working_tree(root: Path) -> Side:
    """Return the working tree as a side.

    Args:
        root: The repository's working tree.

    Raises:
        DiffError: It can't be read.
    """
    return _side(WORKING_TREE, root)


def side_of(name: str, root: Path, workshop: Path) -> Side:
    """Return a side by its name.

    Args:
        name: A file, or else a revision.
        root: The repository's working tree.
        workshop: An empty folder to put files in.

    Raises:
        DiffError: It can't be read.
    """
    if Path(name).is_file():
        return _file(name, root, workshop)
    try:
        archive = git(root, "archive", "--format=tar", f"{name}^{{commit}}", *_NEEDED)
    except DiffError as error:
        raise DiffError(f"{name} is no file, and no revision that can be compared: {error}") from error
    with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
        unpack(packed, workshop, lambda name: not _UNREAD.match(name))
    return _side(name, workshop)


def git(root: Path, *arguments: str) -> bytes:
    """Return what git says.

    Args:
        root: The repository's working tree.
        arguments: The command.

    Raises:
        DiffError: It failed; the message is git's own.
    """
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, check=False)  # noqa: S603, S607 - whichever git there is; a revision can't be an option, since it ends in ^{commit}
    if done.returncode:
        told = done.stderr.decode(errors="replace").strip() or "no reason given"
        raise DiffError(f"git {arguments[0]}: {told}")
    return done.stdout


def _side(name: str, root: Path) -> Side:
    try:
        facts = load(root / _SPEC)
        overlays = overlays_for(root / _OVERLAYS, "everybody")
        contract = resolve(facts, overlays)
        versions = version_documents(contract, root / _OVERLAYS)
        project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        release = Release(str(project["version"]), (root / "CHANGELOG.md").read_text(encoding="utf-8"))
    except (CodegenError, OSError, tomllib.TOMLDecodeError) as error:
        raise DiffError(f"{name}: {error}") from error
    surface = _surface(root, root / "generated" / PACKAGE)
    return Side(name, facts, _actions(overlays), contract, versions, surface, release)


def _file(name: str, root: Path, workshop: Path) -> Side:
    # A contract on its own says nothing of assumptions, templates and runtime: those of the working tree are taken.
    made = workshop / PACKAGE
    try:
        facts = load(Path(name))
        overlays = overlays_for(root / _OVERLAYS, "everybody")
        gathered = gather(Path(name), root / _OVERLAYS)
        render_code(gathered, root / "overlays/templates", made, user_agent="-")
    except (CodegenError, OSError) as error:
        raise DiffError(f"{name}, with the overlays of the working tree: {error}") from error
    surface = _surface(root, made)
    return Side(name, facts, _actions(overlays), gathered.contract, gathered.versions, surface, None)


def _surface(root: Path, generated: Path) -> Surface:
    return read_surface({**{name: root / "overlays" / name for name in PACKAGES}, PACKAGE: generated})


def _actions(overlays: list[Path]) -> list[Document]:
    return [action for path in overlays for action in load(path)["actions"]]
