"""Which version a change asks for, and whether version and changelog agree with it."""

import re
from collections.abc import Iterator
from typing import Final, Literal

from bubblehouse_diff.sources import Side

Bump = Literal["none", "patch", "minor", "major"]

_SECTION: Final = re.compile(r"^## \[(?P<name>[^]]+)\].*$", re.MULTILINE)
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


def problems(before: Side, after: Side, bump: Bump, *, released: bool) -> Iterator[str]:
    """Yield where version and changelog don't agree with the changes, each with what to do.

    Args:
        before: One side.
        after: The other.
        bump: What the changes ask for.
        released: Whether the version of `before` was released; until then it takes every change.
    """
    if before.release is None or after.release is None or bump == "none":
        return
    old, new = before.release.version, after.release.version
    least = raised(old, bump) if released else numbers(old)
    if numbers(new) < least:
        yield f"pyproject.toml has version {new}; what changed since {old} asks for {'.'.join(map(str, least))} or more"
    news = _entries(after.release.changelog, new) - _entries(before.release.changelog, old)
    if not news:
        yield f"CHANGELOG.md says nothing new under [Unreleased] or [{new}]; say there what changed"


def _entries(changelog: str, version: str) -> set[str]:
    heads = list(_SECTION.finditer(changelog))
    ends = [*(head.start() for head in heads[1:]), len(changelog)]
    texts = [changelog[head.end() : end] for head, end in zip(heads, ends, strict=True)]
    current = [text for head, text in zip(heads, texts, strict=True) if head["name"] in {"Unreleased", version}]
    return {line.strip() for text in current for line in text.splitlines() if line.strip() and line[:1] != "#"}
