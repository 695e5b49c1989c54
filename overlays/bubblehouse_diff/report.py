"""Tells a person or a program what was found."""

import json
from typing import Final

from bubblehouse_diff.matching import breaks
from bubblehouse_diff.outcome import Outcome, group_of
from bubblehouse_diff.python_changes import PythonChange
from bubblehouse_diff.rules import RULES, sentence_of

_GROUPS: Final = {
    "Breaking for callers and the server side": "\x1b[31m",
    "Breaking for callers": "\x1b[31m",
    "Breaking for the server side": "\x1b[33m",
    "Breaking nobody": "\x1b[32m",
}
_PYTHON: Final = "In Python alone"
_NO_RELEASE: Final = """\
Nothing was released yet (there is no tag v…): there is nothing to compare with, and nothing to break.
To compare all the same, name a revision or a file.
"""
_PLAIN: Final = "\x1b[0m"


def as_text(outcome: Outcome, *, colours: bool) -> str:
    """Return a table for people.

    Args:
        outcome: What was found.
        colours: Whether it is for a terminal.
    """
    if outcome.before is None:
        return _NO_RELEASE
    lines = [f"{outcome.before} → {outcome.after}: {_counted(outcome)}"]
    width = max((len(one.change.rule) for one in outcome.matched), default=0)
    for group, colour in _GROUPS.items():
        rows = [one for one in outcome.matched if group_of(one) == group]
        if rows:
            lines.append(f"\n{colour}{group}{_PLAIN}" if colours else f"\n{group}")
        for one in rows:
            lines.append(f"  {one.change.rule:{width}}  {sentence_of(one.change)}")
            lines += [f"  {'':{width}}  → {_python(change)}" for change in one.python]
    if outcome.python:
        lines += [f"\n{_PYTHON}", *(f"  {_python(change)}" for change in outcome.python)]
    lines += ["", f"version: {_bump(outcome)}"]
    lines += [f"problem: {problem}" for problem in outcome.problems]
    return "".join(f"{line}\n" for line in lines)


def as_json(outcome: Outcome) -> str:
    """Return a report for programs.

    Args:
        outcome: What was found.
    """
    report = {
        "before": outcome.before,
        "after": outcome.after,
        "changes": [
            {
                "rule": one.change.rule,
                "path": one.change.place,
                "version": one.change.version or None,
                "before": one.change.before or None,
                "after": one.change.after or None,
                "breaks": sorted(breaks(one)),
                "adds": RULES[one.change.rule].adds,
                "sentence": sentence_of(one.change),
                "python": [_as_object(change) for change in one.python],
            }
            for one in outcome.matched
        ],
        "python": [_as_object(change) for change in outcome.python],
        "entries": outcome.entries.splitlines(),
        "bump": outcome.bump,
        "problems": outcome.problems,
    }
    return json.dumps(report, indent=2, ensure_ascii=False) + "\n"


def _as_object(change: PythonChange) -> dict[str, object]:
    return {"what": change.what, "owner": change.owner, "name": change.name or None, "breaking": change.breaking}


def _python(change: PythonChange) -> str:
    return f"{change.what}, {'breaking' if change.breaking else 'compatible'}"


def _counted(outcome: Outcome) -> str:
    count = len(outcome.matched) + len(outcome.python)
    return "1 change" if count == 1 else f"{count or 'no'} changes"


def _bump(outcome: Outcome) -> str:
    return "nothing asks for a new one" if outcome.bump == "none" else f"the changes ask for a new {outcome.bump} one"
