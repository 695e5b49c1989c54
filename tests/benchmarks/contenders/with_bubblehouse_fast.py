"""This project's client on the transport of the extra `[fast]`."""

from collections.abc import Awaitable, Callable

import with_bubblehouse

from bubblehouse import transport


def sync(url: str) -> Callable[[], object]:
    """Return the call."""
    return with_bubblehouse.sync(url, transport.PyreqwestTransport())


def asynchronous(url: str) -> Callable[[], Awaitable[object]]:
    """Return the call."""
    return with_bubblehouse.asynchronous(url, transport.AsyncPyreqwestTransport())
