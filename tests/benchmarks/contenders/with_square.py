"""square, made by Fern: a customer is made."""

from collections.abc import Awaitable, Callable

from square import AsyncSquare, Square


def sync(url: str) -> Callable[[], object]:
    """Return the call."""
    client = Square(token="k" * 200, base_url=url)
    return lambda: client.customers.create(given_name="Amelia").customer.version


def asynchronous(url: str) -> Callable[[], Awaitable[object]]:
    """Return the call."""
    client = AsyncSquare(token="k" * 200, base_url=url)

    async def call() -> object:
        return (await client.customers.create(given_name="Amelia")).customer.version

    return call
