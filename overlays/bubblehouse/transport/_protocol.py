"""Bytes in, bytes out: the types every transport shares, below any HTTP library's own objects."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

Headers = Sequence[tuple[str, str]]


class Request(NamedTuple):
    """One HTTP request, ready to send.

    Headers and content are left out of the repr: one of the headers is the token.
    """

    method: str
    url: str
    headers: Headers
    content: bytes

    def __repr__(self) -> str:
        return f"Request(method={self.method!r}, url={self.url!r})"


class Response(NamedTuple):
    """One HTTP response, read to its end. Header names keep the case and order that the server sent.

    Headers and content are left out of the repr: they may hold a customer's data.
    """

    status: int
    headers: Headers
    content: bytes

    def __repr__(self) -> str:
        return f"Response(status={self.status!r})"

    def header(self, name: str) -> str | None:
        """Return the first value of a header, or None.

        Args:
            name: The header's name, in any case.
        """
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


class TransportError(Exception):
    """A request brought no response.

    Args:
        message: What happened, without any secret.
        sent: False only where it is certain that the server can't have seen the request. It decides whether a write is
            sent again, so when in doubt it is True.
        timed_out: True where time ran out, rather than a connection failing.
    """

    def __init__(self, message: str, *, sent: bool, timed_out: bool = False) -> None:
        super().__init__(message)
        self.sent = sent
        self.timed_out = timed_out


class ResponseTooLargeError(TransportError):
    """A response is larger than the transport reads.

    Args:
        limit: The most bytes that it reads, compressed or not.
    """

    def __init__(self, limit: int) -> None:
        super().__init__(f"the answer is larger than {limit} bytes", sent=True)
        self.limit = limit


class Transport(Protocol):
    """Sends one request at a time per thread, blocking. Safe to share between threads."""

    def send(self, request: Request, *, timeout: float) -> Response:
        """Send the request once and read the whole response.

        Args:
            request: What to send. Redirects are not followed and nothing is retried.
            timeout: Seconds of wall-clock time for all of it: connection, sending, waiting, reading.

        Raises:
            TransportError: No complete response came.
        """
        ...

    def close(self) -> None:
        """Give up connections. Calling it again does nothing."""
        ...


class AsyncTransport(Protocol):
    """The same for asyncio. Safe to share between the tasks of one event loop."""

    async def send(self, request: Request, *, timeout: float) -> Response:  # noqa: ASYNC109 - part of the one deadline
        """Send the request once and read the whole response; as `Transport.send`.

        Raises:
            TransportError: No complete response came.
        """
        ...

    async def aclose(self) -> None:
        """Give up connections. Calling it again does nothing."""
        ...
