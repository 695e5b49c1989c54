"""Reads CHANGELOG.md by its sections, and keeps the part of it that the comparison writes."""

import re
from itertools import zip_longest
from typing import Final, NamedTuple

from bubblehouse_diff.failure import DiffError

UNRELEASED: Final = "Unreleased"

_HEAD: Final = re.compile(r"^## \[(?P<name>[^]\n]+)\](?: - (?P<day>\d{4}-\d{2}-\d{2})$)?.*$", re.MULTILINE)
_BEGIN: Final = "<!-- scripts/diff --changelog writes from here -->\n"
_END: Final = "<!-- to here -->\n"
_PART: Final = re.compile(f"{re.escape(_BEGIN)}(?P<text>.*?){re.escape(_END)}\n?", re.DOTALL)
_TITLE: Final = "### API\n\n"


class Section(NamedTuple):
    """What is said of one version.

    Attributes:
        name: The version, or `Unreleased`.
        day: When it was released, as YYYY-MM-DD; None where that isn't said.
        start: Where its text begins, below its heading.
        end: Where it ends.
    """

    name: str
    day: str | None
    start: int
    end: int


def sections_of(changelog: str) -> list[Section]:
    """Return the sections of a changelog in their order."""
    heads = list(_HEAD.finditer(changelog))
    return [
        Section(head["name"], head["day"], head.end(), following.start() if following else len(changelog))
        for head, following in zip_longest(heads, heads[1:])
    ]


def part_of(changelog: str, version: str | None) -> str:
    """Return the entries that the comparison wrote of what isn't released yet; "" where there are none.

    Args:
        changelog: The text.
        version: The version that comes next, whose section may be there already; None where that isn't known.

    Raises:
        DiffError: The part has no end, or there is no section for it.
    """
    section = _section(changelog, version)
    found = _PART.search(changelog, section.start, section.end)
    return found["text"].removeprefix(_TITLE) if found else ""


def with_part(changelog: str, version: str | None, entries: str) -> str:
    """Return a changelog with other entries in that part, and all else as it was.

    Args:
        changelog: The text.
        version: The version that comes next, whose section may be there already; None where that isn't known.
        entries: The entries; "" takes the part away.

    Raises:
        DiffError: The part has no end, or there is no section for it.
    """
    section = _section(changelog, version)
    text = changelog[section.start : section.end]
    # A part that is there stays where it is; a new one comes after what was written by hand.
    found = _PART.search(text)
    before, after = (text[: found.start()], text[found.end() :]) if found else (text, "")
    blocks = [before.strip("\n"), f"{_BEGIN}{_TITLE}{entries}{_END}".strip("\n") if entries else "", after.strip("\n")]
    rest = changelog[section.end :]
    made = "\n\n" + "".join(f"{block}\n\n" for block in blocks if block)
    return changelog[: section.start] + (made if rest else made.rstrip("\n") + "\n") + rest


def _section(changelog: str, version: str | None) -> Section:
    """Return the section that has the part, or else the one that it belongs into."""
    found = [section for section in sections_of(changelog) if section.name in {UNRELEASED, version}]
    if not found:
        raise DiffError(f"CHANGELOG.md has no section [{UNRELEASED}]; put it back, first of all")
    chosen = next((one for one in found if _BEGIN in changelog[one.start : one.end]), found[0])
    text = changelog[chosen.start : chosen.end]
    if _BEGIN in text and not _PART.search(text):
        raise DiffError(
            f"CHANGELOG.md has {_BEGIN.strip()} without the line {_END.strip()}; put that back after the part"
        )
    return chosen
