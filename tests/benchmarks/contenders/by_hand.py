"""The measured call as one writes it with an HTTP client and no SDK."""

from collections.abc import Awaitable, Callable
from typing import Protocol

PATH = "/api/v2023061/demo-shop/CustomerBalance3"
HEADERS = {"Authorization": f"Bearer {'t' * 200}"}  # as long as a real one
INPUT = {"customer": {"shopid": "1001"}}


class _Response(Protocol):
    def json(self) -> dict[str, object]: ...


class _Client(Protocol):
    def post(self, url: str, *, json: object) -> _Response: ...


class _AsyncClient(Protocol):
    async def post(self, url: str, *, json: object) -> _Response: ...


def sync(client: _Client, url: str) -> Callable[[], object]:
    """Return the call."""
    address = url + PATH
    return lambda: client.post(address, json=INPUT).json()["pts_available"]


def asynchronous(client: _AsyncClient, url: str) -> Callable[[], Awaitable[object]]:
    """Return the call."""
    address = url + PATH

    async def call() -> object:
        return (await client.post(address, json=INPUT)).json()["pts_available"]

    return call
