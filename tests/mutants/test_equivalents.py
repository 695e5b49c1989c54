"""What is said to be equivalent is: no witness of any mutant sees it."""

from typing import get_args

import pytest
from tests.mutants.applying import outcome
from tests.mutants.catalogue import MUTANTS
from tests.mutants.equivalents import EQUIVALENTS
from tests.mutants.mutant import Side


@pytest.mark.parametrize("side", get_args(Side))
def test_no_witness_sees_an_equivalent(side: Side) -> None:
    changes = [it.apply for it in EQUIVALENTS if it.side == side]
    assert changes
    seen = [it.id for it in MUTANTS if it.side == side and outcome(it.witness, *changes) != outcome(it.witness)]
    assert seen == []


def test_an_equivalent_is_no_mutant() -> None:
    assert {it.id for it in EQUIVALENTS} & {it.id for it in MUTANTS} == set()
