"""What the blocking and the async default transport share: requests, answers and failures in httpcore2's terms."""

import os
import ssl
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from importlib.util import find_spec
from typing import Any, Final, NamedTuple, TypedDict, cast

import httpcore2

from bubblehouse.errors import ConfigurationError
from bubblehouse.texts import one_line
from bubblehouse.transport import _settings as settings
from bubblehouse.transport._deadline import Deadline
from bubblehouse.transport._origins import Origin, origin_of
from bubblehouse.transport._protocol import Request, TransportError
from bubblehouse.transport._reading import ACCEPTED, Reading, decoded

_SOCKS: Final = "needs socksio to speak SOCKS; run: pip install 'httpcore2[socks]'"


class PoolOptions(TypedDict):
    """The arguments that both kinds of httpcore2's pools take."""

    ssl_context: ssl.SSLContext | None
    proxy: httpcore2.Proxy | None
    max_connections: int
    max_keepalive_connections: int
    keepalive_expiry: float


class HttpcoreTransport:
    """What both kinds of transport are set up with; `Httpx2Transport` documents it.

    Raises:
        ConfigurationError: An argument is wrong. It names the argument.
    """

    def __init__(
        self,
        *,
        proxy: str | None = None,
        ca_file: str | os.PathLike[str] | None = None,
        ssl_context: ssl.SSLContext | None = None,
        max_connections: int = settings.MAX_CONNECTIONS,
        max_keepalive: int = settings.MAX_KEEPALIVE,
        keepalive_seconds: float = settings.KEEPALIVE_SECONDS,
        max_response_bytes: int = settings.MAX_RESPONSE,
    ) -> None:
        if ca_file is not None and ssl_context is not None:
            raise ConfigurationError("ssl_context", "does not go with ca_file")
        if not isinstance(cast("object", ssl_context), ssl.SSLContext | None):
            raise ConfigurationError("ssl_context", f"must be an ssl.SSLContext, not {type(ssl_context).__name__}")
        self._ssl_context = ssl_context if ca_file is None else _trusting(ca_file)
        self._settings = settings.configure(
            proxy=proxy,
            max_connections=max_connections,
            max_keepalive=max_keepalive,
            keepalive_seconds=keepalive_seconds,
            max_response_bytes=max_response_bytes,
        )
        if proxy is not None and _lacks_socks(proxy):
            raise ConfigurationError("proxy", _SOCKS)
        self._start()

    def _start(self) -> None:
        """Set up what the kinds of transport differ in."""
        raise NotImplementedError

    def _options(self, origin: Origin) -> PoolOptions:
        if origin.scheme == "https" and self._ssl_context is None:  # on first use: it reads all of a system's
            self._ssl_context = httpcore2.default_ssl_context()
        proxy = self._settings.proxy_for(origin.scheme, origin.host)
        if proxy is not None and _lacks_socks(proxy.url):
            raise TransportError(f"the proxy that the environment sets {_SOCKS}", sent=False)
        return {
            "ssl_context": self._ssl_context,
            "proxy": None if proxy is None else httpcore2.Proxy(proxy.url, auth=_encoded(proxy.auth)),
            "max_connections": self._settings.max_connections,
            "max_keepalive_connections": self._settings.max_keepalive,
            "keepalive_expiry": self._settings.keepalive_seconds,
        }

    def _reading(self, answer: httpcore2.Response, deadline: Deadline) -> Reading:
        if not deadline.heard:
            # It came with the answer before: it belongs to another call, or to nobody.
            raise TransportError("an answer was there before the request", sent=deadline.sent)
        return Reading(answer.status, decoded(answer.headers), self._settings.max_response_bytes)


def _trusting(ca_file: str | os.PathLike[str]) -> ssl.SSLContext:
    certificates = settings.read_ca_file("ca_file", ca_file)
    try:
        return ssl.create_default_context(cadata=certificates)
    except ssl.SSLError:
        raise ConfigurationError("ca_file", "has a certificate that can't be read") from None


def _lacks_socks(proxy: str) -> bool:
    return proxy.startswith("socks") and find_spec("socksio") is None


def _encoded(auth: tuple[str, str] | None) -> tuple[bytes, bytes] | None:
    return None if auth is None else (auth[0].encode(), auth[1].encode())


class _Target(NamedTuple):
    url: httpcore2.URL
    headers: tuple[tuple[bytes, bytes], ...]


@lru_cache(maxsize=256)
def _target(url: str) -> _Target:
    # httpcore2 writes an IPv6 host without its brackets, so the host is said here.
    host = origin_of(url).netloc.encode("ascii")
    return _Target(httpcore2.URL(url), ((b"Host", host), (b"Accept-Encoding", ACCEPTED.encode())))


def encode(request: Request, deadline: Deadline) -> httpcore2.Request:
    """Return the request for httpcore2.

    Args:
        request: What to send.
        deadline: Until when.

    Raises:
        ValueError: The URL is none, or a header has a character that HTTP has no place for.
    """
    target = _target(request.url)
    headers = [
        *target.headers,
        (b"Content-Length", b"%d" % len(request.content)),
        *((name.encode("latin-1"), value.encode("latin-1")) for name, value in request.headers),
    ]
    encoded = httpcore2.Request(request.method, target.url, content=request.content, extensions=deadline.extensions())
    encoded.headers = headers  # its constructor would look at every byte once more, and h11 does anyway
    return encoded


def stream_of(answer: httpcore2.Response) -> Any:
    """Return the connection that an answer came on; of which kind depends on who reads it."""
    return cast("Mapping[str, Any]", answer.extensions)["network_stream"]  # pyright: ignore[reportUnknownMemberType]


@contextmanager
def transport_errors(deadline: Deadline) -> Generator[None]:
    """Turn whatever goes wrong with a request into a TransportError.

    Args:
        deadline: The request's. It knows whether anything was sent.
    """
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
    except UnicodeEncodeError as error:
        # So does this one.
        raise TransportError(f"the request has a character that is not {error.encoding}", sent=False) from None
    except Exception as error:  # noqa: BLE001 - a transport has one way to fail, and only here is it known what was sent
        # Without the frames of httpcore2, whose variables hold the token: some report them with the error.
        raise TransportError(
            _text(error, deadline),
            sent=deadline.sent and not isinstance(error, httpcore2.ProxyError),
            timed_out=isinstance(error, httpcore2.TimeoutException | TimeoutError),
        ) from error.with_traceback(None)


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
