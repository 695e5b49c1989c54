"""Everything that is found between two sides."""

from typing import NamedTuple

from bubblehouse_diff.assumptions import compare_assumptions
from bubblehouse_diff.comparison import compare
from bubblehouse_diff.matching import Matched, directions, match
from bubblehouse_diff.python_changes import PythonChange, compare_surfaces
from bubblehouse_diff.rules import CALLERS, RULES, SERVER
from bubblehouse_diff.sources import Side
from bubblehouse_diff.versions import Bump, bump_for, problems


class Outcome(NamedTuple):
    """The comparison of two sides.

    Attributes:
        before: The name of one side.
        after: The name of the other.
        matched: The changes of the contract, with those of Python that come from them.
        python: The changes of Python that no change of the contract explains.
        bump: What the changes ask for.
        problems: Where version and changelog don't agree with that.
    """

    before: str
    after: str
    matched: list[Matched]
    python: list[PythonChange]
    bump: Bump
    problems: list[str]


def breaks(matched: Matched) -> frozenset[str]:
    """Return whom a change breaks, by its rule or by what it does to the package."""
    rule = RULES[matched.change.rule]
    return rule.breaks | CALLERS if any(one.breaking for one in matched.python) else rule.breaks


def outcome_of(before: Side, after: Side, *, released: bool) -> Outcome:
    """Compare two sides.

    Args:
        before: One side.
        after: The other.
        released: Whether the version of `before` was released.

    Raises:
        DiffError: A reference in a contract leads nowhere.
    """
    changes, schemas = compare(before.contract, after.contract)
    changes += compare_assumptions(before.assumptions, after.assumptions, after.facts)
    python = list(compare_surfaces(before.surface, after.surface, directions(schemas)))
    matched, rest = match(changes, python)
    bump = bump_for(
        before.release.version if before.release else "0.0.0",
        changed=bool(changes or python),
        breaking=any("callers" in breaks(one) for one in matched) or any(one.breaking for one in rest),
        adds=any(RULES[one.rule].adds for one in changes) or any(one.adds for one in python),
    )
    found = list(problems(before, after, bump, released=released))
    return Outcome(before.name, after.name, matched, rest, bump, found)


def group_of(matched: Matched) -> str:
    """Return under which heading a change is told."""
    broken = breaks(matched)
    if broken >= CALLERS:
        return "Breaking for callers and the server side" if broken >= SERVER else "Breaking for callers"
    return "Breaking for the server side" if broken else "Breaking nobody"
