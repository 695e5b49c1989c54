"""The fast transport, of the extra `fast`: pyreqwest, which is Rust's reqwest and hyper.

It has a deadline for a whole request of its own, and as it is set up here it follows, keeps and repeats nothing: hyper
takes another connection only where none of a request was written to the first.
"""

import os
import re
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Final, TypedDict, TypeVar

try:
    from pyreqwest import exceptions as failures
    from pyreqwest.client import BaseClientBuilder, SyncClient, SyncClientBuilder
    from pyreqwest.http import HeaderMap
    from pyreqwest.proxy import ProxyBuilder
    from pyreqwest.request import RequestBuilder, SyncRequestBuilder
    from pyreqwest.response import BaseResponse
except ImportError as error:
    raise ImportError("pyreqwest is missing; run: pip install 'bubblehouse-loyalty[fast]'") from error

from bubblehouse.errors import ConfigurationError
from bubblehouse.texts import one_line
from bubblehouse.transport import _settings as settings
from bubblehouse.transport._origins import Origin, Pools, origin_of
from bubblehouse.transport._protocol import Headers, Request, Response, TransportError
from bubblehouse.transport._reading import ACCEPTED, Reading

if TYPE_CHECKING:
    from bubblehouse.transport import Httpx2Transport

STEP: Final = 64 * 1024
"""Bytes read at a time. pyreqwest has as many ready when it gives an answer out."""

BuilderT = TypeVar("BuilderT", bound=BaseClientBuilder)
RequestT = TypeVar("RequestT", RequestBuilder, SyncRequestBuilder)


class Options(TypedDict):
    """The arguments that a transport in place of this one takes."""

    proxy: str | None
    ca_file: str | os.PathLike[str] | None
    max_connections: int
    max_keepalive: int
    keepalive_seconds: float
    max_response_bytes: int


class ReqwestTransport:
    """What both kinds of transport are set up with; `PyreqwestTransport` documents it.

    Raises:
        ConfigurationError: An argument is wrong. It names the argument.
    """

    def __init__(
        self,
        *,
        proxy: str | None = None,
        ca_file: str | os.PathLike[str] | None = None,
        max_connections: int = settings.MAX_CONNECTIONS,
        max_keepalive: int = settings.MAX_KEEPALIVE,
        keepalive_seconds: float = settings.KEEPALIVE_SECONDS,
        max_response_bytes: int = settings.MAX_RESPONSE,
    ) -> None:
        self._settings = settings.configure(
            proxy=proxy,
            max_connections=max_connections,
            max_keepalive=max_keepalive,
            keepalive_seconds=keepalive_seconds,
            max_response_bytes=max_response_bytes,
        )
        self._certificates = [] if ca_file is None else _certificates(ca_file)
        # A function, because a proxy's password may be in it, and vars() is not to show that.
        self._options: Callable[[], Options] = lambda: {
            "proxy": proxy,
            "ca_file": ca_file,
            "max_connections": max_connections,
            "max_keepalive": max_keepalive,
            "keepalive_seconds": keepalive_seconds,
            "max_response_bytes": max_response_bytes,
        }
        self._start()

    def _start(self) -> None:
        """Set up what the kinds of transport differ in."""
        raise NotImplementedError

    def _configure(self, builder: BuilderT, origin: Origin) -> BuilderT:
        limits = self._settings
        builder = (
            builder.no_proxy()  # in place of reqwest's own reading of the environment
            .http1_only()
            .follow_redirects(enable=False)
            .referer(enable=False)
            .default_cookie_store(enable=False)
            .gzip(enable=False)
            .brotli(enable=False)
            .zstd(enable=False)
            .deflate(enable=False)
            .pool_max_idle_per_host(limits.max_keepalive)
            .pool_idle_timeout(timedelta(seconds=limits.keepalive_seconds))
        )
        for certificate in self._certificates:
            builder = builder.add_root_certificate_pem(certificate)
        proxy = limits.proxy_for(origin.scheme, origin.host)
        if proxy is None:
            return builder
        route = ProxyBuilder.all(proxy.url)
        return builder.proxy(route if proxy.auth is None else route.basic_auth(*proxy.auth))

    def _reading(self, answer: BaseResponse) -> Reading:
        return Reading(answer.status, _headers(answer.headers), self._settings.max_response_bytes)


