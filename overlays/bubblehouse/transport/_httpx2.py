"""The default transports: httpcore2, the engine of httpx2, without the client on top.

That client keeps cookies between calls, of different customers too, and has no deadline for a whole request. Below it
there is a public seam for one, and half the time per call is saved.
"""

import asyncio
import os
import ssl
import threading
import weakref
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Final, TypedDict
from urllib.parse import urlsplit

import httpcore2

from bubblehouse.texts import one_line
from bubblehouse.transport._body import ACCEPTED, Body
from bubblehouse.transport._deadline import Deadline, DeadlineBackend, MarkingBackend
from bubblehouse.transport._protocol import Request, Response, TransportError
from bubblehouse.transport._proxies import proxy_for

_MAX_RESPONSE: Final = 16 * 1024 * 1024
_MAX_CONNECTIONS: Final = 100
_KEEPALIVE: Final = 20
# A server may close an idle connection just as a write is sent on it, and then nobody knows whether it was applied. So
# they are not kept for long.
_KEEPALIVE_SECONDS: Final = 5.0

Origin = tuple[str, str]


class _PoolOptions(TypedDict):
    ssl_context: ssl.SSLContext | None
    proxy: httpcore2.Proxy | None
    max_connections: int
    max_keepalive_connections: int
    keepalive_expiry: float


class _Transport:
    """What both kinds of transport are set up with.

    Args:
        ssl_context: How servers are verified; as the operating system and `SSL_CERT_FILE` say, unless given.
        max_connections: The most connections to one host.
        max_response_bytes: The largest answer that is read, compressed or not.
    """

    def __init__(
        self,
        *,
        ssl_context: ssl.SSLContext | None = None,
        max_connections: int = _MAX_CONNECTIONS,
        max_response_bytes: int = _MAX_RESPONSE,
    ) -> None:
        self._ssl_context = ssl_context
        self._max_connections = max_connections
        self._max_response = max_response_bytes
        self._lock = threading.Lock()
        self._closed = False
        self._start()

    def _start(self) -> None:
        """Set up what the kinds of transport differ in."""
        raise NotImplementedError

    def _options(self, url: str) -> _PoolOptions:
        parts = urlsplit(url)
        if parts.scheme == "https" and self._ssl_context is None:
            self._ssl_context = httpcore2.default_ssl_context()
        return {
            "ssl_context": self._ssl_context,
            "proxy": proxy_for(parts.scheme, parts.hostname or ""),
            "max_connections": self._max_connections,
            "max_keepalive_connections": _KEEPALIVE,
            "keepalive_expiry": _KEEPALIVE_SECONDS,
        }

    def _body(self, answer: httpcore2.Response) -> Body:
        codings = [value.decode("latin-1") for name, value in answer.headers if name.lower() == b"content-encoding"]
        return Body(codings, self._max_response)


class Httpx2Transport(_Transport):
    """Sends requests and blocks until they are answered. Proxies are those of the environment.

    Args:
        ssl_context: How servers are verified; as the operating system and `SSL_CERT_FILE` say, unless given.
        max_connections: The most connections to one host.
        max_response_bytes: The largest answer that is read, compressed or not.
    """

    def _start(self) -> None:
        # By process, too: connections that a fork shares would give one process the answers of another.
        self._pools: dict[tuple[int, Origin], httpcore2.ConnectionPool] = {}
        self._finish = weakref.finalize(self, _close_all, self._pools)

    def send(self, request: Request, *, timeout: float) -> Response:
        """Send the request once and read the whole response.

        Args:
            request: What to send.
            timeout: Seconds of wall-clock time for all of it.

        Returns:
            The response, decompressed.

        Raises:
            TransportError: No complete response came.
        """
        deadline = Deadline(timeout)
        with _as_transport_errors(deadline):
            pool = self._pool(request.url)
            with pool.stream(
                request.method,
                request.url,
                headers=_headers(request),
                content=request.content,
                extensions=deadline.extensions(),
            ) as answer:
                body = self._body(answer)
                for chunk in answer.iter_stream():
                    body.feed(chunk)
                return _response(answer, body)

    def _pool(self, url: str) -> httpcore2.ConnectionPool:
        key = (os.getpid(), _origin(url))
        with self._lock:
            if self._closed:
                raise TransportError("the transport is closed", sent=False)
            if key not in self._pools:
                self._pools[key] = httpcore2.ConnectionPool(network_backend=DeadlineBackend(), **self._options(url))
            return self._pools[key]

    def close(self) -> None:
        """Give up connections. Calling it again does nothing."""
        with self._lock:
            self._closed = True
        self._finish()


