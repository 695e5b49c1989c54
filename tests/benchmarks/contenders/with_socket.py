"""No HTTP library at all: what the server and the system can do. Not a client anybody should have."""

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

_CONTENT = b'{"customer":{"shopid":"1001"}}'
_REQUEST = (
    b"POST /api/v2023061/demo-shop/CustomerBalance3 HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %b\r\n"
    b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
) % (b"t" * 200, len(_CONTENT), _CONTENT)
_END = b"\r\n\r\n"


def _address(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    assert parts.hostname is not None
    assert parts.port is not None
    return parts.hostname, parts.port


def _points(response: bytes) -> object:
    return json.loads(response.partition(_END)[2])["pts_available"]


def sync(url: str) -> Callable[[], object]:
    """Return the call."""
    connection = socket.create_connection(_address(url))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def call() -> object:
        connection.sendall(_REQUEST)
        return _points(connection.recv(65536))

    return call


class _Connection(asyncio.Protocol):
    """A connection that one call at a time uses."""

    transport: asyncio.Transport
    waiting: "asyncio.Future[bytes]"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.waiting.set_result(data)


def asynchronous(url: str) -> Callable[[], Awaitable[object]]:
    """Return the call."""
    host, port = _address(url)
    idle: list[_Connection] = []

    async def call() -> object:
        loop = asyncio.get_running_loop()
        if idle:
            connection = idle.pop()
        else:
            _, connection = await loop.create_connection(_Connection, host, port)
        connection.waiting = loop.create_future()
        connection.transport.write(_REQUEST)
        response = await connection.waiting
        idle.append(connection)
        return _points(response)

    return call
