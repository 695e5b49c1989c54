"""How a mock is made: what a process tells another one, so that both serve the same."""

from dataclasses import dataclass
from pathlib import Path

from bubblehouse_mock.mock import BubblehouseMock


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """The arguments of a mock.

    Args:
        contract: A resolved OpenAPI document in JSON; None for the contract of the installed client.
        fixture: A fixture file; None for the demo shop.
        db: A file that all state is kept in; None for memory.
        strict: Whether each answer is checked against the contract.
    """

    contract: Path | None = None
    fixture: Path | None = None
    db: Path | None = None
    strict: bool = False

    def build(self) -> BubblehouseMock:
        """Make the mock.

        Raises:
            ContractError: The contract can't be served.
            DatabaseError: The file can't be used.
            FixtureError: The fixture is not a shop.
        """
        return BubblehouseMock(contract=self.contract, fixture=self.fixture, db=self.db, strict=self.strict)
