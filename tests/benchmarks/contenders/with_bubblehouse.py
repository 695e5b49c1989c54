"""This project's client, as a user would write it."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from bubblehouse.tokens import Key, MintedToken
from bubblehouse.transport import AsyncTransport, Request, Response, Transport
from bubblehouse_loyalty import AsyncLoyaltyClient, CustomerIdentity1, LoyaltyClient

_SHOP, _KEY_ID, _SECRET = "demo-shop", "demo-key-1", "bm90LWEtc2VjcmV0LWRlbW8ta2V5LTEtZm9yLXRlc3RzLW9ubHk="


def sync(url: str, transport: Transport | None = None) -> Callable[[], object]:
    """Return the call."""
    client = LoyaltyClient(shop=_SHOP, key_id=_KEY_ID, secret=_SECRET, base_url=f"{url}/api", transport=transport)
    customer = CustomerIdentity1(shopid="1001")
    return lambda: client.customer_balance_3(customer=customer).pts_available


def asynchronous(url: str, transport: AsyncTransport | None = None) -> Callable[[], Awaitable[object]]:
    """Return the call."""
    client = AsyncLoyaltyClient(shop=_SHOP, key_id=_KEY_ID, secret=_SECRET, base_url=f"{url}/api", transport=transport)
    customer = CustomerIdentity1(shopid="1001")

    async def call() -> object:
        return (await client.customer_balance_3(customer=customer)).pts_available

    return call


class _Canned:
    """A transport that has the answer already."""

    def __init__(self, content: bytes) -> None:
        self._response = Response(200, (("Content-Type", "application/json"),), content)

    def send(self, request: Request, *, timeout: float) -> Response:
        del request, timeout
        return self._response

    def close(self) -> None:
        pass


def decode(file: str) -> Callable[[], object]:
    """Return a call whose answer is the file's content. What else it does is nothing beside a large answer."""
    return sync("http://127.0.0.1", _Canned(Path(file).read_bytes()))


def token(shop: str) -> Callable[[], object]:
    """Return what a call asks for its token, once there is one."""
    return MintedToken(Key(_KEY_ID, _SECRET), shop).get