class PyreqwestTransport(ReqwestTransport):
    """Sends requests and blocks until they are answered, in a third of the time. Needs `bubblehouse-loyalty[fast]`.

    It keeps every promise of `Httpx2Transport`, and differs in this:

    - Whether a request that ran out of time was sent is not known, so it counts as sent.
    - Names of headers arrive in lower case, and a header whose value is not ASCII doesn't arrive.
    - While it waits, Ctrl-C waits too.
    - A process that was forked after the first request sends by `Httpx2Transport`: threads don't survive a fork.

    Args:
        proxy: As for `Httpx2Transport`.
        ca_file: A file of certificates in PEM to trust beside those of the operating system.
        max_connections: The most requests that are under way to one host at a time, from 1 up. One beyond them waits
            for its turn. A connection that is just being given back doesn't count.
        max_keepalive: The most of them that are kept while idle, from 0 up.
        keepalive_seconds: How long they are, above 0.
        max_response_bytes: The largest answer that is read, compressed or not, from 1 up.

    Raises:
        ConfigurationError: An argument is wrong. It names the argument.
    """

    def _start(self) -> None:
        self._clients = Pools[int, "SyncClient | Httpx2Transport"]({})

    def send(self, request: Request, *, timeout: float) -> Response:
        """Send the request once and read the whole response.

        Args:
            request: What to send.
            timeout: Seconds of wall-clock time for all of it.

        Returns:
            The response, decompressed.

        Raises:
            TransportError: No complete response came.
            ResponseTooLargeError: It is larger than is read.
        """
        with before_sending():
            client = self._clients.get(os.getpid(), origin_of(request.url), self._make)
            if not isinstance(client, SyncClient):
                return client.send(request, timeout=timeout)
            prepared = prepare(client.request(request.method, request.url), request, timeout).build_streamed()
        with from_sending_on(), prepared as answer:
            read = self._reading(answer)
            while (chunk := answer.body_reader.read(STEP)) is not None:
                read.feed(chunk.to_bytes())
            return read.finish()

    def _make(self, origin: Origin) -> "SyncClient | Httpx2Transport":
        try:
            builder = SyncClientBuilder().max_connections(self._settings.max_connections)
            return self._configure(builder, origin).build()
        except RuntimeError:  # it was forked
            from bubblehouse.transport import Httpx2Transport  # noqa: PLC0415 - hardly ever needed

            return Httpx2Transport(**self._options())

    def close(self) -> None:
        """Give up connections. Calling it again does nothing."""
        for client in self._clients.close(os.getpid()):
            client.close()


def _certificates(ca_file: str | os.PathLike[str]) -> list[bytes]:
    text = settings.read_ca_file("ca_file", ca_file)
    found = re.findall("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", text, re.DOTALL)
    certificates = [str(certificate).encode() for certificate in found]
    builder = SyncClientBuilder()
    try:
        for certificate in certificates:
            builder = builder.add_root_certificate_pem(certificate)
        builder.build()
    except ValueError:
        raise ConfigurationError("ca_file", "has a certificate that can't be read") from None
    return certificates


def prepare(builder: RequestT, request: Request, timeout: float) -> RequestT:
    """Return a builder with everything of a request in it.

    Args:
        builder: One of its method and URL.
        request: What to send.
        timeout: Seconds for all of it.
    """
    headers = [("Accept-Encoding", ACCEPTED), *request.headers]
    return builder.headers(headers).body_bytes(request.content).timeout(timedelta(seconds=timeout))


def _headers(headers: HeaderMap) -> Headers:
    try:
        return tuple(headers.items())
    except ValueError:  # a value that is not ASCII
        return tuple((name, value) for name in dict.fromkeys(headers) for value in _values(headers, name))


def _values(headers: HeaderMap, name: str) -> list[str]:
    try:
        return headers.getall(name)
    except ValueError:
        return []


@contextmanager
def before_sending() -> Generator[None]:
    """Turn whatever goes wrong before a request is given away into a TransportError."""
    try:
        yield
    except TransportError:
        raise
    except Exception as error:  # noqa: BLE001 - a transport has one way to fail
        # Its text and its frames repeat the header that is wrong, which may be the one with the token.
        raise TransportError(f"it could not be sent: {type(error).__name__}", sent=False) from None


@contextmanager
def from_sending_on() -> Generator[None]:
    """Turn whatever goes wrong afterwards into a TransportError."""
    try:
        yield
    except TransportError:
        raise
    except failures.PoolTimeoutError:
        raise TransportError("no connection in time", sent=False, timed_out=True) from None
    except failures.RequestTimeoutError:
        raise TransportError("no complete answer in time", sent=True, timed_out=True) from None
    except failures.BuilderError:
        raise TransportError("it could not be sent: its URL is none of http or https", sent=False) from None
    except failures.ConnectError as error:
        raise _connection_error(error) from None
    except failures.DecodeError:
        raise TransportError("the connection ended, or what came is not HTTP", sent=True) from None
    except Exception as error:  # noqa: BLE001 - as above
        raise TransportError(f"it failed: {type(error).__name__}", sent=True) from None


def _connection_error(error: failures.ConnectError) -> TransportError:
    texts = [cause["message"] for cause in error.details["causes"] or ()]
    # hyper's name for everything up to a connection that can be written to: name, TCP, proxy, TLS.
    if "client error (Connect)" not in texts:
        return TransportError("the connection broke", sent=True)
    what = ": ".join(texts[texts.index("client error (Connect)") + 1 :])
    return TransportError(f"could not connect: {one_line(what, 200)}", sent=False)
