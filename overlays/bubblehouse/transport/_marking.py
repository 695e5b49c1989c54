"""For asyncio, where a deadline is the event loop's business: what is left is to tell whether anything was sent."""

import contextlib
import ssl
from collections.abc import Iterable
from typing import Any

import httpcore2

from bubblehouse.transport._deadline import SEGMENT, Held, mark


class MarkingBackend(httpcore2.AsyncNetworkBackend):
    """Connects, and leaves the deadline alone."""

    def __init__(self) -> None:
        # httpcore2 defines a stand-in for it where anyio is missing, which confuses pyright; httpx2 requires anyio.
        self._inner: httpcore2.AsyncNetworkBackend = httpcore2.AnyIOBackend()  # pyright: ignore[reportAttributeAccessIssue] - as said

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore2's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect."""
        del timeout
        return _MarkingStream(await self._inner.connect_tcp(host, port, None, local_address, socket_options))


class _MarkingStream(httpcore2.AsyncNetworkStream):
    """A connection that marks the request's deadline when something leaves, which nothing does piecemeal."""

    def __init__(self, inner: httpcore2.AsyncNetworkStream) -> None:
        self._inner = inner
        self._held = Held()

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - as above
        with contextlib.suppress(httpcore2.WriteError):  # as for the blocking one
            await self._flush(timeout)
        data = await self._inner.read(max_bytes)
        mark(timeout, sent=True, heard=True)
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - as above
        self._held.add(buffer)
        del buffer
        if self._held.size > SEGMENT:
            await self._flush(timeout)

    async def _flush(self, deadline: float | None) -> None:
        if self._held.size:
            mark(deadline, sent=True)
            await self._inner.write(self._held.take())

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - as above
    ) -> httpcore2.AsyncNetworkStream:
        await self._flush(timeout)
        mark(timeout, sent=False)
        try:
            return _MarkingStream(await self._inner.start_tls(ssl_context, server_hostname))
        except BaseException:  # httpcore2 forgets the connection when the handshake is cancelled
            await self._inner.aclose()
            raise

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
