"""Every transport, called without a test knowing which: default, fast, or a user's own client; blocking or async."""

import asyncio
import ssl
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

import httpx
import httpx2
import pytest
from tests.unit.runtime.sockets import request

from bubblehouse.transport import (
    AsyncHttpx2Transport,
    AsyncHttpxTransport,
    AsyncPyreqwestTransport,
    AsyncTransport,
    Httpx2Transport,
    HttpxTransport,
    PyreqwestTransport,
    Request,
    Response,
    Transport,
    TransportError,
)

CA_FILE = Path(__file__).with_name("ca.pem")

T = TypeVar("T")
Library = Literal["httpx2", "pyreqwest", "own httpx", "own httpx2"]
MANAGED: tuple[Library, ...] = ("httpx2", "pyreqwest")
"""Those that connect as they are told, and not as a client of the user's does."""
OWN: tuple[Library, ...] = ("own httpx", "own httpx2")


@dataclass
class Wire:
    """A kind of transport, and what it is to be set up with."""

    library: Library
    is_async: bool
    options: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.library} {'async' if self.is_async else 'sync'}"

    @property
    def counts_as_sent(self) -> bool:
        """Whether a request counts as sent where time ran out before it was."""
        return self.library == "pyreqwest"

    @contextmanager
    def open(self) -> "Iterator[Line]":
        """Make a transport, and close it in the end."""
        with asyncio.Runner() as runner:
            made, clean_up = _async(self.library, self.options) if self.is_async else _sync(self.library, self.options)
            line = Line(made, runner)
            try:
                yield line
            finally:
                line.close()
                if (cleaning := clean_up()) is not None:
                    runner.run(cleaning)

    def send(self, *requests: Request, timeout: float = 5.0, between: Callable[[], object] = lambda: None) -> Response:
        """Send the requests one after another on one transport, and return the last response."""
        with self.open() as line:
            for each in requests[:-1]:
                line.send(each, timeout)
                between()
            return line.send(requests[-1], timeout)

    def failure(self, url: str, timeout: float = 5.0) -> TransportError:
        with pytest.raises(TransportError) as caught:
            self.send(request(url), timeout=timeout)
        assert "a.b.c" not in str(caught.value)
        return caught.value


Outcome = Response | TransportError


class Line:
    """A transport in use."""

    def __init__(self, transport: Transport | AsyncTransport, runner: asyncio.Runner) -> None:
        self.transport = transport
        self._runner = runner

    def run(self, coroutine: Coroutine[None, None, T]) -> T:
        return self._runner.run(coroutine)

    def send(self, each: Request, timeout: float = 5.0) -> Response:
        sending = self.transport.send(each, timeout=timeout)
        return sending if isinstance(sending, Response) else self.run(_awaited(sending))

    def send_all(self, requests: list[Request], timeout: float = 20.0) -> list[Outcome]:
        """Send them at once, each from a thread or a task of its own."""
        transport = _if_async(self.transport)
        if transport is None:
            with ThreadPoolExecutor(len(requests)) as threads:
                return list(threads.map(lambda each: self.attempt(each, timeout), requests))

        async def attempt(each: Request) -> Outcome:
            try:
                return await transport.send(each, timeout=timeout)
            except TransportError as error:
                return error

        async def gather() -> list[Outcome]:
            return await asyncio.gather(*map(attempt, requests))

        return self.run(gather())

    def send_during(
        self, first: Request, received: threading.Event, second: Request, timeout: float, release: Callable[[], object]
    ) -> Outcome:
        """Send one, and while the server keeps it waiting, another. Return what became of that."""
        transport = _if_async(self.transport)
        if transport is None:
            with ThreadPoolExecutor(1) as threads:
                threads.submit(self.attempt, first, 20)
                received.wait(20)
                outcome = self.attempt(second, timeout)
                release()
                return outcome

        async def both() -> Outcome:
            task = asyncio.create_task(transport.send(first, timeout=20))
            await asyncio.to_thread(received.wait, 20)
            try:
                return await transport.send(second, timeout=timeout)
            except TransportError as error:
                return error
            finally:
                release()
                await asyncio.gather(task, return_exceptions=True)

        return self.run(both())

    def attempt(self, each: Request, timeout: float = 5.0) -> Outcome:
        try:
            return self.send(each, timeout)
        except TransportError as error:
            return error

    def close(self) -> None:
        transport = _if_async(self.transport)
        if transport is None:
            cast("Transport", self.transport).close()
        else:
            self.run(transport.aclose())


def _if_async(transport: Transport | AsyncTransport) -> AsyncTransport | None:
    return cast("AsyncTransport", transport) if hasattr(transport, "aclose") else None


async def _awaited(it: Awaitable[T]) -> T:
    return await it


@cache
def _system() -> ssl.SSLContext:
    return ssl.create_default_context()  # made once: each takes a moment


Made = tuple[Transport | AsyncTransport, Callable[[], Coroutine[None, None, None] | None]]


def _sync(library: Library, options: dict[str, Any]) -> Made:
    if library == "httpx2":
        return Httpx2Transport(**options), lambda: None
    if library == "pyreqwest":
        return PyreqwestTransport(**options), lambda: None
    theirs, ours = _split(options)
    if library == "own httpx":
        client = httpx.Client(**theirs, limits=httpx.Limits(**_limits(options)))
        return HttpxTransport(client, **ours), client.close
    client2 = httpx2.Client(**theirs, limits=httpx2.Limits(**_limits(options)))
    return HttpxTransport(client2, **ours), client2.close


def _async(library: Library, options: dict[str, Any]) -> Made:
    if library == "httpx2":
        return AsyncHttpx2Transport(**options), lambda: None
    if library == "pyreqwest":
        return AsyncPyreqwestTransport(**options), lambda: None
    theirs, ours = _split(options)
    if library == "own httpx":
        client = httpx.AsyncClient(**theirs, limits=httpx.Limits(**_limits(options)))
        return AsyncHttpxTransport(client, **ours), client.aclose
    client2 = httpx2.AsyncClient(**theirs, limits=httpx2.Limits(**_limits(options)))
    return AsyncHttpxTransport(client2, **ours), client2.aclose


def _split(options: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a user's arguments for a client, and those for the transport around it."""
    ours = {name: value for name, value in options.items() if name == "max_response_bytes"}
    context = ssl.create_default_context(cafile=options["ca_file"]) if "ca_file" in options else _system()
    return {"verify": context, "proxy": options.get("proxy"), **options.get("client", {})}, ours


def _limits(options: dict[str, Any]) -> dict[str, Any]:
    names = {"max_connections": "max_connections", "max_keepalive": "max_keepalive_connections"}
    return {names[name]: value for name, value in options.items() if name in names}
