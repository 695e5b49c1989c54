"""Who makes a generated call, and for whom: so that most calls get past the door and say something about the rules.

A random `customer` is nobody, a random `change_bhid` is no redemption, and a random kind of token rarely fits the rest
of the call. So every case gets a token that fits and, where it names a customer or a redemption at all, mostly a real
one. What is chosen depends on the case and on earlier answers alone, never on chance of its own: that keeps runs
repeatable and lets failures shrink.
"""

import json
import re
import zlib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, cast

from schemathesis import AuthContext, Case, Response
from tests.contract.proof import contract as contracts
from tests.contract.proof.contract import Contract, Json
from tests.contract.proof.scene import Scene
from tests.contract.proof.speech import Speech
from tests.contract.proof.target import Customer, Target

_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_MOST_MONEY = Decimal(2**63).scaleb(-6)
_SAFE_LENGTH = 10

_CUSTOMER_KIND_OF = {"ShopToken": "CustomerToken", "PartnerTokenForShop": "PartnerTokenForCustomer"}


@dataclass(frozen=True, slots=True)
class Caller:
    """How a case is called.

    Attributes:
        kind: The kind of token.
        customer: Whom the token stands for, if it stands for a customer.
        arguments: What replaces arguments of the case.
    """

    kind: str
    customer: Customer
    arguments: Json


class Callers:
    """Chooses callers, and remembers whose redemptions can be undone.

    Args:
        target: The server that is called.
        contract: Its contract.
        scene: Who is who on it; customers for whom calls succeed are chosen more often.
        speech: What properties are called in its global version. Here, they have their general names.
    """

    def __init__(self, target: Target, contract: Contract, scene: Scene, speech: Speech) -> None:
        self.speech = speech
        self._target = target
        self._contract = contract
        self._customers = (*target.customers, *(scene.spender, scene.owner or scene.spender) * 2)
        general = contracts.load()
        self._is_identity = general.validator(general.document["components"]["schemas"]["CustomerIdentity1"]).is_valid
        self._redemptions: dict[str, Customer] = {}
        self._open: list[str] = []
        self._chosen: dict[str, Caller] = {}
        self._token = cache(target.token)
        self._minted: set[str] = set()

    def forget(self) -> None:
        """Forget what was remembered, since the server did."""
        self._redemptions.clear()
        self._open.clear()
        self._chosen.clear()

    def _choose(self, case: Case[Any]) -> Caller:
        given = _arguments(case)
        roll = zlib.crc32(f"{case.operation.label}{json.dumps(given, sort_keys=True, default=str)}".encode())
        roll, unchanged = divmod(roll, 8)
        kinds = self._contract.by_label(case.operation.label).tokens
        kinds = tuple(kind for kind in kinds if self._target.can_mint(kind))
        kind = kinds[roll % len(kinds)]
        change = self._change(given.get("change_bhid"), roll // 5)
        customer = self._customer(given.get("customer"), change, roll // 7)
        if unchanged == 0:
            return Caller(kind, customer, {})
        chosen: Json = {} if change == given.get("change_bhid") else {"change_bhid": change}
        if "customer" not in given:
            return Caller(_CUSTOMER_KIND_OF.get(kind, kind), customer, chosen)
        if self._is_identity(given["customer"]):
            chosen["customer"] = customer.identities[roll // 11 % len(customer.identities)]
        return Caller(kind, customer, chosen)

    def _change(self, given: object, roll: int) -> object:
        """Return the redemption to name: mostly one that can be undone, at times one that was, or what is given."""
        if not isinstance(given, str) or given in self._redemptions:
            return given
        choices = (None, list(self._redemptions), self._open, self._open)[roll % 4]
        return choices[roll // 4 % len(choices)] if choices else given

    def _customer(self, given: object, change: object, roll: int) -> Customer:
        if isinstance(change, str) and change in self._redemptions:
            return self._redemptions[change]
        named = next((customer for customer in self._target.customers if given in customer.identities), None)
        return named or self._customers[roll % len(self._customers)]

    def get(self, case: Case[Any], context: AuthContext) -> str:
        """Mint a token for a case. Together with `set`, this is schemathesis's protocol of an auth provider."""
        del context
        return self._mint(self._choose(case))

    def set(self, case: Case[Any], data: str, context: AuthContext | None = None) -> None:
        """Put a token into a case."""
        del context
        case.headers["Authorization"] = f"Bearer {data}"

    def prepare(self, case: Case[Any]) -> None:
        """Replace arguments of a case by those that are chosen for it, and its token by one that fits them.

        Links fill arguments in after the first token was minted. Tokens from elsewhere, such as the bad ones that a
        check tries, stay.
        """
        self._target.pace.wait()
        caller = self._chosen[case.id] = self._choose(case)
        for name, value in caller.arguments.items():
            if isinstance(case.body, dict):
                case.body[name] = value
            else:
                case.query[name] = json.dumps(value)
        if isinstance(case.body, dict):
            _write_money_as_the_docs_do(case.body)
        if case.headers.get("Authorization", "").removeprefix("Bearer ") in self._minted:
            self.set(case, self._mint(caller))

    def note(self, case: Case[Any], response: Response) -> None:
        """Remember what an answer says of redemptions."""
        caller = self._chosen.pop(case.id, None)
        if response.status_code != 200 or caller is None:
            return
        function = self._contract.by_label(case.operation.label).function
        if function.startswith("RedeemPoints"):
            change = self.speech.answer(function, response.json())["change_bhid"]
            self._redemptions[change] = caller.customer
            self._open.append(change)
        elif function.startswith("Unredeem"):
            self.speech.generalise(case)
            change = _arguments(case).get("change_bhid")
            self.speech.specialise(case)
            self._open[:] = [bhid for bhid in self._open if bhid != change]

    def _mint(self, caller: Caller) -> str:
        token = self._token(caller.kind, caller.customer.shopid)
        self._minted.add(token)
        return token


def _arguments(case: Case[Any]) -> Json:
    if isinstance(case.body, dict):
        return cast("Json", case.body)
    arguments: Json = dict(case.query)
    if isinstance(text := arguments.get("customer"), str):
        try:
            arguments["customer"] = json.loads(text)
        except ValueError:
            return arguments
    return arguments


def _write_money_as_the_docs_do(body: Json) -> None:
    """Make money valid where it is valid to the schema alone.

    42.0 is an integer to JSON Schema, and to the docs a float, which is refused. And the most that a decimal string may
    say, 64 bits of millionths, is more than a pattern can.
    """
    money = body.get("cart_subtotal")
    if isinstance(money, float) and money.is_integer():
        body["cart_subtotal"] = int(money)
    elif isinstance(money, str) and _DECIMAL.fullmatch(money) and abs(Decimal(money)) >= _MOST_MONEY:
        body["cart_subtotal"] = money[:_SAFE_LENGTH]
