"""A user's own client of httpx or httpx2 as a transport."""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Final, Generic, TypeVar

from bubblehouse.errors import ConfigurationError
from bubblehouse.texts import one_line
from bubblehouse.transport import _settings as settings
from bubblehouse.transport._clients import AsyncHttpxClient, HttpxClient, HttpxHead, HttpxRequest
from bubblehouse.transport._origins import origin_of
from bubblehouse.transport._protocol import Request, Response, TransportError
from bubblehouse.transport._reading import ACCEPTED, Reading, decoded

_PHASES: Final = ("pool", "connect", "write", "read")
# httpx cleans up after its own timeouts, and forgets a connection whose handshake is cancelled. So they come first.
_GRACE: Final = 0.05

ClientT = TypeVar("ClientT", bound=HttpxClient | AsyncHttpxClient)


class _TimeLeft(Mapping[str, float]):
    """The timeouts that a client hands down. Each is what is left when its phase begins, not what there was."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        return self._end - time.monotonic()

    def __getitem__(self, phase: str) -> float:
        if phase not in _PHASES:
            raise KeyError(phase)
        return max(self.left(), 0.001)  # zero would not be a timeout, but no waiting at all

    def __iter__(self) -> Iterator[str]:
        return iter(_PHASES)

    def __len__(self) -> int:
        return len(_PHASES)


class _Traces:
    """Whether a client's `trace` extension has ever told anything: below one without httpcore it doesn't."""

    seen = False


class _Exchange:
    """One request and its answer.

    Whether anything was sent is what the trace tells. A client that doesn't tell may have repeated a request before it
    failed, so there everything counts as sent.
    """

    def __init__(self, timeout: float, traces: _Traces) -> None:
        self._time = _TimeLeft(timeout)
        self._traces = traces
        self._sent = False

    def extensions(self, trace: object) -> dict[str, object]:
        return {"timeout": self._time, "trace": trace}

    def trace(self, event: str, info: Mapping[str, object]) -> None:
        self._traces.seen = True
        to_proxy = getattr(info.get("request"), "method", None) == b"CONNECT"
        if event.endswith("send_request_headers.started") and not to_proxy:
            self._sent = True

    async def atrace(self, event: str, info: Mapping[str, object]) -> None:
        self.trace(event, info)

    def check_time(self) -> None:
        if self._time.left() <= 0:
            raise TimeoutError

    def failure(self, error: Exception) -> TransportError:
        if isinstance(error, TransportError):
            return error
        kinds = {kind.__name__ for kind in type(error).__mro__}
        sent = self._sent or not self._traces.seen
        if kinds & {"TimeoutException", "TimeoutError"}:
            text = "no complete answer in time" if sent else "no connection in time"
            return TransportError(text, sent=sent, timed_out=True)
        if "ConnectError" in kinds and not sent:
            return TransportError(f"could not connect: {one_line(str(error), 200)}", sent=False)
        if "ProxyError" in kinds and not sent:
            return TransportError(f"the proxy refused: {one_line(str(error), 100)}", sent=False)
        # Other texts repeat what was sent or came.
        return TransportError(f"the exchange failed: {type(error).__name__}", sent=sent)


class _Transport(Generic[ClientT]):
    """What both kinds have in common."""

    _closer: str

    def __init__(self, client: ClientT, *, max_response_bytes: int = settings.MAX_RESPONSE) -> None:
        for method in ("build_request", "send", self._closer):
            if not callable(getattr(client, method, None)):
                raise ConfigurationError("client", f"{type(client).__name__} has no {method}(), which is needed")
        self._client = client
        self._limit = settings.positive("max_response_bytes", max_response_bytes)
        self._traces = _Traces()
        self._closed = False

    def _build(self, request: Request, extensions: dict[str, object]) -> HttpxRequest:
        """Return the client's request: the client's own headers below ours, and no cookies.

        Raises:
            TransportError: It can't be sent.
        """
        if self._closed or getattr(self._client, "is_closed", False):
            raise TransportError("the transport is closed", sent=False)
        headers = [("Accept-Encoding", ACCEPTED), *request.headers]
        if any(set("\r\n\0") & set(name + value) for name, value in headers):
            raise TransportError("a header of the request is not valid HTTP", sent=False)
        try:
            origin = origin_of(request.url)
            build: Callable[..., HttpxRequest] = self._client.build_request
            built = build(request.method, request.url, headers=headers, content=request.content, extensions=extensions)
        except Exception as error:  # noqa: BLE001 - a transport has one way to fail
            raise TransportError(f"it could not be sent: {type(error).__name__}", sent=False) from None
        if origin.scheme not in {"http", "https"} or not origin.host:
            raise TransportError("it could not be sent: its URL is none of http or https", sent=False)
        built.headers.pop("cookie", None)
        return built

    def _reading(self, response: HttpxHead) -> Reading:
        return Reading(response.status_code, decoded(response.headers.raw), self._limit)

    def _read_before(self, response: HttpxHead) -> Response:
        """Return an answer that a cache or a double had read already, and decompressed."""
        headers = [header for header in decoded(response.headers.raw) if header[0].lower() != "content-encoding"]
        read = Reading(response.status_code, headers, self._limit)
        read.feed(response.content)
        return read.finish()


class HttpxTransport(_Transport[HttpxClient]):
    """Sends by a client of your own: an `httpx.Client`, an `httpx2.Client` or one that inherits from them.

    How the client connects (proxies, TLS, limits, its transport) stays as you have set it up, and so do its headers
    where a call has none of the same name. Redirects are not followed, its `auth` isn't used, and its cookies aren't
    sent, so that customers' aren't mixed; those that arrive are still put into the client's jar.

    httpx has no deadline for a whole request. What is left of it is given to each of its phases, and kept to between
    the pieces of a body; looking up a name and a server that drips the head of its answer can't be stopped, and one
    that drips its body and then stops can take up to twice the time. Nor does it notice when a server says more than it
    was asked, and takes the surplus for the next answer on that connection.

    Args:
        client: The client. It stays yours to close.
        max_response_bytes: The largest answer that is read, compressed or not, from 1 up.

    Raises:
        ConfigurationError: An argument is wrong. It names the argument.
    """

    _closer = "close"

    def send(self, request: Request, *, timeout: float) -> Response:
        """Send the request once and read the whole response.

        Args:
            request: What to send.
            timeout: Seconds of wall-clock time for all of it, as far as the client keeps to them.

        Returns:
            The response, decompressed.

        Raises:
            TransportError: No complete response came.
            ResponseTooLargeError: It is larger than is read.
        """
        exchange = _Exchange(timeout, self._traces)
        built = self._build(request, exchange.extensions(exchange.trace))
        try:
            response = self._client.send(built, stream=True, auth=None, follow_redirects=False)
            try:
                if response.is_stream_consumed:
                    return self._read_before(response)
                answer = self._reading(response)
                for chunk in response.iter_raw():
                    answer.feed(chunk)
                    exchange.check_time()
            finally:
                response.close()
            return answer.finish()
        except Exception as error:  # noqa: BLE001 - a transport has one way to fail
            failure = exchange.failure(error)
        raise failure  # out here: httpx's errors have the request, and so the token, and would be its context

    def close(self) -> None:
        """Send nothing more. The client stays open. Calling it again does nothing."""
        self._closed = True


class AsyncHttpxTransport(_Transport[AsyncHttpxClient]):
    """Sends by an `httpx.AsyncClient` or an `httpx2.AsyncClient` of your own; as `HttpxTransport`.

    Here the event loop keeps the deadline, where the client doesn't.

    Args:
        client: The client. It stays yours to close.
        max_response_bytes: The largest answer that is read, compressed or not, from 1 up.

    Raises:
        ConfigurationError: An argument is wrong. It names the argument.
    """

    _closer = "aclose"

    async def send(self, request: Request, *, timeout: float) -> Response:  # noqa: ASYNC109 - part of the one deadline
        """Send the request once and read the whole response; as `HttpxTransport.send`.

        Raises:
            TransportError: No complete response came.
            ResponseTooLargeError: It is larger than is read.
        """
        exchange = _Exchange(timeout, self._traces)
        built = self._build(request, exchange.extensions(exchange.atrace))
        try:
            async with asyncio.timeout(timeout + _GRACE):
                response = await self._client.send(built, stream=True, auth=None, follow_redirects=False)
                try:
                    if response.is_stream_consumed:
                        return self._read_before(response)
                    answer = self._reading(response)
                    async for chunk in response.aiter_raw():
                        answer.feed(chunk)
                        exchange.check_time()
                finally:
                    await response.aclose()
                return answer.finish()
        except Exception as error:  # noqa: BLE001 - as above
            failure = exchange.failure(error)
        raise failure

    async def aclose(self) -> None:
        """Send nothing more. The client stays open. Calling it again does nothing."""
        self._closed = True
