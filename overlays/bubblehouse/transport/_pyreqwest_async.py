"""The fast transport for asyncio."""

import asyncio
import time
import weakref
from typing import TYPE_CHECKING, NamedTuple

from pyreqwest.client import Client, ClientBuilder

from bubblehouse.transport._origins import Origin, Pools, origin_of
from bubblehouse.transport._protocol import Request, Response, TransportError
from bubblehouse.transport._pyreqwest import STEP, ReqwestTransport, before_sending, from_sending_on, prepare

if TYPE_CHECKING:
    from bubblehouse.transport import AsyncHttpx2Transport


class _Pool(NamedTuple):
    client: Client
    turns: asyncio.Semaphore


class AsyncPyreqwestTransport(ReqwestTransport):
    """The same as `PyreqwestTransport`, with the same arguments, for asyncio.

    Safe to share between tasks. Each event loop that it is used from has connections of its own. A request that is
    cancelled goes on in the background until it is answered or its time is over; its turn is the next one's at once.

    Args:
        proxy: As there.
        ca_file: As there.
        max_connections: As there.
        max_keepalive: As there.
        keepalive_seconds: As there.
        max_response_bytes: As there.

    Raises:
        ConfigurationError: An argument is wrong. It names the argument.
    """

    def _start(self) -> None:
        pools: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Origin, _Pool | AsyncHttpx2Transport]] = (
            weakref.WeakKeyDictionary()
        )
        self._pools = Pools(pools)

    async def send(self, request: Request, *, timeout: float) -> Response:  # noqa: ASYNC109 - part of the one deadline
        """Send the request once and read the whole response; as `PyreqwestTransport.send`.

        Raises:
            TransportError: No complete response came.
            ResponseTooLargeError: It is larger than is read.
        """
        with before_sending():
            pool = self._pools.get(asyncio.get_running_loop(), origin_of(request.url), self._make)
        if not isinstance(pool, _Pool):
            return await pool.send(request, timeout=timeout)
        left = await _turn(pool.turns, timeout)
        try:
            with before_sending():
                builder = pool.client.request(request.method, request.url)
                prepared = prepare(builder, request, left).build_streamed()
            with from_sending_on():
                async with prepared as answer:
                    read = self._reading(answer)
                    while (chunk := await answer.body_reader.read(STEP)) is not None:
                        read.feed(chunk.to_bytes())
                    return read.finish()
        finally:
            pool.turns.release()

    def _make(self, origin: Origin) -> "_Pool | AsyncHttpx2Transport":
        try:
            client = self._configure(ClientBuilder(), origin).build()
        except RuntimeError:  # it was forked
            from bubblehouse.transport import AsyncHttpx2Transport  # noqa: PLC0415 - hardly ever needed

            return AsyncHttpx2Transport(**self._options())
        # Its own limit would hold a cancelled request's turn for as long as that goes on.
        return _Pool(client, asyncio.Semaphore(self._settings.max_connections))

    async def aclose(self) -> None:
        """Give up the running event loop's connections, and send nothing more. Calling it again does nothing."""
        for pool in self._pools.close(asyncio.get_running_loop()):
            await (pool.client.close() if isinstance(pool, _Pool) else pool.aclose())


async def _turn(turns: asyncio.Semaphore, seconds: float) -> float:
    """Wait for a turn, and return how many of the seconds are left."""
    if not turns.locked():
        await turns.acquire()
        return seconds
    end = time.monotonic() + seconds
    try:
        async with asyncio.timeout(seconds):
            await turns.acquire()
    except TimeoutError:
        raise TransportError("no connection in time", sent=False, timed_out=True) from None
    return max(end - time.monotonic(), 0.001)
