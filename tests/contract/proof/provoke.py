"""Carries recipes out with the generated client, blocking and asyncio alike, and hands back what it raised."""

import asyncio
import base64
from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeAlias

from tests.contract.proof.contract import Contract, Json, Operation
from tests.contract.proof.figures import DRIVER_NAMES
from tests.contract.proof.recipes import Recipe, as_query
from tests.contract.proof.scene import Scene
from tests.contract.proof.target import Pace, Secret, Target

from bubblehouse.transport import (
    AsyncHttpx2Transport,
    AsyncTransport,
    Httpx2Transport,
    Request,
    Response,
    Transport,
)
from bubblehouse_loyalty import AsyncLoyaltyClient, CustomerIdentity1, LoyaltyClient

AlterRequest: TypeAlias = Callable[[Request], Request]
AlterResponse: TypeAlias = Callable[[Response], Response]

_NO_CHANGE = "0000000000000000"
_WRONG_SECRET = Secret(base64.b64encode(b"not the secret of any key, but long enough").decode())
_TYPED: dict[str, Callable[[Any], object]] = {"customer": CustomerIdentity1.from_dict, "cart_subtotal": Decimal}


def _typed(name: str, value: object) -> object:
    return _TYPED[name](value) if name in _TYPED else value


class AlteringTransport:
    """Sends what the client would send, altered, and gives it what the server answers, altered."""

    def __init__(self, request: AlterRequest, response: AlterResponse, inner: Transport | None = None) -> None:
        self._inner = inner or Httpx2Transport()
        self._request = request
        self._response = response

    def send(self, request: Request, *, timeout: float) -> Response:
        return self._response(self._inner.send(self._request(request), timeout=timeout))

    def close(self) -> None:
        self._inner.close()


class AsyncAlteringTransport:
    """The same for asyncio."""

    def __init__(self, request: AlterRequest, response: AlterResponse, inner: AsyncTransport | None = None) -> None:
        self._inner = inner or AsyncHttpx2Transport()
        self._request = request
        self._response = response

    async def send(self, request: Request, *, timeout: float) -> Response:  # noqa: ASYNC109 - the protocol has it
        return self._response(await self._inner.send(self._request(request), timeout=timeout))

    async def aclose(self) -> None:
        await self._inner.aclose()


class Call:
    """One call of the generated client, as data: any driver can make it.

    Attributes:
        method: The client's method.
        arguments: Its arguments.
        options: The client's own arguments, without the transport.
        pace: Keeps it apart from other calls.
        request: What is done to the request.
        response: What is done to the answer.
    """

    def __init__(
        self,
        method: str,
        arguments: Json,
        options: Json,
        *,
        pace: Pace,
        request: AlterRequest = lambda it: it,
        response: AlterResponse = lambda it: it,
    ) -> None:
        self.method = method
        self.arguments = {name: _typed(name, value) for name, value in arguments.items() if value is not None}
        self.options = options
        self.pace = pace
        self.request = request
        self.response = response


def call_sync(call: Call) -> Any:
    """Make a call with the blocking client."""
    call.pace.wait()
    transport = AlteringTransport(call.request, call.response)
    try:
        with LoyaltyClient(transport=transport, **call.options) as client:
            return getattr(client, call.method)(**call.arguments)
    finally:
        transport.close()


def call_async(call: Call) -> Any:
    """Make a call with the asyncio client."""
    call.pace.wait()

    async def run() -> Any:
        transport = AsyncAlteringTransport(call.request, call.response)
        try:
            async with AsyncLoyaltyClient(transport=transport, **call.options) as client:
                return await getattr(client, call.method)(**call.arguments)
        finally:
            await transport.aclose()

    return asyncio.run(run())


DRIVERS: dict[str, Callable[[Call], Any]] = dict(zip(DRIVER_NAMES, (call_sync, call_async), strict=True))


class Kitchen:
    """Where recipes are carried out.

    Args:
        target: The server.
        contract: Its contract.
        scene: Who is who on it.
    """

    def __init__(self, target: Target, contract: Contract, scene: Scene) -> None:
        self._target = target
        self._contract = contract
        self._scene = scene

    def prepare(self, recipe: Recipe, operation: Operation, kind: str) -> Call:
        """Bring the server into the state that a recipe asks for, and return the call that causes the error.

        Args:
            recipe: What to do.
            operation: What is called.
            kind: The kind of token.
        """
        control = self._target.control
        if control is not None:
            control.reset()
            if changed := recipe.settings(self._scene):
                control.settings(changed)
        actor = recipe.actor(self._scene) or self._scene.actor(operation)
        options = self._target.options(kind, actor.shopid)
        change = _NO_CHANGE
        for function in recipe.before:
            earlier = self._contract.operations[function]
            answer = call_sync(
                Call(
                    earlier.python_name, self._scene.arguments(earlier, actor, change), options, pace=self._target.pace
                )
            )
            change = getattr(answer, "change_bhid", change)
        if recipe.wrong_secret:
            options["secret"] = _WRONG_SECRET
        if recipe.version is not None:
            options["api_version"] = recipe.version
        return Call(
            operation.python_name,
            self._scene.arguments(operation, actor, change) | recipe.arguments(self._scene),
            options,
            pace=self._target.pace,
            request=_alteration(operation, recipe),
        )

    def successful(
        self,
        function: str,
        kind: str,
        *,
        arguments: Json | None = None,
        request: AlterRequest = lambda it: it,
        response: AlterResponse = lambda it: it,
    ) -> Call:
        """Return a call that succeeds, unless it is altered on its way.

        Args:
            function: What is called.
            kind: The kind of token.
            arguments: Arguments in place of the usual ones.
            request: What is done to the request.
            response: What is done to the answer.
        """
        operation = self._contract.operations[function]
        actor = self._scene.actor(operation)
        arguments = self._scene.arguments(operation, actor, _NO_CHANGE) | (arguments or {})
        options = self._target.options(kind, actor.shopid)
        pace = self._target.pace
        return Call(operation.python_name, arguments, options, pace=pace, request=request, response=response)


def _alteration(operation: Operation, recipe: Recipe) -> AlterRequest:
    steps = [step for step in (as_query if operation.method == "GET" else None, recipe.alter) if step is not None]

    def alter(request: Request) -> Request:
        for step in steps:
            request = step(request)
        return request

    return alter
