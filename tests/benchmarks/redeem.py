"""The call that the mock is measured by: RedeemPoints1, with a real token, of customers with points enough."""

import http.client
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast
from urllib.parse import urlsplit

from tests.benchmarks.processes import ProgramError

from bubblehouse.tokens import Key, MintedToken
from bubblehouse_mock.state import FixtureFile

# The demo shop's name and key, so that the same call is good for the demo shop, too.
_DEMO: Final = cast("dict[str, str]", FixtureFile().data)
_KEYS: Final = cast("list[dict[str, str]]", _DEMO["keys"])[:1]

SHOP: Final = _DEMO["shop"]
TOKEN: Final = MintedToken(Key(_KEYS[0]["key_id"], _KEYS[0]["secret"]), SHOP)
FIRST: Final = 1001
"""The first customer's id in the shop system; the others have the numbers that follow."""
BODY: Final = '{"customer":{"shopid":"%d"},"pts":100}'
"""What is sent, once a customer's number stands in it."""

_PLENTY: Final = 10**12  # points; a customer would be called ten thousand million times for them
_PATIENCE: Final = 10.0  # seconds


@dataclass(frozen=True, slots=True)
class Target:
    """Where the call goes.

    Attributes:
        url: The function's URL.
        customers: How many customers there are to choose from.
        process: The id of the process that answers.
    """

    url: str
    customers: int
    process: int

    @property
    def last(self) -> int:
        """The last customer's id."""
        return FIRST + self.customers - 1

    def check(self) -> None:
        """Make one call.

        Raises:
            ProgramError: It is not answered as it should be.
        """
        url = urlsplit(self.url)
        line = http.client.HTTPConnection(str(url.hostname), url.port, timeout=_PATIENCE)
        headers = {"Authorization": f"Bearer {TOKEN.get()}", "Content-Type": "application/json"}
        try:
            line.request("POST", url.path, BODY % FIRST, headers)
            answer = line.getresponse()
            content = answer.read().decode()
        except (OSError, http.client.HTTPException) as error:
            raise ProgramError(f"{self.url} is not answered: {error}") from error
        finally:
            line.close()
        if answer.status != http.client.OK or "change_bhid" not in json.loads(content):
            raise ProgramError(f"{self.url} is answered with {answer.status} {content}")


def write_shop(file: Path, customers: int, changes: int) -> None:
    """Write a fixture of a shop without limits.

    Args:
        file: Where.
        customers: How many customers it has. Each has an email address, and points enough.
        changes: How many changes of a balance each has behind it, from 1 to 12.
    """
    shop = {"shop": SHOP, "keys": _KEYS, "settings": {"point_value": "0.01"}}
    head = json.dumps(shop).removesuffix("}")
    with file.open("w", encoding="utf-8") as out:  # one by one: a million changes at once are half a gigabyte
        out.write(f'{head}, "customers": [\n')
        for number in range(FIRST, FIRST + customers):
            comma = "," if number < FIRST + customers - 1 else ""
            out.write(f"{json.dumps(_customer(number, changes))}{comma}\n")
        out.write("]}\n")


def _customer(number: int, changes: int) -> dict[str, object]:
    return {
        "shopid": str(number),
        "email": f"customer-{number}@example.com",
        "joined_on": "2024-01-01",
        "changes": [
            {
                "type": "earned_from_order",
                "pts": 100 + number % 100 if change else _PLENTY,
                "at": f"2024-{change + 1:02}-01T12:00:00Z",
                "desc": f"Order {number}-{change}",
            }
            for change in range(changes)
        ],
    }
