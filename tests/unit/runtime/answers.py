"""What a scripted transport answers: the answers and failures that decisions are made about."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bubblehouse.transport import Request, Response, TransportError

if TYPE_CHECKING:
    from tests.unit.runtime.conftest import Bench, Script, Step

Outcome = Callable[..., "tuple[Any, Script]"]
"""Calls once, with a script of steps; returns the answer or the exception, and the script."""

OK = Response(200, (), b'{"code": "x", "pts": 1}')
EMPTY = Response(200, (), b"")
REFUSED = Response(401, (), b'{"id": "invalid_token", "message": "The token has expired"}')
POOR = Response(422, (), b'{"id": "insufficient_points"}')
NOT_SENT = TransportError("connection refused", sent=False)
LOST = TransportError("connection reset", sent=True)
TOO_LATE = TransportError("no answer", sent=True, timed_out=True)
TOO_LATE_TO_CONNECT = TransportError("no connection", sent=False, timed_out=True)


def busy(retry_after: str | None = None, status: int = 429) -> Response:
    return Response(status, () if retry_after is None else (("Retry-After", retry_after),), b"{}")


def refusing(bench: "Bench") -> "Step":
    """Refuse a token after a while, so that the next one is another."""

    def refuse(_request: Request, _timeout: float) -> Response:
        bench.clock.now += 2
        return REFUSED

    return refuse
