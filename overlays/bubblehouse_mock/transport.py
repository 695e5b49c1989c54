"""The mock as a transport of the client: calls in process. The only module that speaks the client's own types."""

from urllib.parse import urlsplit

from bubblehouse import transport as wire
from bubblehouse_mock import messages
from bubblehouse_mock.faults import DroppedConnectionError
from bubblehouse_mock.mock import BubblehouseMock


class MockTransport:
    """A `bubblehouse.transport.Transport` that answers from a mock, whatever host the URL names.

    Args:
        mock: The mock.
    """

    def __init__(self, mock: BubblehouseMock) -> None:
        self._mock = mock

    def send(self, request: wire.Request, *, timeout: float) -> wire.Response:  # noqa: ARG002 - it answers at once
        """Answer the request.

        Args:
            request: What the client sends.
            timeout: Not needed.

        Raises:
            TransportError: A fault has it so. Nothing is waited for.
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
            raise wire.TransportError(str(error), sent=True, timed_out=error.timed_out) from None
        return wire.Response(response.status, response.all_headers, response.body)

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
