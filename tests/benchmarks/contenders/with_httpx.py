"""httpx by hand: what everything is compared with."""

from collections.abc import Awaitable, Callable

import by_hand
import httpx


def sync(url: str) -> Callable[[], object]:
    """Return the call."""
    return by_hand.sync(httpx.Client(headers=by_hand.HEADERS), url)


def asynchronous(url: str) -> Callable[[], Awaitable[object]]:
    """Return the call."""
    return by_hand.asynchronous(httpx.AsyncClient(headers=by_hand.HEADERS), url)
