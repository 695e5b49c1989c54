"""Makes the model's calls with the generated client, blocking or for asyncio, and hands back what came in one form."""

import asyncio
import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import jwt
from tests.contract.model.reference.call import Call, Json, Token
from tests.contract.proof.figures import DRIVER_NAMES
from tests.contract.proof.provoke import AlteringTransport, AlterRequest, AsyncAlteringTransport
from tests.contract.proof.provoke import Call as ClientCall
from tests.contract.proof.recipes import RECIPES, as_query
from tests.contract.proof.target import Key, Target

from bubblehouse.flow import Timing
from bubblehouse.transport import Request, Response
from bubblehouse_loyalty import AsyncLoyaltyClient, LoyaltyClient, errors

METHODS: Final = {
    "RedeemPoints1": "redeem_points_1",
    "Unredeem1": "unredeem_1",
    "UseAchievementDiscount1": "use_achievement_discount_1",
    "CustomerBalance3": "customer_balance_3",
}
_PATIENCE: Final = 30.0  # seconds
_A_LONG_TIME: Final = 1e7
"""Seconds that clients think lie between calls: they hold none back for what the server answered the one before."""


@dataclass(frozen=True, slots=True)
class Came:
    """What came of a call.

    Attributes:
        status: The status of the answer.
        body: What the client made of the answer, as JSON again; of an error, the body as it was.
        raised: The name of the class that the client raised; empty where it returned.
        response: The answer as it came.
    """

    status: int
    body: Any
    raised: str
    response: Response

    def __str__(self) -> str:
        error_id = self.body.get("id") if isinstance(self.body, dict) else None
        told = f"{error_id} as {self.raised}" if self.raised else json.dumps(self.body)
        return f"{self.status} {told}"


class Clients:
    """The clients of all callers, each made once.

    Args:
        target: The server.
        keys: Keys that tokens may name, by their ids.
        clock: Tells the time in the shop.
    """

    def __init__(self, target: Target, keys: dict[str, Key], clock: Callable[[], datetime]) -> None:
        self._target = target
        self._keys = keys
        self._clock = clock
        self._runner = asyncio.Runner()
        self._loop = self._runner.get_loop()
        self._alter: AlterRequest = _as_it_is
        self._token = ""
        self._calls = 0
        self._response: Response | None = None
        self._transport = AlteringTransport(self._altered, self._noted, target.connect())
        self._async_transport = AsyncAlteringTransport(self._altered, self._noted, target.connect_async())
        self._made: dict[tuple[object, ...], Any] = {}

    def make(self, driver: str, call: Call) -> Came:
        """Make a call.

        Args:
            driver: `sync` or `async`.
            call: The call.

        Raises:
            errors.BubblehouseError: There is no answer, or none that can be read.
        """
        self._target.pace.wait()
        self._calls += 1
        client = self._client(driver, call)
        arguments, self._alter = _for_the_client(call)
        prepared = ClientCall(METHODS[call.function], arguments, {}, pace=self._target.pace)
        method = getattr(client, prepared.method)
        try:
            if driver == DRIVER_NAMES[0]:
                result = method(**prepared.arguments)
            else:
                # The loop alone: a whole run of it would take as long as the call.
                result = self._loop.run_until_complete(method(**prepared.arguments))
        except errors.APIError as error:
            return Came(error.status, _decoded(error.response), type(error).__name__, error.response)
        response = self._response
        if response is None:
            raise AssertionError("the client returned before it was answered")
        return Came(response.status, result.to_dict(), "", response)

    def close(self) -> None:
        """Close the transports."""
        self._transport.close()
        self._runner.run(self._async_transport.aclose())
        self._runner.close()

    def _altered(self, request: Request) -> Request:
        return self._alter(request)

    def _noted(self, response: Response) -> Response:
        self._response = response
        return response

    def _client(self, driver: str, call: Call) -> Any:
        token = call.token
        plain = not (token.email or token.flaw or token.issued_at or token.expires_at)
        own = plain and token.key_id == self._target.key(token.kind).id
        if not own:
            self._token = self._mint(token)
        by = (token.kind, token.holder) if own else ()
        wanted = (driver, call.version, *by)
        if wanted not in self._made:
            options = self._target.options(token.kind, token.holder)
            if not own:
                for name in ("key_id", "secret", "customer"):
                    del options[name]
                options["token"] = lambda: self._token
            options |= {
                "api_version": call.version,
                "timeout": _PATIENCE,
                "timing": Timing(monotonic=lambda: self._calls * _A_LONG_TIME, time=lambda: self._clock().timestamp()),
            }
            self._made[wanted] = (
                LoyaltyClient(**options, transport=self._transport)
                if driver == DRIVER_NAMES[0]
                else AsyncLoyaltyClient(**options, transport=self._async_transport)
            )
        return self._made[wanted]

    def _mint(self, token: Token) -> str:
        """Sign a token that no client would make by itself."""
        shop = self._target.shop
        claims: Json = {"aud": "BH", "sub": shop if token.holder is None else f"{shop}/{token.holder}"}
        if token.email:
            claims["ce"] = token.email
        for name, moment in (("iat", token.issued_at), ("exp", token.expires_at)):
            if moment is not None:
                claims[name] = int(moment.timestamp())
        if token.flaw == "another audience":
            claims["aud"] = "HB"
        elif token.flaw == "another shop":
            claims["sub"] = claims["sub"].replace(shop, f"not-{shop}")
        secret = base64.b64decode(self._keys[token.key_id].secret)
        if token.flaw == "another secret":
            secret = secret[::-1]
        headers = {"kid": f"not-{token.key_id}" if token.flaw == "a key that doesn't exist" else token.key_id}
        return jwt.encode(claims, secret, algorithm="HS256", headers=headers)


TOKEN_FLAWS: Final = ("another audience", "another shop", "another secret", "a key that doesn't exist")


def _decoded(response: Response) -> Any:
    try:
        return json.loads(response.content)
    except ValueError:
        return None


def _as_it_is(request: Request) -> Request:
    return request


def _for_the_client(call: Call) -> tuple[Json, AlterRequest]:
    """Return arguments that the client takes, and what has to be done to its request to make it the call.

    The client refuses much of what a server would: what it won't send is put in place of what it will.
    """
    arguments, later = dict(call.arguments), dict[str, object]()
    if call.customer is not None:
        if any(call.customer.values()):
            arguments["customer"] = call.customer
        else:
            later["customer"] = call.customer
    if arguments.get("pts", 1) < 1:
        later["pts"], arguments["pts"] = arguments["pts"], 1
    if isinstance(arguments.get("cart_subtotal"), int):
        later["cart_subtotal"] = arguments.pop("cart_subtotal")
    steps: list[AlterRequest] = [_with(later)] if later else []
    if call.verb == "GET":
        steps.append(as_query)
    if call.flaw:
        steps += [it.alter for it in RECIPES[call.flaw] if it.alter is not None]
    return arguments, _in_turn(steps)


def _with(arguments: Json) -> AlterRequest:
    return lambda request: request._replace(content=json.dumps(json.loads(request.content) | arguments).encode())


def _in_turn(steps: list[AlterRequest]) -> AlterRequest:
    def alter(request: Request) -> Request:
        for step in steps:
            request = step(request)
        return request

    return alter if steps else _as_it_is
