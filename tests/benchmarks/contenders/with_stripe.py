"""stripe: a customer is made. Blocking calls go through requests, its default; others through aiohttp, its fastest."""

from collections.abc import Awaitable, Callable

from stripe import AIOHTTPClient, StripeClient


def sync(url: str) -> Callable[[], object]:
    """Return the call."""
    customers = StripeClient("k" * 200, base_addresses={"api": url}).v1.customers
    return lambda: customers.create({"name": "Jenny Rosen"}).balance


def asynchronous(url: str) -> Callable[[], Awaitable[object]]:
    """Return the call."""
    customers = StripeClient("k" * 200, base_addresses={"api": url}, http_client=AIOHTTPClient()).v1.customers

    async def call() -> object:
        return (await customers.create_async({"name": "Jenny Rosen"})).balance

    return call
