"""Calls functions of the API without a test knowing which kind of client does it, or which functions there are."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, ExitStack, aclosing, closing
from dataclasses import dataclass, field
from typing import Any, Final

from bubblehouse.transport import AsyncHttpx2Transport, Httpx2Transport
from bubblehouse_loyalty import AsyncLoyaltyClient, CustomerIdentity1, LoyaltyClient
from bubblehouse_mock import BubblehouseMock

_VALUES: Final[Mapping[str, object]] = {"int": 5, "str": "20b31881b3000203"}

KINDS: Final = ("sync", "async")


def _arguments(method: Callable[..., object]) -> dict[str, Any]:
    """Make up what a method can't be called without."""
    parameters = inspect.signature(method).parameters.values()
    required = [it for it in parameters if it.kind is it.KEYWORD_ONLY and it.default is it.empty]
    return {"customer": CustomerIdentity1(shopid="1001"), **{it.name: _VALUES[it.annotation] for it in required}}


CALLS: Final[Mapping[str, Mapping[str, Any]]] = {
    name: _arguments(method)
    for name, method in vars(LoyaltyClient).items()
    if inspect.isfunction(method) and not name.startswith("_")
}
"""Every function of the API as its method's name, with arguments that can be sent."""

READ: Final = "customer_balance_3"
WRITE: Final = "redeem_points_1"


@dataclass
class Caller:
    """Makes clients of one kind and calls them.

    Args:
        kind: `sync` or `async`.
        options: What every client is given.
    """

    kind: str
    options: dict[str, Any] = field(default_factory=dict[str, Any])

    def of(self, mock: BubblehouseMock, **options: Any) -> "Caller":
        """Return a caller with a key of the mock's, beside other options."""
        key = mock.keys[0]
        given = {"shop": mock.shop, "key_id": key.key_id, "secret": key.secret}
        return Caller(self.kind, given | self.options | options)

    def client(self, **options: Any) -> Any:
        """Make a client."""
        return (LoyaltyClient if self.kind == "sync" else AsyncLoyaltyClient)(**self.options | options)

    def run(self, work: Callable[[Any], Any], **options: Any) -> Any:
        """Make a client, let a function have it, wait for what it returns where that is asked for, and close it.

        Options of the default transport may be given as `wire`.
        """
        wire = options.pop("wire", None)
        if self.kind == "sync":
            with ExitStack() as stack:
                if wire is not None:
                    options["transport"] = stack.enter_context(closing(Httpx2Transport(**wire)))
                return work(stack.enter_context(self.client(**options)))

        async def run() -> Any:
            async with AsyncExitStack() as stack:
                if wire is not None:
                    options["transport"] = await stack.enter_async_context(aclosing(AsyncHttpx2Transport(**wire)))
                result = work(await stack.enter_async_context(self.client(**options)))
                return await result if isinstance(result, Awaitable) else result

        return asyncio.run(run())

    def call(self, name: str, **options: Any) -> Any:
        """Call one function once."""
        return self.run(lambda client: getattr(client, name)(**CALLS[name]), **options)

    def error(self, name: str, **options: Any) -> BaseException:
        """Call one function once, and return what it raised."""
        try:
            self.call(name, **options)
        except BaseException as error:  # noqa: BLE001 - judged by the test
            return error
        raise AssertionError(f"{name} raised nothing")
