"""What benchmarks decode is an answer that the contract allows, of the size that it says."""

from tests.benchmarks.answers import full_program
from tests.contract.proof import contract as contracts

from bubblehouse_loyalty import CustomerBalanceResult3


def test_the_full_program_fits_the_contract_and_has_the_size_it_says() -> None:
    contract = contracts.load()
    answer = full_program()
    contract.validator(contract.document["components"]["schemas"]["CustomerBalanceResult3"]).validate(answer)
    balance = CustomerBalanceResult3.from_dict(answer)
    assert isinstance(balance.offers, list)
    assert isinstance(balance.tiers, list)
    assert (len(balance.offers), len(balance.tiers)) == (200, 20)
    assert balance.additional_properties == {}
