"""What the core is given and what it answers: HTTP without sockets."""

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TypeAlias

Headers: TypeAlias = tuple[tuple[str, str], ...]


# What is made at each call is not frozen, and can be made by position: either would take a tenth of a call's time.


@dataclass(slots=True)
class Request:
    """One HTTP request.

    Args:
        method: The verb, in upper case.
        path: The path as it was sent, still percent-encoded, without the query.
        query: The query as it was sent, without `?`.
        headers: Names in lower case, with their values, in the order they came.
        body: What was read of the body. An adapter stops reading beyond `MAX_BODY` bytes; one more is enough to tell.
        complete: False where the sender stopped before the end of the body.
    """

    method: str
    path: bytes
    query: bytes = b""
    headers: Headers = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)
    complete: bool = True
    _last_of_each: dict[str, str] | None = field(default=None, init=False, repr=False, compare=False)

    def header(self, name: str) -> list[str]:
        """Return every value of a header, whose name is given in lower case."""
        found = self._last_of_each
        if found is None:
            found = self._last_of_each = dict(self.headers)
        if name not in found:
            return []
        if len(found) == len(self.headers):  # as mostly: none is there twice
            return [found[name]]
        return [value for key, value in self.headers if key == name]


@dataclass(slots=True)
class Response:
    """One HTTP response. Its content length follows from its body, which is JSON in all that the API itself says.

    Args:
        status: The status.
        body: The body.
        headers: What there is beside the headers that all responses have; names in lower case.
        content_type: What the body is.
        delay: Seconds after which it is sent.
        truncated: Whether the connection breaks in the middle of the body, whose whole length the head announces.
    """

    status: int
    body: bytes
    headers: Headers = ()
    content_type: str = "application/json"
    delay: float = 0.0
    truncated: bool = False

    @property
    def all_headers(self) -> Headers:
        """The headers to send, in lower case."""
        return all_headers(self.status, self.content_type, self.headers, len(self.body))


def all_headers(status: int, content_type: str, headers: Headers, length: int) -> Headers:
    """Return the headers to send with a response; its parts are those of `Response`, and the length of its body."""
    content = (("content-type", content_type), ("content-length", str(length)))
    return (*(content if status != HTTPStatus.NO_CONTENT else ()), ("cache-control", "no-store"), *headers)


MAX_BODY = 1024 * 1024
"""The longest body of a call, in bytes."""

MAX_CONTROL_BODY = 64 * MAX_BODY
"""The longest body that the control plane takes, in bytes: it may be a whole state."""
