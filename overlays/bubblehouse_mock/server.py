"""The mock as an HTTP server."""

import socket
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Final

import uvicorn
from uvicorn.config import LOGGING_CONFIG

from bubblehouse_mock.asgi import MockApp
from bubblehouse_mock.control import Access
from bubblehouse_mock.control.gate import is_loopback
from bubblehouse_mock.mock import BubblehouseMock

_HIGHEST_PORT: Final = 65_535


class ServerError(OSError):
    """The server can't start; the message says why."""


class _ReadyServer(uvicorn.Server):
    """A server that tells when it accepts connections."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_ready()


def serve(
    mock: BubblehouseMock, *, host: str = "127.0.0.1", port: int = 0, log: str = "warning", on_ready: Callable[[], None]
) -> None:
    """Serve a mock until a signal ends it.

    Args:
        mock: The mock; its `base_url` becomes the server's.
        host: The address to listen at. Beyond loopback the control plane is not served: it hands out secrets.
        port: The port; 0 for any that is free.
        log: The level of the log, as uvicorn names it; `info` has a line for each request.
        on_ready: Called once connections are accepted.

    Raises:
        ServerError: The address can't be had.
    """
    with _listen(mock, host, port) as listener:
        _server(mock, host, on_ready, log=log).run(sockets=[listener])


@contextmanager
def running(mock: BubblehouseMock, *, host: str = "127.0.0.1", port: int = 0) -> Generator[str]:
    """Serve a mock from a thread of this process while the context lasts.

    Args:
        mock: The mock; its `base_url` is the server's for that time.
        host: As for `serve`.
        port: As for `serve`.

    Yields:
        The base URL.

    Raises:
        ServerError: The address can't be had, or the server doesn't start.
    """
    before, ready = mock.base_url, threading.Event()
    with _listen(mock, host, port) as listener:
        server = _server(mock, host, ready.set)
        thread = threading.Thread(target=server.run, args=([listener],), name="bubblehouse-mock", daemon=True)
        thread.start()
        try:
            if not ready.wait(timeout=10):
                raise ServerError("the server did not start within 10 seconds")
            yield mock.base_url
        finally:
            server.should_exit = True
            thread.join(timeout=10)
            mock.base_url = before


def _listen(mock: BubblehouseMock, host: str, port: int) -> socket.socket:
    if not 0 <= port <= _HIGHEST_PORT:
        raise ServerError(f"there is no port {port}; give one from 0 to {_HIGHEST_PORT}")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise ServerError(f"can't listen at {host} port {port}: {error}") from None
    # asyncio sets it on sockets of its own making only. Without it, an answer's body waits for the client's delayed
    # acknowledgement of the head: 40 ms a call.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    shown = f"[{host}]" if ":" in host else host
    mock.base_url = f"http://{shown}:{listener.getsockname()[1]}/api"
    return listener


def _logging() -> dict[str, object]:
    """Return uvicorn's own logging, all of it on standard error: standard output has the base URL and nothing else."""
    handlers = LOGGING_CONFIG["handlers"]
    return {**LOGGING_CONFIG, "handlers": {**handlers, "access": {**handlers["access"], "stream": "ext://sys.stderr"}}}


def _server(mock: BubblehouseMock, host: str, on_ready: Callable[[], None], *, log: str | None = None) -> _ReadyServer:
    app = MockApp(mock, control=Access(loopback=True) if is_loopback(host) else None)
    config = uvicorn.Config(
        app,
        lifespan="off",
        ws="none",
        proxy_headers=False,
        server_header=False,
        log_config=None if log is None else _logging(),
        log_level=log,
        access_log=log in {"info", "debug", "trace"},
        timeout_graceful_shutdown=2,
    )
    return _ReadyServer(config, on_ready)