class AsyncHttpx2Transport(_Transport):
    """The same for asyncio. Each event loop that it is used from has connections of its own.

    Args:
        ssl_context: How servers are verified; as the operating system and `SSL_CERT_FILE` say, unless given.
        max_connections: The most connections to one host.
        max_response_bytes: The largest answer that is read, compressed or not.
    """

    def _start(self) -> None:
        self._pools: weakref.WeakKeyDictionary[
            asyncio.AbstractEventLoop, dict[Origin, httpcore2.AsyncConnectionPool]
        ] = weakref.WeakKeyDictionary()

    async def send(self, request: Request, *, timeout: float) -> Response:  # noqa: ASYNC109 - part of the one deadline
        """Send the request once and read the whole response; as `Httpx2Transport.send`.

        Raises:
            TransportError: No complete response came.
        """
        deadline = Deadline(timeout)
        with _as_transport_errors(deadline):
            async with (
                asyncio.timeout(timeout),
                self._pool(request.url).stream(
                    request.method,
                    request.url,
                    headers=_headers(request),
                    content=request.content,
                    extensions=deadline.extensions(),
                ) as answer,
            ):
                body = self._body(answer)
                async for chunk in answer.aiter_stream():
                    body.feed(chunk)
                return _response(answer, body)

    def _pool(self, url: str) -> httpcore2.AsyncConnectionPool:
        key = _origin(url)
        with self._lock:
            if self._closed:
                raise TransportError("the transport is closed", sent=False)
            pools = self._pools.setdefault(asyncio.get_running_loop(), {})
            if key not in pools:
                pools[key] = httpcore2.AsyncConnectionPool(network_backend=MarkingBackend(), **self._options(url))
            return pools[key]

    async def aclose(self) -> None:
        """Give up the running event loop's connections, and send nothing more. Calling it again does nothing."""
        with self._lock:
            self._closed = True
            pools = self._pools.pop(asyncio.get_running_loop(), {})
        for pool in pools.values():
            await pool.aclose()


def _close_all(pools: dict[tuple[int, Origin], httpcore2.ConnectionPool]) -> None:
    for pool in pools.values():
        pool.close()


def _origin(url: str) -> Origin:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _headers(request: Request) -> list[tuple[bytes, bytes]]:
    # httpcore2 writes an IPv6 host without its brackets, so the host is said here.
    ours = (("Host", urlsplit(request.url).netloc), ("Accept-Encoding", ACCEPTED))
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in (*ours, *request.headers)]


def _response(answer: httpcore2.Response, body: Body) -> Response:
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in answer.headers)
    return Response(answer.status, headers, body.finish())


@contextmanager
def _as_transport_errors(deadline: Deadline) -> Generator[None]:
    try:
        yield
    except TransportError:
        raise
    except httpcore2.LocalProtocolError:
        # Its text and its frames repeat the header that is wrong, which may be the one with the token.
        raise TransportError("a header of the request is not valid HTTP", sent=deadline.sent) from None
    except httpcore2.RemoteProtocolError as error:
        # Its text repeats what the server said, which may be the token.
        raise TransportError(_text(error, deadline), sent=deadline.sent) from None
    except Exception as error:  # a transport has one way to fail, and only here is it known what was sent
        raise TransportError(
            _text(error, deadline),
            sent=deadline.sent and not isinstance(error, httpcore2.ProxyError),
            timed_out=isinstance(error, httpcore2.TimeoutException | TimeoutError),
        ) from error


_TEXTS: Final[Mapping[type[Exception], str]] = {
    httpcore2.ReadError: "the connection broke",
    httpcore2.WriteError: "the connection broke",
    httpcore2.RemoteProtocolError: "the connection ended, or what came is not HTTP",
}


def _text(error: Exception, deadline: Deadline) -> str:
    if isinstance(error, httpcore2.TimeoutException | TimeoutError):
        return "no complete answer in time" if deadline.sent else "no connection in time"
    if isinstance(error, httpcore2.ConnectError):
        return f"could not connect: {one_line(str(error), 200)}"
    if isinstance(error, httpcore2.ProxyError):
        return f"the proxy refused: {one_line(str(error), 100)}"
    return _TEXTS.get(type(error), f"it could not be sent: {type(error).__name__}: {one_line(str(error), 200)}")
