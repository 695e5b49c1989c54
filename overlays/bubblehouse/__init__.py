"""The runtime below a generated client of the Bubblehouse API. It knows how to call, and nothing of what is called."""

TYPE_CHECKING = False  # checkers know the name, and `typing` is most of what importing this package would cost

if TYPE_CHECKING:
    from bubblehouse import errors
    from bubblehouse.answer import Answer
    from bubblehouse.api import Api, RateLimit
    from bubblehouse.client import AsyncClient, SyncClient
    from bubblehouse.config import CallOptions
    from bubblehouse.flow import Timing
    from bubblehouse.middleware import Attempt
    from bubblehouse.model import Model
    from bubblehouse.operation import Operation
    from bubblehouse.progress import ProgressLine
    from bubblehouse.run import Outcome
    from bubblehouse.transport import AsyncTransport, Request, Response, Transport, TransportError
    from bubblehouse.unset import UNSET, Unset
    from bubblehouse.untyped import JsonObject
else:
    from bubblehouse.lazy import lazy_exports

    __getattr__, __dir__ = lazy_exports(
        __name__,
        {
            "UNSET": ".unset",
            "Answer": ".answer",
            "Api": ".api",
            "AsyncClient": ".client",
            "AsyncTransport": ".transport",
            "Attempt": ".middleware",
            "CallOptions": ".config",
            "JsonObject": ".untyped",
            "Model": ".model",
            "Operation": ".operation",
            "Outcome": ".run",
            "ProgressLine": ".progress",
            "RateLimit": ".api",
            "Request": ".transport",
            "Response": ".transport",
            "SyncClient": ".client",
            "Timing": ".flow",
            "Transport": ".transport",
            "TransportError": ".transport",
            "Unset": ".unset",
            "errors": ".errors",
        },
    )

__all__ = [
    "UNSET",
    "Answer",
    "Api",
    "AsyncClient",
    "AsyncTransport",
    "Attempt",
    "CallOptions",
    "JsonObject",
    "Model",
    "Operation",
    "Outcome",
    "ProgressLine",
    "RateLimit",
    "Request",
    "Response",
    "SyncClient",
    "Timing",
    "Transport",
    "TransportError",
    "Unset",
    "errors",
]
