"""How long a transport waits, on real sockets."""

import contextlib
import gzip
import socket
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from tests.unit.runtime.sockets import BODY, PLAIN, Serve, Server, answering, full, receive, request
from tests.unit.transport.wires import OWN, Wire

from bubblehouse.transport import Httpx2Transport, TransportError

SLACK = 2.0  # how much a deadline may be overrun: milliseconds in fact, but the machine may be busy


def test_a_server_that_never_answers(wire: Wire, serve: Serve) -> None:
    server: Server

    def handle(connection: socket.socket) -> None:
        receive(connection)
        server.wait(5)

    server = serve(handle)
    started = time.monotonic()
    error = wire.failure(server.url, timeout=0.3)
    assert 0.29 < time.monotonic() - started < 0.3 + SLACK
    assert error.sent
    assert error.timed_out
    assert "no complete answer in time" in str(error)


def drips_without_end(wire: Wire, dripped: bytes) -> bool:
    return wire.library in OWN and not wire.is_async and not dripped.startswith(b"HTTP/1.1 200 OK\r\nContent-Length")


@pytest.mark.parametrize("drips", [False, True], ids=["silent", "dripping"])
def test_a_second_is_a_second(wire: Wire, serve: Serve, *, drips: bool) -> None:
    server: Server

    def handle(connection: socket.socket) -> None:
        receive(connection)
        if drips:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while not server.wait(0.05):
            connection.sendall(b"x" if drips else b"")

    server = serve(handle)
    with wire.open() as line:
        for _ in range(3):  # a busy machine gets another chance; a deadline that isn't kept never ends in time
            started = time.monotonic()
            with pytest.raises(TransportError) as caught:
                line.send(request(server.url), timeout=1)
            elapsed = time.monotonic() - started
            assert caught.value.timed_out
            assert caught.value.sent
            if elapsed < 1.2:
                break
        assert 0.99 < elapsed < 1.2


@pytest.mark.parametrize(
    "dripped",
    [
        b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 1000,
        b"HTTP/1.1 100 Continue\r\n\r\n" * 50,
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"x" * 1000,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 200,
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(bytes(range(256)) * 9, 0),
    ],
    ids=["header", "interim answers", "body", "chunks", "gzip"],
)
def test_a_server_that_drips(wire: Wire, serve: Serve, dripped: bytes) -> None:
    if drips_without_end(wire, dripped):
        pytest.skip("httpx can't be stopped before the head of an answer is there; HttpxTransport says so")
    server: Server

    def handle(connection: socket.socket) -> None:
        receive(connection)
        for index in range(len(dripped)):
            connection.sendall(dripped[index : index + 1])
            if server.wait(0.02):
                return

    server = serve(handle)
    started = time.monotonic()
    error = wire.failure(server.url, timeout=0.25)
    assert 0.24 < time.monotonic() - started < 0.25 + SLACK
    assert error.sent
    assert error.timed_out


def test_a_server_that_drips_and_then_stops(wire: Wire, serve: Serve) -> None:
    """The wait that is under way when dripping stops must be as short as the rest, not as long as the whole."""
    server: Server

    def handle(connection: socket.socket) -> None:
        receive(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n")
        server.wait(0.5)
        connection.sendall(b"x")
        server.wait(5)

    server = serve(handle)
    started = time.monotonic()
    assert wire.failure(server.url, timeout=0.55).timed_out
    assert time.monotonic() - started < 0.55 + SLACK


def test_a_server_that_does_not_read(wire: Wire, serve: Serve) -> None:
    server: Server

    def handle(connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        server.wait(5)

    server = serve(handle)
    started = time.monotonic()
    with pytest.raises(TransportError) as caught:
        wire.send(request(server.url, b"x" * 30_000_000), timeout=1)
    assert time.monotonic() - started < 1 + SLACK
    assert caught.value.timed_out
    assert caught.value.sent


def test_a_server_that_does_not_accept(wire: Wire) -> None:
    with full(("127.0.0.1", 0)) as port:
        started = time.monotonic()
        error = wire.failure(f"http://127.0.0.1:{port}/", timeout=0.3)
        assert time.monotonic() - started < 0.3 + SLACK
    assert error.timed_out
    assert error.sent is wire.counts_as_sent
    assert str(error) == ("no complete answer in time" if error.sent else "no connection in time")


def test_a_server_that_never_shakes_hands(wire: Wire, serve: Serve) -> None:
    server: Server

    def handle(connection: socket.socket) -> None:
        del connection
        server.wait(5)

    server = serve(handle)
    started = time.monotonic()
    error = wire.failure(server.url.replace("http://", "https://"), timeout=0.3)
    assert time.monotonic() - started < 0.3 + SLACK
    assert error.timed_out
    assert error.sent is wire.counts_as_sent


@pytest.mark.parametrize("is_async", [False, True])
def test_a_name_that_takes_long_to_look_up(monkeypatch: pytest.MonkeyPatch, *, is_async: bool) -> None:
    def slow(*_: object, **__: object) -> list[object]:
        time.sleep(1.5)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    with Wire("httpx2", is_async).open() as line:
        started = time.monotonic()
        with pytest.raises(TransportError) as caught:
            line.send(request("http://slow.test/"), timeout=0.2)
        elapsed = time.monotonic() - started
    assert caught.value.timed_out
    assert not caught.value.sent
    assert elapsed < 1.2


@pytest.mark.parametrize("dead", [contextlib.nullcontext, full])
def test_a_host_with_a_dead_address_gets_a_turn_at_the_next(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, dead: Callable[[tuple[str, int]], AbstractContextManager[object]]
) -> None:
    server = serve(answering(PLAIN))
    look_up = socket.getaddrinfo

    def two(host: str, *rest: object, **options: object) -> list[object]:
        hosts = ["127.0.0.2", "127.0.0.1"] if host == "two.test" else [host]
        return [row for each in hosts for row in look_up(each, *rest, **options)]  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", two)
    transport = Httpx2Transport()
    with dead(("127.0.0.2", int(server.url.split("/")[2].partition(":")[2]))):
        assert transport.send(request(server.url.replace("127.0.0.1", "two.test")), timeout=3).content == BODY
    transport.close()
