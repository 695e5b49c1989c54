"""httpx by hand, without the TLS context that its client otherwise makes even where it speaks plain HTTP."""

from collections.abc import Callable

import by_hand
import httpx


def sync(url: str) -> Callable[[], object]:
    """Return the call."""
    return by_hand.sync(httpx.Client(headers=by_hand.HEADERS, verify=False), url)  # noqa: S501 - loopback
