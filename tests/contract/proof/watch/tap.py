"""Where the wire is tapped: in the client's own transports, and in `requests`, which schemathesis calls with.

No layer of the proof has to take part, so none can forget to.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, cast
from unittest import mock

import requests
from requests.adapters import HTTPAdapter
from tests.contract.proof.watch.exchange import Exchange
from urllib3.exceptions import HTTPError

from bubblehouse.transport import AsyncHttpx2Transport, Httpx2Transport, Request, Response, TransportError

Passage = Callable[[Exchange], AbstractContextManager[None]]
"""Is entered before a call is sent and left when its answer is there."""

_CHUNK = 65_536
_LARGEST = 8 * 1024 * 1024  # bytes of an answer; the contract's are a few thousand
_LONGEST = 15.0  # seconds of wall-clock time for a whole answer


class RefusedError(Exception):
    """A call is not to be sent; the message says why."""


@contextmanager
def tapped(base_url: str, passage: Passage) -> Iterator[None]:
    """Let every call to a server go through a passage, while the context lasts.

    Args:
        base_url: Whatever begins with this is a call to the server.
        passage: What each call goes through. Where entering it raises `RefusedError`, the call is not sent.
    """
    send, asend, adapt = Httpx2Transport.send, AsyncHttpx2Transport.send, HTTPAdapter.send
    prefix = base_url + "/"

    def blocking(self: Httpx2Transport, request: Request, *, timeout: float) -> Response:
        if not request.url.startswith(prefix):
            return send(self, request, timeout=timeout)
        exchange = _of(request)
        with _as_transport_error(), passage(exchange), _timed(exchange):
            return _answered(exchange, send(self, request, timeout=min(timeout, _LONGEST)))

    async def asyncio(self: AsyncHttpx2Transport, request: Request, *, timeout: float) -> Response:  # noqa: ASYNC109
        if not request.url.startswith(prefix):
            return await asend(self, request, timeout=timeout)
        exchange = _of(request)
        with _as_transport_error(), passage(exchange), _timed(exchange):
            return _answered(exchange, await asend(self, request, timeout=min(timeout, _LONGEST)))

    def generated(self: HTTPAdapter, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        if not str(request.url).startswith(prefix):
            return adapt(self, request, **options)
        body = cast("str | bytes | None", request.body) or b""
        exchange = Exchange(
            str(request.method),
            str(request.url),
            [(_text(name), _text(value)) for name, value in request.headers.items()],
            body.encode() if isinstance(body, str) else body,
        )
        try:
            with passage(exchange), _timed(exchange):
                response = adapt(self, request, **options | {"stream": True})
                _read_within(response, time.monotonic() + _LONGEST)
                exchange.status, exchange.answer = response.status_code, response.content
                exchange.answered = list(response.headers.items())
                return response
        except RefusedError as error:
            raise requests.ConnectionError(str(error), request=request) from None

    with (
        mock.patch.object(Httpx2Transport, "send", blocking),
        mock.patch.object(AsyncHttpx2Transport, "send", asyncio),
        mock.patch.object(HTTPAdapter, "send", generated),
    ):
        yield


def _of(request: Request) -> Exchange:
    return Exchange(request.method, request.url, request.headers, request.content)


def _answered(exchange: Exchange, response: Response) -> Response:
    exchange.status, exchange.answered, exchange.answer = response
    return response


@contextmanager
def _as_transport_error() -> Iterator[None]:
    try:
        yield
    except RefusedError as error:
        raise TransportError(str(error), sent=False) from None


@contextmanager
def _timed(exchange: Exchange) -> Iterator[None]:
    started = time.monotonic()
    try:
        yield
    except Exception as error:
        exchange.problem = f"{type(error).__name__}: {error}"
        raise
    finally:
        exchange.seconds = time.monotonic() - started


def _read_within(response: requests.Response, deadline: float) -> None:
    """Read an answer, but not for ever: `requests` knows no deadline for the whole, and no largest answer."""
    content = bytearray()
    try:
        while chunk := response.raw.read1(_CHUNK, decode_content=True):
            content += chunk
            if len(content) > _LARGEST:
                response.close()
                raise requests.ConnectionError(f"the answer is larger than {_LARGEST} bytes", request=response.request)
            if time.monotonic() > deadline:
                response.close()
                raise requests.ReadTimeout(f"no complete answer in {_LONGEST:g} s", request=response.request)
    except (HTTPError, OSError) as error:
        if isinstance(error, requests.RequestException):
            raise
        response.close()
        message = f"the answer broke off: {type(error).__name__}"
        raise requests.ConnectionError(message, request=response.request) from None
    response._content = bytes(content)  # noqa: SLF001 - what `requests` itself sets when it has read the answer
    response._content_consumed = True  # noqa: SLF001 - as above


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
