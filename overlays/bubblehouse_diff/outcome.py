"""Everything that is found between two sides."""

import tempfile
from pathlib import Path
from typing import NamedTuple

from bubblehouse_diff.assumptions import compare_assumptions
from bubblehouse_diff.comparison import compare
from bubblehouse_diff.entries import entries_of
from bubblehouse_diff.global_versions import compare_versions
from bubblehouse_diff.matching import Matched, breaks, directions, match
from bubblehouse_diff.python_changes import PythonChange, compare_surfaces
from bubblehouse_diff.rules import CALLERS, RULES, SERVER
from bubblehouse_diff.sources import WORKING_TREE, Side, is_release, last_release, side_of, working_tree
from bubblehouse_diff.versions import Bump, bump_for, coming, problems


class Outcome(NamedTuple):
    """The comparison of two sides.

    Attributes:
        before: The name of one side; None where nothing was released yet, so that there is nothing to compare with.
        after: The name of the other.
        matched: The changes of the contract, with those of Python that come from them.
        python: The changes of Python that no change of the contract explains.
        entries: What CHANGELOG.md has to say of them.
        bump: What the changes ask for.
        coming: The version that comes next, where the other side has it already.
        problems: Where version and changelog don't agree with that, when one side is a release.
    """

    before: str | None
    after: str
    matched: list[Matched]
    python: list[PythonChange]
    entries: str
    bump: Bump
    coming: str | None
    problems: list[str]


def since_last_release(root: Path, besides: str = "") -> Outcome:
    """Compare the last release with the working tree.

    Args:
        root: The repository's working tree.
        besides: A tag that doesn't count: that of the release that is being made.

    Raises:
        DiffError: A side can't be read.
    """
    release = last_release(root, besides)
    if release is None:
        return Outcome(None, WORKING_TREE, [], [], "", "none", None, [])
    return between(release, None, root)


def between(before: str, after: str | None, root: Path) -> Outcome:
    """Compare two sides.

    Args:
        before: One side: a file, or else a revision.
        after: The other, None for the working tree.
        root: The repository's working tree.

    Raises:
        DiffError: A side can't be read.
    """
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        old = side_of(before, root, Path(one))
        new = side_of(after, root, Path(other)) if after else working_tree(root)
        return _outcome(old, new, released=is_release(before, root))


def _outcome(before: Side, after: Side, *, released: bool) -> Outcome:
    changes, schemas = compare(before.contract, after.contract)
    changes += compare_versions(before.contract, after.contract, before.versions, after.versions)
    changes += compare_assumptions(before.assumptions, after.assumptions, after.facts)
    python = list(compare_surfaces(before.surface, after.surface, directions(schemas)))
    matched, rest = match(changes, python)
    entries = entries_of(matched, rest)
    old, new = before.release, after.release
    bump = bump_for(
        old.version if old else "0.0.0",
        changed=bool(changes or python),
        breaking=any("callers" in breaks(one) for one in matched) or any(one.breaking for one in rest),
        adds=any(RULES[one.rule].adds for one in changes) or any(one.adds for one in python),
    )
    if old is None or new is None or not released:
        return Outcome(before.name, after.name, matched, rest, entries, bump, None, [])
    found = list(problems(old, new, bump, entries))
    return Outcome(before.name, after.name, matched, rest, entries, bump, coming(old, new), found)


def group_of(matched: Matched) -> str:
    """Return under which heading a change is told."""
    broken = breaks(matched)
    if broken >= CALLERS:
        return "Breaking for callers and the server side" if broken >= SERVER else "Breaking for callers"
    return "Breaking for the server side" if broken else "Breaking nobody"
