"""Transports as resources: shared, forked, cancelled, closed."""

import asyncio
import gc
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import cast

import pytest
from tests.unit.runtime.sockets import BODY, PLAIN, Serve, answering, receive, request
from tests.unit.transport.wires import MANAGED, Library, Line, Wire

from bubblehouse.transport import AsyncTransport, Httpx2Transport, PyreqwestTransport, Response, TransportError

ROOT = Path(__file__).parents[3]


def echo(connection: socket.socket) -> None:
    while True:
        body = receive(connection).partition(b"\r\n\r\n")[2]
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))


def test_each_of_many_at_once_gets_its_own_answer(wire: Wire, serve: Serve) -> None:
    server = serve(echo)
    sent = [b"%d" % number for number in range(64)]
    if wire.library in MANAGED:
        wire.options["max_connections"] = 16
    with wire.open() as line:
        for _ in range(3 if wire.library in MANAGED else 1):  # httpx 0.28 sometimes breaks a connection that it reuses
            answers = line.send_all([request(server.url, content) for content in sent])
            assert [each.content if isinstance(each, Response) else each for each in answers] == sent
    assert server.accepted <= 64


def test_no_more_at_a_time_than_allowed(managed: Wire, serve: Serve) -> None:
    under_way: list[int] = []
    present = set[socket.socket]()

    def count(connection: socket.socket) -> None:
        while True:
            receive(connection)
            present.add(connection)
            under_way.append(len(present))
            threading.Event().wait(0.002)
            present.remove(connection)
            connection.sendall(PLAIN)

    server = serve(count)
    managed.options["max_connections"] = managed.options["max_keepalive"] = 4
    with managed.open() as line:
        assert [each for each in line.send_all([request(server.url)] * 40) if not isinstance(each, Response)] == []
    assert max(under_way) == 4
    # pyreqwest gives a connection back on a thread of its own, and may open one more meanwhile.
    assert server.accepted <= (4 if managed.library == "httpx2" else 8)


def test_none_is_kept_where_none_may_be(wire: Wire, serve: Serve) -> None:
    server = serve(echo)
    wire.options["max_keepalive"] = 0
    wire.send(request(server.url), request(server.url))
    assert server.accepted == 2


def test_none_is_kept_for_longer_than_it_may_be(managed: Wire, serve: Serve) -> None:
    server = serve(echo)
    managed.options["keepalive_seconds"] = 0.05
    managed.send(request(server.url), request(server.url), between=lambda: threading.Event().wait(0.2))
    assert server.accepted == 2


def test_a_full_pool_is_waited_for_and_nothing_sent(wire: Wire, serve: Serve) -> None:
    received, finished = threading.Event(), threading.Event()

    def handle(connection: socket.socket) -> None:
        receive(connection)
        received.set()
        finished.wait(20)
        connection.sendall(PLAIN)

    server = serve(handle)
    wire.options["max_connections"] = 1
    with wire.open() as line:
        outcome = line.send_during(request(server.url), received, request(server.url), 0.3, finished.set)
    assert isinstance(outcome, TransportError)
    assert outcome.timed_out
    assert not outcome.sent
    assert str(outcome) == "no connection in time"
    assert server.accepted == 1


def test_a_cancelled_request_leaves_the_pool_usable(wire: Wire, serve: Serve) -> None:
    if not wire.is_async:
        pytest.skip("threads can't be cancelled")
    first = threading.Event()

    def handle(connection: socket.socket) -> None:
        receive(connection)
        if first.is_set():
            connection.sendall(PLAIN)
        else:
            first.set()
            connection.recv(1)

    server = serve(handle)
    wire.options["max_connections"] = 1

    with wire.open() as line:
        transport = cast("AsyncTransport", line.transport)

        async def cancel() -> bytes:
            task = asyncio.create_task(transport.send(request(server.url), timeout=5))
            await asyncio.to_thread(first.wait, 5)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            return (await transport.send(request(server.url), timeout=2)).content

        assert line.run(cancel()) == BODY
    assert server.accepted == 2


FORK = """
import asyncio, os, sys
from tests.unit.runtime.sockets import request
from tests.unit.transport.wires import Line, Wire
with Wire(sys.argv[1], sys.argv[2] == "async").open() as line:
    if sys.argv[4] == "used":
        line.send(request(sys.argv[3]))
    child = os.fork()
    name = b"parent" if child else b"child"
    with asyncio.Runner() as runner:  # an event loop doesn't survive a fork
        of_process = line if child else Line(line.transport, runner)
        for _ in range(3):
            assert of_process.send(request(sys.argv[3], name)).content == name
    if not child:
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
@pytest.mark.parametrize("before", ["used", "unused"])
def test_a_fork_does_not_talk_on_its_parents_connections(managed: Wire, serve: Serve, before: str) -> None:
    server = serve(echo)
    kind = "async" if managed.is_async else "sync"
    code = [sys.executable, "-c", FORK, managed.library, kind, server.url, before]
    subprocess.run(code, check=True, cwd=ROOT, timeout=30)
    assert server.accepted == 2


def test_it_goes_from_one_event_loop_to_the_next(managed: Wire, serve: Serve) -> None:
    server = serve(echo)
    with managed.open() as line, asyncio.Runner() as first, asyncio.Runner() as second:
        for number in range(6):
            of_loop = Line(line.transport, (first, second)[number % 2])
            assert of_loop.send(request(server.url, b"%d" % number)).content == b"%d" % number
        for runner in (second, first):
            Line(line.transport, runner).close()
    assert server.accepted <= 2


def test_a_closed_transport_sends_nothing(wire: Wire, serve: Serve) -> None:
    server = serve(answering(PLAIN, PLAIN))
    with wire.open() as line:
        line.send(request(server.url))
        line.close()
        line.close()
        with pytest.raises(TransportError, match="is closed") as caught:
            line.send(request(server.url))
    assert not caught.value.sent


def test_closing_gives_up_connections(managed: Wire, serve: Serve) -> None:
    server = serve(echo)
    with managed.open() as line:
        line.send(request(server.url))
        line.close()
        assert server.finished.acquire(timeout=5)


@pytest.mark.parametrize("library", MANAGED)
def test_so_does_dropping_it(serve: Serve, library: Library) -> None:
    server = serve(echo)
    transport = Httpx2Transport() if library == "httpx2" else PyreqwestTransport()
    transport.send(request(server.url), timeout=5)
    del transport
    gc.collect()
    assert server.finished.acquire(timeout=5)


REFUSED = """
import sys
from bubblehouse import transport
try:
    getattr(transport, sys.argv[1])().send(transport.Request("POST", "http://127.0.0.1:9/", (), b""), timeout=5)
except transport.TransportError:
    print(*sys.modules)
"""


@pytest.mark.parametrize(
    ("transport", "needless"),
    [
        ("Httpx2Transport", {"asyncio", "httpx2", "urllib.request"}),
        ("PyreqwestTransport", {"asyncio", "httpcore2", "ssl"}),
    ],
)
def test_a_blocking_one_loads_only_what_it_stands_on(transport: str, needless: set[str]) -> None:
    code = [sys.executable, "-c", REFUSED, transport]
    loaded = subprocess.run(code, capture_output=True, text=True, check=True, cwd=ROOT).stdout.split()
    assert "bubblehouse.transport" in loaded
    assert not needless & set(loaded)
