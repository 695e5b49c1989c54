"""What a rule is given: a call that passed every stage."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from bubblehouse_mock import money
from bubblehouse_mock.jsontext import JsonObject
from bubblehouse_mock.state import Customer, Shop


@dataclass(slots=True)  # not frozen, as requests and responses aren't
class Call:
    """A call whose input fits the contract. The shop's lock is held while a rule runs.

    Args:
        shop: The shop.
        customer: The customer that the call is about.
        input: The input; the accessors below give its values in Python's types.
        now: The present moment, in UTC.
    """

    shop: Shop
    customer: Customer
    input: JsonObject
    now: datetime

    def integer(self, name: str) -> int:
        """Return a whole number. JSON may have written it as `500.0`."""
        value = self.input[name]
        if not isinstance(value, (int, float)):
            raise TypeError(f"{name} is not a number")
        return int(value)

    def text(self, name: str) -> str:
        """Return a string."""
        value = self.input[name]
        if not isinstance(value, str):
            raise TypeError(f"{name} is not a string")
        return value

    def flag(self, name: str) -> bool:
        """Return a boolean; False where it is left out."""
        return self.input.get(name) is True

    def money(self, name: str) -> Decimal | None:
        """Return an amount of money; None where it is left out."""
        value = self.input.get(name)
        return None if value is None else money.parse(value)
