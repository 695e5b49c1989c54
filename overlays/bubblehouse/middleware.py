"""What users may put around each attempt to send: look at it, change it, time it, or answer in its place."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Self, TypeVar

from bubblehouse.operation import Kind
from bubblehouse.transport import Request, TransportError

SentT = TypeVar("SentT")


class Attempt(NamedTuple):
    """One attempt to send a call. Middleware may hand on another one, made by `with_headers` or `_replace`.

    Attributes:
        operation: The function that is called.
        kind: Whether it is a read or a write.
        number: 1 for the first attempt of a call, one more for each that follows.
        request: What is sent. Its headers hold the token, and are in no repr.
        timeout: Seconds that are left for this attempt.
    """

    operation: str
    kind: Kind
    number: int
    request: Request
    timeout: float

    def with_headers(self, headers: Mapping[str, str]) -> Self:
        """Return an attempt that sends headers more.

        Args:
            headers: The headers, by name. They are sent beside those of the same name.
        """
        request = self.request
        return self._replace(
            request=Request(request.method, request.url, (*request.headers, *headers.items()), request.content)
        )


Send = Callable[[Attempt], SentT]
"""Sends an attempt: the middleware that is next, or else the transport."""

Middleware = Callable[[Attempt, Send[SentT]], SentT]
"""Is given an attempt and what comes next. `SentT` is `Response`, or an awaitable of it for asyncio."""


def chain(middleware: Sequence[Middleware[SentT]], send: Send[SentT]) -> Send[SentT]:
    """Return what sends an attempt through all of the middleware, the first one outermost.

    Args:
        middleware: What is to be gone through.
        send: What sends in the end.
    """
    for layer in reversed(middleware):
        send = _around(layer, send)
    return send


def _around(layer: Middleware[SentT], following: Send[SentT]) -> Send[SentT]:
    return lambda attempt: layer(attempt, following)


class Passage:
    """One attempt's way through the middleware: what is left of its time, and whether it has come to the transport.

    As a context it makes one kind of failure of all that middleware and transports raise: whatever a user's transport
    raises, nobody knows what it did before. A test double's assertion passes.

    Args:
        attempt: The attempt, as it sets out.
        clock: Returns seconds that only ever grow.
    """

    __slots__ = ("_arrived", "_clock", "_ends")

    def __init__(self, attempt: Attempt, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._ends = clock() + attempt.timeout
        self._arrived = False

    def arrive(self) -> float:
        """Return the seconds that the transport has. From here on the request counts as sent.

        Raises:
            TransportError: There are none.
        """
        left = self._ends - self._clock()
        if left <= 0:
            raise TransportError("the middleware took all the time there was", sent=self._arrived, timed_out=True)
        self._arrived = True
        return left

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if not isinstance(error, Exception) or isinstance(error, TransportError | AssertionError):
            return
        if isinstance(error, TimeoutError):
            raise TransportError("no complete answer in time", sent=self._arrived, timed_out=True) from error
        whose = "transport or a middleware" if self._arrived else "middleware"
        raise TransportError(f"the {whose} failed: {type(error).__name__}", sent=self._arrived) from error
