"""The stages of states and calls that are to bring out everything a document allows."""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml
from tests.contract.proof.contract import Json, Operation
from tests.contract.proof.provoke import Kitchen, call_sync
from tests.contract.proof.recipes import ALL_KINDS, RECIPES
from tests.contract.proof.wire import Wire, authorised
from tests.contract.two_sided.permissions import ANONYMOUS
from tests.contract.two_sided.witnesses import Exchange

from bubblehouse.errors import APIError
from bubblehouse.transport import Request, Response

_STATE = Path(__file__).with_name("stage.yaml")
_PEOPLE = ("everything", "highest", "newcomer", "nothing")
_SWITCHES = ("include_unused_rewards", "include_full_program", "include_referrals")
_MEDIA_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", "application/xml")


class Play:
    """Plays the stages on a server, and writes down each call.

    Args:
        wire: The server.
        kitchen: Where errors are caused.
    """

    def __init__(self, wire: Wire, kitchen: Kitchen) -> None:
        self._wire = wire
        self._kitchen = kitchen
        self._operations = tuple(wire.contract.operations.values())

    def exchanges(self) -> Iterator[Exchange]:
        """Play all stages."""
        yield from self._errors()
        yield from self._everybody()
        yield from self._other_bodies()
        yield from self._balances()
        yield from self._balances(bare=True)
        yield from self._redemptions()

    def _errors(self) -> Iterator[Exchange]:
        """Cause every error that there is a recipe for, with every kind of token."""
        told: list[Response] = []

        def listen(response: Response) -> Response:
            told.append(response)
            return response

        for error in self._wire.contract.errors:
            operation = self._wire.contract.operations[error.operation]
            for kind in operation.tokens:
                for recipe in (it for it in RECIPES.get(error.id, ()) if it.fits(operation, kind)):
                    call = self._kitchen.prepare(recipe, operation, kind)
                    call.response = listen
                    with suppress(APIError):
                        call_sync(call)
                    yield _exchange(operation, kind, None, told[-1])

    def _everybody(self) -> Iterator[Exchange]:
        """Call every operation with every kind of token there is, and with none; naming the customer, and not."""
        for operation in self._operations:
            for kind in (*ALL_KINDS, ANONYMOUS):
                for named in (True, False):
                    sent = self._wire.prepare(operation, "ShopToken" if kind == ANONYMOUS else kind)
                    arguments = {name: it for name, it in sent.arguments.items() if named or name != "customer"}
                    request = self._wire.request(operation, arguments, self._token(kind, sent.actor.shopid))
                    if kind == ANONYMOUS:
                        request = authorised(request)
                    yield self._send(operation, kind, request)

    def _other_bodies(self) -> Iterator[Exchange]:
        """Send what may be no input: nothing, forms, and the input under another name."""
        for operation in self._operations:
            if operation.method == "POST":
                sent = self._wire.prepare(operation, "CustomerToken")
                bare = sent.request._replace(content=b"", headers=sent.request.headers[:1])
                yield self._send(operation, sent.kind, bare)
                for media_type in _MEDIA_TYPES:
                    headers = (sent.request.headers[0], ("Content-Type", media_type))
                    yield self._send(operation, sent.kind, sent.request._replace(headers=headers))

    def _balances(self, *, bare: bool = False) -> Iterator[Exchange]:
        """Read balances of everybody, with all that can be asked for, and without; in a shop that has little, too."""
        self._set(self._state(bare=bare))
        for operation in (it for it in self._operations if it.kind == "read"):
            for customer in _PEOPLE:
                for switches in ({}, dict.fromkeys(_SWITCHES, True)):
                    arguments: Json = {"customer": {"shopid": customer}, **switches}
                    request = self._wire.request(operation, arguments, self._token("ShopToken", customer))
                    yield self._send(operation, "ShopToken", request)

    def _redemptions(self) -> Iterator[Exchange]:
        """Redeem with a code, without one, and in place of another; undo; use achievements."""
        self._set(self._state())
        calls: list[tuple[str, Json]] = [
            ("RedeemPoints1", {"pts": 100}),
            ("RedeemPoints1", {"pts": 100, "no_coupon": True, "cart_subtotal": "42.99"}),
            ("UseAchievementDiscount1", {"achievement_bhid": "achievement-1"}),
            ("UseAchievementDiscount1", {"achievement_bhid": "achievement-2"}),
        ]
        for function, arguments in calls:
            yield self._call(function, arguments)
        self._control.settings({"provisional_redemptions": True})
        for _ in range(2):
            yield (redeemed := self._call("RedeemPoints1", {"pts": 100}))
        yield self._call("Unredeem1", {"change_bhid": json.loads(redeemed.text)["change_bhid"]})
        yield self._call("CustomerBalance3", dict.fromkeys(_SWITCHES, True))

    def _call(self, function: str, arguments: Json) -> Exchange:
        operation = self._wire.contract.operations[function]
        given: Json = {"customer": {"shopid": "everything"}, **arguments}
        return self._send(operation, "ShopToken", self._wire.request(operation, given, self._token("ShopToken", "")))

    def _send(self, operation: Operation, kind: str, request: Request) -> Exchange:
        return _exchange(operation, kind, request, self._wire.send(request).response)

    def _token(self, kind: str, customer: str) -> str:
        return self._wire.target.token(kind, customer) if kind != ANONYMOUS else ""

    @property
    def _control(self) -> Any:
        return self._wire.target.control

    def _set(self, state: Json) -> None:
        self._control.reset()
        self._control.load(state)

    def _state(self, *, bare: bool = False) -> Json:
        target = self._wire.target
        keys = [{"key_id": key.id, "secret": str(key.secret), "kind": owner} for owner, key in target.keys.items()]
        state: Json = {"shop": target.shop, "keys": keys, **yaml.safe_load(_STATE.read_text(encoding="utf-8"))}
        if bare:
            state["settings"] = {"program_enabled": False}
        return state


def _exchange(operation: Operation, kind: str, request: Request | None, response: Response) -> Exchange:
    headers = {name.lower(): value for name, value in request.headers} if request is not None else {}
    return Exchange(
        operation=operation.id,
        kind=kind,
        named=request is None or b"customer" in request.content or "customer=" in request.url,
        media_type=headers.get("content-type", ""),
        status=response.status,
        headers=frozenset(name.lower() for name, _ in response.headers),
        answered_as=(response.header("Content-Type") or "").partition(";")[0],
        text=response.content.decode(),
    )
