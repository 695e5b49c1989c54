"""The mock as an HTTP server."""

import asyncio
import gc
import socket
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from functools import cache
from types import FrameType
from typing import Final, Literal, NamedTuple, cast

import uvicorn
from uvicorn.config import LOGGING_CONFIG

from bubblehouse_mock.control import Access
from bubblehouse_mock.control.gate import is_loopback
from bubblehouse_mock.mock import BubblehouseMock
from bubblehouse_mock.serving.asgi import App, MockApp
from bubblehouse_mock.serving.connection import Connection, ServerState
from bubblehouse_mock.serving.service import Service
from bubblehouse_mock.serving.turns import Turns

_HIGHEST_PORT: Final = 65_535
_WITH_A_LINE_FOR_EACH_CALL: Final = {"info", "debug", "trace"}
_LOOKED_FOR_SIGNALS: Final = 0.1  # seconds
_RARELY: Final = 50_000  # objects more than there were; CPython's own choice is 700


class ServerError(OSError):
    """The server can't start; the message says why."""


class Served(NamedTuple):
    """How a mock is served.

    Attributes:
        base_url: Where the API can be reached.
        access: Who may use the control plane; None where it isn't served.
        log: The level of the log, as uvicorn names it; `info` has a line for each request. None leaves logging alone.
    """

    base_url: str
    access: Access | None
    log: str | None = None


class _ReadyServer(uvicorn.Server):
    """A server that tells when it accepts connections, and ends as soon as it is told to.

    uvicorn's own looks ten times a second whether it should, and then waits for another tenth.
    """

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready
        self._told = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None  # while it serves

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)
        self._on_ready()

    async def main_loop(self) -> None:
        while not await self.on_tick(0):
            with suppress(TimeoutError):
                # Where a signal arrives in another thread, it wakes nobody: so this looks at times, as uvicorn does.
                await asyncio.wait_for(self._told.wait(), _LOOKED_FOR_SIGNALS)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        self.end()

    def end(self) -> None:
        """End, from whichever thread."""
        self.should_exit = True
        if self._loop is not None:
            with suppress(RuntimeError):  # it has ended by itself
                self._loop.call_soon_threadsafe(self._told.set)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for connection in tuple(self.server_state.connections):
            connection.shutdown()
        await asyncio.sleep(0)  # those that had nothing to say are closed now
        if self.server_state.connections or self.server_state.tasks:
            await super().shutdown(sockets)


def access_from(host: str, control_token: str | None = None) -> Access | None:
    """Return who may use the control plane of a server: whoever reaches it on this computer, or knows the token.

    Args:
        host: The address that the server listens at.
        control_token: The token that has to be shown, also on this computer. Beyond it, there is no control plane
            without one: it hands out secrets.
    """
    if control_token is None and not is_loopback(host):
        return None
    return Access(token=control_token, loopback=is_loopback(host))


@contextmanager
def listening(host: str, port: int) -> Generator[tuple[socket.socket, str]]:
    """Listen at an address while the context lasts.

    Args:
        host: The address.
        port: The port; 0 for any that is free.

    Yields:
        The socket, and the base URL of an API that is served there.

    Raises:
        ServerError: The address can't be had.
    """
    if not 0 <= port <= _HIGHEST_PORT:
        raise ServerError(f"there is no port {port}; give one from 0 to {_HIGHEST_PORT}")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise ServerError(f"can't listen at {host} port {port}: {error}") from None
    with listener:
        # asyncio sets it on sockets of its own making only. Without it, an answer's body waits for the client's delayed
        # acknowledgement of the head: 40 ms a call.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        shown = f"[{host}]" if ":" in host else host
        yield listener, f"http://{shown}:{listener.getsockname()[1]}/api"


def run(mock: BubblehouseMock, served: Served, listener: socket.socket, on_ready: Callable[[], None]) -> None:
    """Serve a mock at a socket until a signal ends it. The process is the mock's own.

    Args:
        mock: The mock.
        served: How.
        listener: The socket.
        on_ready: Called once connections are accepted.
    """
    _run(_server(mock, served.access, on_ready, served.log), listener)


def run_app(app: App, listener: socket.socket, on_ready: Callable[[], None]) -> None:
    """Serve any application with the server that serves mocks, and uvicorn's own way to speak HTTP.

    Args:
        app: The application.
        listener: As for `run`.
        on_ready: As for `run`.
    """
    _run(_ReadyServer(_config(app, "httptools"), on_ready), listener)


@contextmanager
def running(mock: BubblehouseMock, *, host: str = "127.0.0.1", port: int = 0) -> Generator[str]:
    """Serve a mock from a thread of this process while the context lasts.

    Args:
        mock: The mock; its `base_url` is the server's for that time.
        host: The address to listen at. Beyond loopback the control plane is not served: it hands out secrets.
        port: The port; 0 for any that is free.

    Yields:
        The base URL.

    Raises:
        ServerError: The address can't be had, or the server doesn't start.
    """
    before, ready = mock.base_url, threading.Event()
    with listening(host, port) as (listener, base_url):
        mock.base_url = base_url
        server = _server(mock, access_from(host), ready.set)
        thread = threading.Thread(target=server.run, args=([listener],), name="bubblehouse-mock", daemon=True)
        thread.start()
        try:
            if not ready.wait(timeout=10):
                raise ServerError("the server did not start within 10 seconds")
            yield base_url
        finally:
            server.end()
            thread.join(timeout=10)
            mock.base_url = before


def _logging() -> dict[str, object]:
    """Return uvicorn's own logging, all of it on standard error: standard output has the base URL and nothing else."""
    handlers = LOGGING_CONFIG["handlers"]
    return {**LOGGING_CONFIG, "handlers": {**handlers, "access": {**handlers["access"], "stream": "ext://sys.stderr"}}}


def _run(server: _ReadyServer, listener: socket.socket) -> None:
    # A shop of a hundred thousand customers would be looked through for garbage again and again, for a second each. And
    # what calls leave behind is no garbage, but the ledger: it needn't be looked at after every few calls.
    gc.collect()
    gc.freeze()
    gc.set_threshold(_RARELY, 50, 50)
    server.run(sockets=[listener])


def _server(
    mock: BubblehouseMock, access: Access | None, on_ready: Callable[[], None], log: str | None = None
) -> _ReadyServer:
    service, logs = Service(mock, access), log in _WITH_A_LINE_FOR_EACH_CALL
    turns = cache(Turns)  # once the loop runs

    def connect(*, server_state: ServerState, **_: object) -> Connection:
        return Connection(service, turns(), server_state, logs=logs)

    config = _config(MockApp(mock, control=access), cast("type[asyncio.Protocol]", connect), log)
    return _ReadyServer(config, on_ready)


def _config(app: App, http: Literal["httptools"] | type[asyncio.Protocol], log: str | None = None) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=http,
        lifespan="off",
        ws="none",
        proxy_headers=False,
        server_header=False,
        date_header=False,
        log_config=None if log is None else _logging(),
        log_level=log,
        access_log=log in _WITH_A_LINE_FOR_EACH_CALL,
        timeout_graceful_shutdown=2,
    )
