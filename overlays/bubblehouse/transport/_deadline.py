"""One deadline for everything a request does on the wire, and the certainty of whether any of it was sent.

httpcore2 applies a timeout to each read and write, so a server that drips its answer outlives it without end. Its
network backend is the public seam where that can be put right: the timeout that it hands down unchanged is a
`Deadline`, and the streams here ask that how long is left.
"""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterable
from typing import Any, Final, Self

import httpcore2

SEGMENT: Final = 64 * 1024
"""Bytes of a request that are held back, so that its head and a short body leave in one packet."""


class Deadline(float):
    """Seconds, as httpcore2 wants them, that run from the moment they are made.

    Attributes:
        sent: Whether anything of the request may have left this machine.
        heard: Whether anything was read since it was meant to.
    """

    __slots__ = ("_end", "heard", "sent")

    _end: float
    heard: bool
    sent: bool

    def __new__(cls, seconds: float) -> Self:
        """Start the clock."""
        self = super().__new__(cls, seconds)
        self._end = time.monotonic() + seconds
        self.sent = self.heard = False
        return self

    def left(self) -> float:
        """Return the seconds that are left, below zero when it is over."""
        return self._end - time.monotonic()

    def extensions(self) -> dict[str, dict[str, float]]:
        """Return what makes httpcore2 hand this down with every step of a request."""
        return {"timeout": dict.fromkeys(("pool", "connect", "write", "read"), self)}


def mark(timeout: float | None, *, sent: bool, heard: bool = False) -> None:
    """Note on a request's deadline how far it has come.

    Args:
        timeout: The deadline, as httpcore2 hands it down.
        sent: Whether anything of the request may have left this machine.
        heard: Whether anything was read since.
    """
    if isinstance(timeout, Deadline):
        timeout.sent, timeout.heard = sent, heard


class Held:
    """What of a request is held back. No variable may have it, since reports of errors show those: it holds the token.

    Attributes:
        size: How many bytes there are.
    """

    def __init__(self) -> None:
        self._bytes = b""

    @property
    def size(self) -> int:
        return len(self._bytes)

    def add(self, more: bytes) -> None:
        """Hold more back."""
        self._bytes += more

    def take(self) -> bytes:
        """Return it, and hold nothing any more."""
        taken, self._bytes = self._bytes, b""
        return taken


def _left(timeout: float | None, expired: type[httpcore2.TimeoutException]) -> float | None:
    if not isinstance(timeout, Deadline):
        return timeout
    left = timeout.left()
    if left <= 0:
        raise expired("the deadline is over")
    return left


class DeadlineBackend(httpcore2.NetworkBackend):
    """Connects within the deadline, looking up the name included, and keeps to it on the connection."""

    def __init__(self) -> None:
        self._inner = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Try the host's addresses in turn, each with a fair share of what is left."""
        addresses = _addresses(host, port, _left(timeout, httpcore2.ConnectTimeout))
        while True:
            address = addresses.pop(0)
            left = _left(timeout, httpcore2.ConnectTimeout)
            share = left if left is None else left / (len(addresses) + 1)
            try:
                stream = self._inner.connect_tcp(address, port, share, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if not addresses:
                    raise
            else:
                return _DeadlineStream(stream)


def _addresses(host: str, port: int, timeout: float | None) -> list[str]:
    """Look a name up, in a thread: nothing else can stop a resolver that hangs."""
    found: list[str] = []
    problems: list[Exception] = []

    def look_up() -> None:
        try:
            found.extend(str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            problems.append(error)

    thread = threading.Thread(target=look_up, name="bubblehouse-lookup", daemon=True)
    thread.start()
    thread.join(timeout)
    if thread.is_alive():
        raise httpcore2.ConnectTimeout(f"{host} could not be looked up in time")
    if problems or not found:
        raise httpcore2.ConnectError(f"{host} could not be looked up")
    return found


class _DeadlineStream(httpcore2.NetworkStream):
    """A connection that gives every step what the request's deadline leaves it, and sends nothing piecemeal."""

    def __init__(self, inner: httpcore2.NetworkStream) -> None:
        self._inner = inner
        self._held = Held()

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._held.size:
            # A server may answer and close before it has read everything, and then what it said counts.
            with contextlib.suppress(httpcore2.WriteError):
                self._flush(timeout)
        data = self._inner.read(max_bytes, _left(timeout, httpcore2.ReadTimeout))
        mark(timeout, sent=True, heard=True)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._held.add(buffer)
        del buffer
        if self._held.size > SEGMENT:
            self._flush(timeout)

    def _flush(self, timeout: float | None) -> None:
        if self._held.size:
            left = _left(timeout, httpcore2.WriteTimeout)
            mark(timeout, sent=True)
            self._inner.write(self._held.take(), left)

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        # What was written before was to a proxy: the request itself goes through the tunnel that begins here.
        self._flush(timeout)
        mark(timeout, sent=False)
        left = _left(timeout, httpcore2.ConnectTimeout)
        return _DeadlineStream(self._inner.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
