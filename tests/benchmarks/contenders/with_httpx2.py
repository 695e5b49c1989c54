"""httpx2 by hand."""

from collections.abc import Awaitable, Callable

import by_hand
import httpx2


def sync(url: str) -> Callable[[], object]:
    """Return the call."""
    return by_hand.sync(httpx2.Client(headers=by_hand.HEADERS), url)


def asynchronous(url: str) -> Callable[[], Awaitable[object]]:
    """Return the call."""
    return by_hand.asynchronous(httpx2.AsyncClient(headers=by_hand.HEADERS), url)
