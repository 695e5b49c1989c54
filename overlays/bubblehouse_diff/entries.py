"""Tells in a few lines what changed, for people who use the client: what CHANGELOG.md has of the contract."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from bubblehouse_diff.changes import Change
from bubblehouse_diff.matching import Matched, breaks
from bubblehouse_diff.python_changes import PythonChange
from bubblehouse_diff.rules import CALLERS, headline_of

_UNTOLD: Final = ("text-changed", "extension-changed", "assumption-", "link-")
_MARK: Final = "**Breaking:** "


def entries_of(matched: Iterable[Matched], python: Iterable[PythonChange]) -> str:
    """Return one line per change that a caller may meet, those that break callers first; "" where there is none.

    The same change in several places is one line. Texts, notes and assumptions are left to git, and what the tests
    alone follow.

    Args:
        matched: The changes of the contract, with those of Python that come from them.
        python: The changes of Python that no change of the contract explains.
    """
    groups: dict[tuple[Change, bool], list[Matched]] = {}
    for one in matched:
        if not one.change.rule.startswith(_UNTOLD):
            groups.setdefault((_kind(one.change), breaks(one) >= CALLERS), []).append(one)
    lines = [(breaking, _line(group)) for (_, breaking), group in groups.items()]
    lines += [(change.breaking, change.what) for change in python]
    told = [
        f"- {_MARK if breaking else ''}{text[:1].upper()}{text[1:]}.\n"
        for breaking, text in sorted(lines, key=lambda line: not line[0])
    ]
    return "".join(dict.fromkeys(told))


def _kind(change: Change) -> Change:
    """Return a change without its place."""
    last = change.field.rpartition(".")[2]
    return replace(change, subject="", field=last)


def _line(group: list[Matched]) -> str:
    places = list(dict.fromkeys(one.change.place for one in group))
    codes = dict.fromkeys(change.code for one in group for change in one.python)
    told = ", ".join(f"`{code}`" for code in codes if code not in places)
    return headline_of(group[0].change, places) + (f" → {told}" if told else "")
