"""The default transport for asyncio. It differs from the blocking one in who keeps the deadline: the event loop."""

import asyncio
import weakref

import httpcore2

from bubblehouse.transport._deadline import Deadline
from bubblehouse.transport._httpcore2 import HttpcoreTransport, encode, stream_of, transport_errors
from bubblehouse.transport._marking import MarkingBackend
from bubblehouse.transport._origins import Origin, Pools, origin_of
from bubblehouse.transport._protocol import Request, Response


class AsyncHttpx2Transport(HttpcoreTransport):
    """The same as `Httpx2Transport`, with the same arguments, for asyncio.

    Safe to share between tasks. Each event loop that it is used from has connections of its own.

    Args:
        proxy: As there.
        ca_file: As there.
        ssl_context: As there.
        max_connections: As there.
        max_keepalive: As there.
        keepalive_seconds: As there.
        max_response_bytes: As there.

    Raises:
        ConfigurationError: An argument is wrong. It names the argument.
    """

    def _start(self) -> None:
        pools: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Origin, httpcore2.AsyncConnectionPool]] = (
            weakref.WeakKeyDictionary()
        )
        self._pools = Pools(pools)

    async def send(self, request: Request, *, timeout: float) -> Response:  # noqa: ASYNC109 - part of the one deadline
        """Send the request once and read the whole response; as `Httpx2Transport.send`.

        Raises:
            TransportError: No complete response came.
            ResponseTooLargeError: It is larger than is read.
        """
        deadline = Deadline(timeout)
        with transport_errors(deadline):
            async with asyncio.timeout(timeout):
                pool = self._pools.get(asyncio.get_running_loop(), origin_of(request.url), self._make)
                answer = await pool.handle_async_request(encode(request, deadline))
                try:
                    read = self._reading(answer, deadline)
                    async for chunk in answer.aiter_stream():
                        read.feed(chunk)
                finally:
                    await answer.aclose()
                if self._pools.closed:
                    await stream_of(answer).aclose()
                return read.finish()

    def _make(self, origin: Origin) -> httpcore2.AsyncConnectionPool:
        return httpcore2.AsyncConnectionPool(network_backend=MarkingBackend(), **self._options(origin))

    async def aclose(self) -> None:
        """Give up the running event loop's connections, and send nothing more. Calling it again does nothing."""
        for pool in self._pools.close(asyncio.get_running_loop()):
            await pool.aclose()
