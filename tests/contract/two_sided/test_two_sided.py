"""Two-sided: the document is not looser than the server. All that it allows is brought out by a call, or excused."""

from fnmatch import fnmatchcase

import pytest
from tests.contract.proof import contract as contracts
from tests.contract.proof.contract import Contract
from tests.contract.two_sided.allowances import ALLOWANCES
from tests.contract.two_sided.loosening import Loosening, during, loosenings
from tests.contract.two_sided.permissions import permissions
from tests.contract.two_sided.verdicts import Verdicts
from tests.contract.two_sided.witnesses import Exchange, Hearing

# The document of `contract`, too: whoever loosens it puts it back.
_LOOSENINGS = tuple(loosenings(contracts.load()))


def _excused(permission: str) -> list[str]:
    return [pattern for pattern in ALLOWANCES if fnmatchcase(permission, pattern)]


def test_all_that_the_document_allows_is_brought_out(allowed: set[str], hearing: Hearing) -> None:
    missing = allowed - hearing.borne_out
    assert [it for it in sorted(missing) if not _excused(it)] == []


def test_every_excuse_is_needed(allowed: set[str], hearing: Hearing) -> None:
    missing = allowed - hearing.borne_out
    used = {pattern for permission in missing for pattern in _excused(permission)}
    assert ALLOWANCES.keys() - used == set()


def test_nothing_comes_that_the_document_does_not_name(hearing: Hearing) -> None:
    assert hearing.unnamed == set()


def test_no_pattern_takes_more_than_comes(hearing: Hearing) -> None:
    assert hearing.too_wide == set()


def test_the_server_takes_the_inputs_that_the_document_allows(contract: Contract, verdicts: Verdicts) -> None:
    assert [str(probe) for probe in verdicts.disputed(contract)] == []


@pytest.mark.parametrize("loosening", [it for it in _LOOSENINGS if not it.incoming], ids=repr)
def test_a_document_with_looser_answers_fails(
    loosening: Loosening, contract: Contract, allowed: set[str], hearing: Hearing
) -> None:
    # Only calls that have to do with the loosened node can bear out what it allows now.
    concerned: list[Exchange] = hearing.telling.get(id(loosening.node), [])

    def is_noticed() -> bool:
        again = Hearing(contract)
        again.hear(concerned)
        new = permissions(contract) - allowed - hearing.borne_out - again.borne_out
        return any(not _excused(it) for it in new) or bool(again.too_wide)

    before = dict(loosening.node)
    assert during(loosening, is_noticed)
    assert loosening.node == before


@pytest.mark.parametrize("loosening", [it for it in _LOOSENINGS if it.incoming], ids=repr)
def test_a_document_with_looser_inputs_fails(loosening: Loosening, contract: Contract, verdicts: Verdicts) -> None:
    assert during(loosening, lambda: any(verdicts.disputed(contract)))
