"""Requests out of the bytes of a connection: HTTP/1.1 as httptools reads it, within limits."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import httptools

from bubblehouse_mock.messages import Request
from bubblehouse_mock.serving.service import DRAINED

_LONGEST_HEAD: Final = 65_536  # bytes
_COMMON: Final = 1024  # bytes of a header's value, or of a URL; longer ones are not remembered


@dataclass(slots=True)
class Received(Request):
    """A request that came over a connection.

    Args:
        version: The version of HTTP that it was sent with.
        keep_alive: Whether others may follow it.
    """

    version: str = "1.1"
    keep_alive: bool = True


class Incoming:
    """What arrives on one connection.

    Attributes:
        requests: Those that are there, in their order, for whoever answers them to take.
        in_head: Whether the head of a request has begun and not ended.
        in_body: Whether its head has ended, and its body hasn't.
        stage: Rises whenever a head or a body begins or ends.
        ended: Whether nothing is read any more.

    Args:
        longest_body: Returns how many bytes the body may have, by the path.
    """

    def __init__(self, longest_body: Callable[[bytes], int]) -> None:
        self.requests: deque[Received] = deque()
        self.in_head = False
        self.in_body = False
        self.stage = 0
        self.ended = False
        self._longest_body = longest_body
        self._parser = httptools.HttpRequestParser(self)
        self._head = 0  # bytes of a head that isn't complete
        self._url = self._path = self._query = b""
        self._headers: list[tuple[str, str]] = []
        self._chunks: list[bytes] = []
        self._room = self._dropped = 0

    @property
    def invites(self) -> bool:
        """Whether the sender of a body waits to be told to send it."""
        return self.in_body and any(
            name == "expect" and value.lower() == "100-continue" for name, value in self._headers
        )

    def feed(self, data: bytes) -> str | None:
        """Read on.

        Args:
            data: What has arrived.

        Returns:
            What is wrong with it, where it is no HTTP. Nothing is read after that.
        """
        if self.ended:
            return None
        problem, stage = None, self.stage
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self.ended = True  # the request is one like any other, and the last
        except httptools.HttpParserError as error:
            problem = str(error)
        if self.in_head:
            if self.stage <= stage + 1:  # or else some of it belongs to earlier requests
                self._head += len(data)
            if self._head > _LONGEST_HEAD:
                problem = problem or "the head of the request is too long"
        elif self._dropped >= DRAINED:
            self.give_up(complete=True)
        self.ended = self.ended or problem is not None
        return problem

    def give_up(self, *, complete: bool = False) -> None:
        """Take a body for what has arrived of it, and read nothing more."""
        self._take(complete=complete, keep_alive=False)
        self.ended = True

    # What httptools calls.

    def on_message_begin(self) -> None:
        """A request begins."""
        self.in_head = True
        self.stage += 1
        self._url, self._headers, self._chunks, self._dropped = b"", [], [], 0

    def on_url(self, url: bytes) -> None:
        """Take a part of the URL."""
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header. What comes after the body, as trailers do, is none."""
        if self.in_head:
            self._headers.append(_known(name, value) if len(value) <= _COMMON else _field(name, value))

    def on_headers_complete(self) -> None:
        """Make ready for the body."""
        self.in_head, self.in_body = False, True
        self.stage += 1
        self._head = 0
        self._path, self._query = (_known_target if len(self._url) <= _COMMON else _target)(self._url)
        self._room = self._longest_body(self._path) + 1  # one more tells that there are too many

    def on_body(self, body: bytes) -> None:
        """Take a part of the body, as far as there is room."""
        kept = body if len(body) <= self._room else body[: self._room]
        self._chunks.append(kept)
        self._room -= len(kept)
        self._dropped += len(body) - len(kept)

    def on_message_complete(self) -> None:
        """The request is there."""
        self._take(complete=True, keep_alive=self._parser.should_keep_alive() and not self._parser.should_upgrade())

    def _take(self, *, complete: bool, keep_alive: bool) -> None:
        self.in_body = False
        self.stage += 1
        version = self._parser.get_http_version()
        method, body = self._parser.get_method().decode("ascii"), b"".join(self._chunks)
        keep_alive = keep_alive and version == "1.1"
        headers = tuple(self._headers)
        # By position: with the names of its fields, a request would take twice as long.
        self.requests.append(Received(method, self._path, self._query, headers, body, complete, version, keep_alive))


def _field(name: bytes, value: bytes) -> tuple[str, str]:
    return name.decode("latin-1").lower(), value.decode("latin-1")


_known: Final = lru_cache(maxsize=1024)(_field)  # most headers of a client are the same each time


def _target(url: bytes) -> tuple[bytes, bytes]:
    """Return the path and the query that a request asks for, as they were sent."""
    if url.startswith(b"/") and b"#" not in url:
        path, _, query = url.partition(b"?")
        return path, query
    try:
        parsed = httptools.parse_url(url)
    except httptools.HttpParserInvalidURLError:  # OPTIONS * has no path, CONNECT has a host
        return url, b""
    return parsed.path or b"/", parsed.query or b""


_known_target: Final = lru_cache(maxsize=1024)(_target)
