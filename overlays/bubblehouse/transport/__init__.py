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
    from bubblehouse.transport._adapt import adapt
    from bubblehouse.transport._clients import AsyncHttpxClient, HttpxClient
    from bubblehouse.transport._httpx import AsyncHttpxTransport, HttpxTransport
    from bubblehouse.transport._httpx2 import Httpx2Transport
    from bubblehouse.transport._httpx2_async import AsyncHttpx2Transport
    from bubblehouse.transport._pyreqwest import PyreqwestTransport
    from bubblehouse.transport._pyreqwest_async import AsyncPyreqwestTransport
else:
    from bubblehouse.lazy import lazy_exports

    __getattr__, __dir__ = lazy_exports(
        __name__,
        {
            "AsyncHttpxClient": "._clients",
            "AsyncHttpxTransport": "._httpx",
            "HttpxClient": "._clients",
            "HttpxTransport": "._httpx",
            "adapt": "._adapt",
            "AsyncHttpx2Transport": "._httpx2_async",
            "AsyncPyreqwestTransport": "._pyreqwest_async",
            "Httpx2Transport": "._httpx2",
            "PyreqwestTransport": "._pyreqwest",
        },
    )

__all__ = [
    "AsyncHttpx2Transport",
    "AsyncHttpxClient",
    "AsyncHttpxTransport",
    "AsyncPyreqwestTransport",
    "AsyncTransport",
    "Headers",
    "Httpx2Transport",
    "HttpxClient",
    "HttpxTransport",
    "PyreqwestTransport",
    "Request",
    "Response",
    "ResponseTooLargeError",
    "Transport",
    "TransportError",
    "adapt",
]
