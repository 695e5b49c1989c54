"""The mock as a transport of the client: calls in process. The only module that speaks the client's own types."""

import math
from urllib.parse import urlsplit

from bubblehouse import transport as wire
from bubblehouse_mock import messages
from bubblehouse_mock.clock import SkippingClock
from bubblehouse_mock.faults import DroppedConnectionError
from bubblehouse_mock.mock import BubblehouseMock


class MockTransport:
    """A `bubblehouse.transport.Transport` that answers from a mock, whatever host the URL names.

    Args:
        mock: The mock.
    """

    def __init__(self, mock: BubblehouseMock) -> None:
        self._mock = mock

    def send(self, request: wire.Request, *, timeout: float) -> wire.Response:
        """Answer the request. Nothing is waited for; a clock that can skip time does so.

        Args:
            request: What the client sends.
            timeout: Seconds. An answer that would come no sooner doesn't come.

        Raises:
            TransportError: A fault has it so, or the answer would come too late.
        """
        url = urlsplit(request.url)
        given = messages.Request(
            method=request.method,
            path=url.path.encode(),
            query=url.query.encode(),
            headers=tuple((name.lower(), value) for name, value in request.headers),
            body=request.content,
        )
        try:
            response = self._mock.handle(given)
        except DroppedConnectionError as error:
            self._pass(math.inf if error.timed_out else error.delay, timeout)
            raise wire.TransportError(str(error), sent=True) from None
        self._pass(response.delay, timeout)
        if response.truncated:
            raise wire.TransportError("the connection broke in the middle of the answer", sent=True)
        return wire.Response(response.status, response.all_headers, response.body)

    def _pass(self, seconds: float, timeout: float) -> None:
        """Let time pass until something comes.

        Raises:
            TransportError: Time ran out before.
        """
        clock = self._mock.clock
        if seconds and isinstance(clock, SkippingClock):
            clock.skip(min(seconds, timeout))
        if seconds >= timeout:
            raise wire.TransportError("no complete answer in time", sent=True, timed_out=True) from None

    def close(self) -> None:
        """Do nothing: there is no connection."""


class AsyncMockTransport:
    """A `bubblehouse.transport.AsyncTransport` that answers from a mock.

    Args:
        mock: The mock.
    """

    def __init__(self, mock: BubblehouseMock) -> None:
        self._transport = MockTransport(mock)

    async def send(self, request: wire.Request, *, timeout: float) -> wire.Response:  # noqa: ASYNC109 - the protocol's
        """Answer the request; as `MockTransport.send`.

        Raises:
            TransportError: As there.
        """
        return self._transport.send(request, timeout=timeout)

    async def aclose(self) -> None:
        """Do nothing: there is no connection."""
