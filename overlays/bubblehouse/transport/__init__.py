"""The seam between a call and the wire: what a transport is given, what it gives back, and how it fails."""

from typing import TYPE_CHECKING

from bubblehouse.transport._protocol import (
    AsyncTransport,
    Headers,
    Request,
    Response,
    ResponseTooLargeError,
    Transport,
    TransportError,
)

if TYPE_CHECKING:
    from bubblehouse.transport._httpx2 import AsyncHttpx2Transport, Httpx2Transport
else:
    from bubblehouse.lazy import lazy_exports

    __getattr__, __dir__ = lazy_exports(
        __name__,
        {"AsyncHttpx2Transport": "._httpx2", "Httpx2Transport": "._httpx2"},
    )

__all__ = [
    "AsyncHttpx2Transport",
    "AsyncTransport",
    "Headers",
    "Httpx2Transport",
    "Request",
    "Response",
    "ResponseTooLargeError",
    "Transport",
    "TransportError",
]
