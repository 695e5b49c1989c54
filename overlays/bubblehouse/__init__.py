"""The runtime below a generated client of the Bubblehouse API. It knows how to call, and nothing of what is called."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bubblehouse import errors
    from bubblehouse.client import AsyncClient, SyncClient
    from bubblehouse.config import Api
    from bubblehouse.model import Model
    from bubblehouse.operation import Operation
    from bubblehouse.transport import AsyncTransport, Request, Response, Transport, TransportError
    from bubblehouse.unset import UNSET, Unset
else:
    from bubblehouse.lazy import lazy_exports

    __getattr__, __dir__ = lazy_exports(
        __name__,
        {
            "UNSET": ".unset",
            "Api": ".config",
            "AsyncClient": ".client",
            "AsyncTransport": ".transport",
            "Model": ".model",
            "Operation": ".operation",
            "Request": ".transport",
            "Response": ".transport",
            "SyncClient": ".client",
            "Transport": ".transport",
            "TransportError": ".transport",
            "Unset": ".unset",
            "errors": ".errors",
        },
    )

__all__ = [
    "UNSET",
    "Api",
    "AsyncClient",
    "AsyncTransport",
    "Model",
    "Operation",
    "Request",
    "Response",
    "SyncClient",
    "Transport",
    "TransportError",
    "Unset",
    "errors",
]
