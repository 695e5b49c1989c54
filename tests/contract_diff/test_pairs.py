"""The proof of the comparison: each small change is told, with its rule, its place and whom it breaks."""

from copy import deepcopy

import pytest
from tests.contract_diff.pairs import CONTRACT, Pair, read_pairs

from bubblehouse_diff.comparison import compare
from bubblehouse_diff.rules import RULES, headline_of, sentence_of

PAIRS = read_pairs()


def test_there_are_enough() -> None:
    assert len({str(pair.edit) for pair in PAIRS}) >= 80


def test_no_rule_is_without_a_pair() -> None:
    told = {change.rule for pair in PAIRS for change in compare(pair.before(), pair.after())[0]}
    told |= {change.rule for pair in PAIRS for change in compare(pair.after(), pair.before())[0]}
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
    pair = next(pair for pair in PAIRS if pair.rule == rule and pair.edit["at"].endswith(at))
    (change,) = (one for one in compare(pair.before(), pair.after())[0] if one.rule == rule)
    assert sentence in {sentence_of(change), headline_of(change, [change.place])}


def test_an_unchanged_contract_has_no_change() -> None:
    assert compare(CONTRACT, deepcopy(CONTRACT))[0] == []


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair.rule}:{pair.edit['at']}")
def test_a_change_is_told(pair: Pair) -> None:
    changes, _ = compare(pair.before(), pair.after())
    assert (pair.rule, pair.place) in [(change.rule, change.place) for change in changes]
    assert sorted(RULES[pair.rule].breaks) == pair.breaks
    # Nobody is said to be broken beside whom the rows of this change name.
    told = {who for change in changes for who in RULES[change.rule].breaks}
    assert told == {
        who for other in PAIRS if (other.edit, other.given) == (pair.edit, pair.given) for who in other.breaks
    }


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair.rule}:{pair.edit['at']}")
def test_the_reverse_of_a_change_is_told_too(pair: Pair) -> None:
    assert [sentence_of(change) for change in compare(pair.after(), pair.before())[0]]
