"""Every mutant is one: its witness sees something else than with the original, and the list is as long as promised."""

from collections import Counter

import pytest
from tests.mutants.applying import outcome
from tests.mutants.catalogue import MUTANTS
from tests.mutants.mutant import Mutant


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda it: it.id)
def test_the_witness_tells_mutant_and_original_apart(mutant: Mutant) -> None:
    original = outcome(mutant.witness)
    assert outcome(mutant.witness) == original, "it must be repeatable"
    assert outcome(mutant.witness, mutant.apply) != original
    assert outcome(mutant.witness) == original, "the mutant must leave nothing behind"


def test_there_are_as_many_as_promised() -> None:
    sides = Counter(mutant.side for mutant in MUTANTS)
    assert sides["server"] >= 120
    assert sides["document"] >= 40
    assert sides["client"] >= 20


def test_each_has_a_name_of_its_own() -> None:
    assert [name for name, count in Counter(it.id for it in MUTANTS).items() if count > 1] == []


def test_all_operators_of_the_probe_are_there() -> None:
    assert sorted(it.anchor for it in MUTANTS if it.anchor) == list(range(1, 52))
