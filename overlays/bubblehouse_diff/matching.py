"""Puts the changes of the contract beside those of the Python package."""

from collections.abc import Iterable
from typing import NamedTuple

from bubblehouse_diff.changes import Change, Direction
from bubblehouse_diff.python_changes import PythonChange
from bubblehouse_diff.rules import CALLERS, NOBODY, RULES
from bubblehouse_diff.schemas import Schemas


class Matched(NamedTuple):
    """One change of the contract, with what it means in Python.

    Attributes:
        change: The change of the contract.
        python: The changes of the package that come from it.
    """

    change: Change
    python: list[PythonChange]


def match(changes: Iterable[Change], python: Iterable[PythonChange]) -> tuple[list[Matched], list[PythonChange]]:
    """Return the changes of the contract with those of Python, and the changes of Python that none explains.

    Args:
        changes: The changes of the contract.
        python: The changes of the package.
    """
    listed = list(python)
    matched = [Matched(change, [one for one in listed if _belong(change, one)]) for change in changes]
    explained = {one for pair in matched for one in pair.python}
    return matched, [one for one in listed if one not in explained]


def breaks(matched: Matched) -> frozenset[str]:
    """Return whom a change breaks, by its rule or by what it does to the package."""
    rule = RULES[matched.change.rule]
    if matched.change.is_new:
        return CALLERS if any(one.breaking for one in matched.python) else NOBODY
    return rule.breaks | CALLERS if any(one.breaking for one in matched.python) else rule.breaks


def directions(schemas: Schemas) -> dict[str, frozenset[Direction]]:
    """Return in which directions classes are used, by name."""
    return {name: frozenset(used) for name, used in schemas.used.items()}


def _belong(change: Change, python: PythonChange) -> bool:
    if RULES[change.rule].sentence.startswith("the text of"):
        return False
    owners = {_plain(change.subject)}
    if not change.rule.startswith("schema-"):  # a function's input is the function's keywords, but no function itself
        owners.add(_plain(change.subject).removesuffix("input"))
    if change.rule.startswith("error-"):
        return _plain(python.owner) == f"{_plain(change.field)}error"
    if change.rule == "operation-renamed":
        owners |= {_plain(change.before), _plain(change.after)}
    field = _plain(change.field.partition(".")[0])
    return _plain(python.owner) in owners and _plain(python.name) in {field, ""}


def _plain(name: str) -> str:
    # `RedeemPoints1` is `redeem_points_1` in Python, and a keyword of the language gets an underscore.
    return name.replace("_", "").lower()
