"""This project's client on the transport of the extra `[fast]`."""

from collections.abc import Awaitable, Callable
from typing import Any

import with_bubblehouse

from bubblehouse import transport

_transports: Any = transport
if not hasattr(_transports, "PyreqwestTransport"):
    raise ImportError("the transport isn't there yet")


def sync(url: str) -> Callable[[], object]:
    """Return the call."""
    return with_bubblehouse.sync(url, _transports.PyreqwestTransport())


def asynchronous(url: str) -> Callable[[], Awaitable[object]]:
    """Return the call."""
    return with_bubblehouse.asynchronous(url, _transports.AsyncPyreqwestTransport())
