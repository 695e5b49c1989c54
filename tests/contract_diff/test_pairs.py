"""The proof of the comparison: each small change is told, with its rule, its place and whom it breaks."""

from copy import deepcopy
from functools import cache

import pytest
from tests.contract_diff.pairs import CONTRACT, read_pairs

from bubblehouse_diff.changes import Change
from bubblehouse_diff.comparison import compare
from bubblehouse_diff.rules import RULES, headline_of, sentence_of

PAIRS = read_pairs()
ROWS = pytest.mark.parametrize("row", range(len(PAIRS)), ids=[f"{pair.rule}:{pair.edit['at']}" for pair in PAIRS])


@cache
def _told(row: int) -> tuple[list[Change], list[Change]]:
    """Return the changes that a row's pair makes, and those of the way back."""
    before, after = PAIRS[row].before(), PAIRS[row].after()
    return compare(before, after)[0], compare(after, before)[0]


def test_there_are_enough() -> None:
    assert len({str(pair.edit) for pair in PAIRS}) >= 80


def test_no_rule_is_without_a_pair() -> None:
    told = {change.rule for row in range(len(PAIRS)) for way in _told(row) for change in way}
    # Overlays have tests of their own.
    assert [rule for rule in RULES if rule not in told and "assumption" not in rule] == []


def test_what_counts_anyway_is_no_change_when_it_is_said() -> None:
    said = deepcopy(CONTRACT)
    said["components"]["schemas"]["CustomerIdentity1"]["properties"]["email"] |= {"uniqueItems": False}
    assert compare(CONTRACT, said)[0] == []


@pytest.mark.parametrize(
    ("rule", "at", "sentence"),
    [
        (
            "output-default-changed",
            "code > default",
            'what a missing RedeemPoints1Output.code stands for went from none to ""',
        ),
        (
            "input-minimum-narrowed",
            "pts > minimum",
            "the lower bound of `RedeemPoints1Input.pts` narrowed from `1` to `10`",
        ),
        ("input-null-widened", "pts > type", "`RedeemPoints1Input.pts` can be null now"),
        (
            "input-alternatives-narrowed",
            "MonetaryInput > oneOf",
            "the alternatives of `MonetaryInput` narrowed from `DecimalString, Millionths` to `DecimalString`",
        ),
    ],
)
def test_a_change_is_told_in_words(rule: str, at: str, sentence: str) -> None:
    row = next(row for row, pair in enumerate(PAIRS) if pair.rule == rule and pair.edit["at"].endswith(at))
    (change,) = (one for one in _told(row)[0] if one.rule == rule)
    assert sentence in {sentence_of(change), headline_of(change, [change.place])}


def test_an_unchanged_contract_has_no_change() -> None:
    assert compare(CONTRACT, deepcopy(CONTRACT))[0] == []


@ROWS
def test_a_change_is_told(row: int) -> None:
    pair, changes = PAIRS[row], _told(row)[0]
    assert (pair.rule, pair.place) in [(change.rule, change.place) for change in changes]
    assert sorted(RULES[pair.rule].breaks) == pair.breaks
    # Nobody is said to be broken beside whom the rows of this change name.
    told = {who for change in changes for who in RULES[change.rule].breaks}
    assert told == {
        who for other in PAIRS if (other.edit, other.given) == (pair.edit, pair.given) for who in other.breaks
    }


@ROWS
def test_the_reverse_of_a_change_is_told_too(row: int) -> None:
    assert [sentence_of(change) for change in _told(row)[1]]
