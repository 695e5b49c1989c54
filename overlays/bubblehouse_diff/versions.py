"""Which version a change asks for, and whether version and changelog agree with it."""

import re
from collections.abc import Iterator
from typing import Final, Literal

from bubblehouse_diff.changelog import part_of
from bubblehouse_diff.sources import Release

Bump = Literal["none", "patch", "minor", "major"]

_PLACES: Final[dict[Bump, int]] = {"major": 0, "minor": 1, "patch": 2}


def bump_for(version: str, *, changed: bool, breaking: bool, adds: bool) -> Bump:
    """Return what a version has to go up by.

    Before 1.0, semantic versioning promises nothing (its rule 4); as usually practised, and as pip's `~=` expects, the
    minor version goes up for what breaks and the patch version for the rest.

    Args:
        version: The version before.
        changed: Whether there is any change.
        breaking: Whether one breaks callers.
        adds: Whether callers can do more than before.
    """
    if not changed:
        return "none"
    if numbers(version)[0] == 0:
        return "minor" if breaking else "patch"
    return "major" if breaking else "minor" if adds else "patch"


def numbers(version: str) -> tuple[int, int, int]:
    """Return the three numbers of a version; what follows them is left out."""
    found = re.match(r"(\d+)\.(\d+)\.(\d+)", version)
    return (int(found[1]), int(found[2]), int(found[3])) if found else (0, 0, 0)


def raised(version: str, bump: Bump) -> tuple[int, int, int]:
    """Return the lowest version that a bump allows."""
    if bump == "none":
        return numbers(version)
    place = _PLACES[bump]
    major, minor, patch = (number + (at == place) if at <= place else 0 for at, number in enumerate(numbers(version)))
    return major, minor, patch


def problems(before: Release, after: Release, bump: Bump, entries: str) -> Iterator[str]:
    """Yield where version and changelog don't agree with what changed since a release, each with what to do.

    Args:
        before: What the release says of itself.
        after: What the other side says.
        bump: What the changes ask for.
        entries: What CHANGELOG.md has to say of them.

    Raises:
        DiffError: CHANGELOG.md has no place for them.
    """
    old, new = before.version, after.version
    least = raised(old, bump)
    if numbers(new) < least:
        yield f"pyproject.toml has version {new}; what changed since {old} asks for {'.'.join(map(str, least))} or more"
    if part_of(after.changelog, coming(before, after)) != entries:
        yield f"CHANGELOG.md doesn't say what changed since {old}; run scripts/diff --changelog"


def coming(before: Release, after: Release) -> str | None:
    """Return the version whose section of CHANGELOG.md may be there already, or None where it isn't known yet."""
    return after.version if after.version != before.version else None
