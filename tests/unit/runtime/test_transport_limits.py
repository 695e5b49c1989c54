"""The default transports on real sockets: how long they wait, and how much they read."""

import contextlib
import gzip
import socket
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from tests.unit.runtime.sockets import BODY, PLAIN, Serve, Server, Wire, answering, failure, receive, request

from bubblehouse.transport import Httpx2Transport, TransportError

SLACK = 2.0  # how much a deadline may be overrun: milliseconds in fact, but the machine may be busy


# --- when ---------------------------------------------------------------------------------------------------------


def test_a_server_that_never_answers(wire: Wire, serve: Serve) -> None:
    server: Server

    def handle(connection: socket.socket) -> None:
        receive(connection)
        server.wait(5)

    server = serve(handle)
    started = time.monotonic()
    error = failure(wire, server.url, timeout=0.3)
    assert 0.29 < time.monotonic() - started < 0.3 + SLACK
    assert error.sent
    assert error.timed_out
    assert "no complete answer in time" in str(error)


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
    server: Server

    def handle(connection: socket.socket) -> None:
        receive(connection)
        for index in range(len(dripped)):
            connection.sendall(dripped[index : index + 1])
            if server.wait(0.02):
                return

    server = serve(handle)
    started = time.monotonic()
    error = failure(wire, server.url, timeout=0.25)
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
    assert failure(wire, server.url, timeout=0.55).timed_out
    assert time.monotonic() - started < 0.55 + SLACK


def test_a_server_that_does_not_read(wire: Wire, serve: Serve) -> None:
    server: Server

    def handle(connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        server.wait(5)

    server = serve(handle)
    started = time.monotonic()
    with pytest.raises(TransportError) as caught:
        wire.send(request(server.url, b"x" * 30_000_000), timeout=0.3)
    assert time.monotonic() - started < 0.3 + SLACK
    assert caught.value.timed_out
    assert caught.value.sent


@contextlib.contextmanager
def full(address: tuple[str, int]) -> Iterator[int]:
    """Listen without accepting, with a backlog that is full. Yields the port."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(address)
        listener.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.settimeout(0)
            waiting.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


def test_a_server_that_does_not_accept(wire: Wire) -> None:
    with full(("127.0.0.1", 0)) as port:
        started = time.monotonic()
        error = failure(wire, f"http://127.0.0.1:{port}/", timeout=0.3)
        assert time.monotonic() - started < 0.3 + SLACK
    assert error.timed_out
    assert not error.sent
    assert "no connection in time" in str(error)


def test_a_server_that_never_shakes_hands(wire: Wire, serve: Serve) -> None:
    server: Server

    def handle(connection: socket.socket) -> None:
        del connection
        server.wait(5)

    server = serve(handle)
    started = time.monotonic()
    error = failure(wire, server.url.replace("http://", "https://"), timeout=0.3)
    assert time.monotonic() - started < 0.3 + SLACK
    assert error.timed_out
    assert not error.sent


def test_a_name_that_takes_long_to_look_up(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*_: object, **__: object) -> list[object]:
        time.sleep(0.6)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    started = time.monotonic()
    with pytest.raises(TransportError) as caught:
        wire.send(request("http://slow.test/"), timeout=0.2)
    elapsed = time.monotonic() - started
    assert caught.value.timed_out
    assert not caught.value.sent
    if not wire.is_async:  # asyncio.run itself waits for the thread at its end
        assert elapsed < 0.2 + SLACK


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
        assert transport.send(request(server.url.replace("127.0.0.1", "two.test")), timeout=1).content == BODY
    transport.close()


# --- how much -----------------------------------------------------------------------------------------------------


def test_gzip_is_undone(wire: Wire, serve: Serve) -> None:
    packed = gzip.compress(BODY)
    answer = b"HTTP/1.1 200 OK\r\nContent-Encoding: GZip\r\nContent-Length: %d\r\n\r\n%s" % (len(packed), packed)
    assert wire.send(request(serve(answering(answer)).url)).content == BODY


def test_an_empty_body_needs_no_gzip(wire: Wire, serve: Serve) -> None:
    answer = b"HTTP/1.1 204 No Content\r\nContent-Encoding: gzip\r\n\r\n"
    assert wire.send(request(serve(answering(answer)).url)).content == b""


@pytest.mark.parametrize(
    ("coding", "body", "problem"),
    [
        (b"gzip", BODY, "not the gzip"),
        (b"gzip", gzip.compress(BODY)[:-9], "in the middle of its gzip"),
        (b"br", BODY, "not asked for"),
        (b"gzip, gzip", gzip.compress(gzip.compress(BODY)), "not asked for"),
        (b"deflate", zlib.compress(BODY), "not asked for"),
    ],
    ids=["plain", "half", "brotli", "twice", "deflate"],
)
def test_what_cannot_be_unpacked_is_an_error(
    wire: Wire, serve: Serve, coding: bytes, body: bytes, problem: str
) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n%s" % (coding, len(body), body)
    error = failure(wire, serve(answering(answer)).url)
    assert problem in str(error)
    assert error.sent


@pytest.mark.parametrize("size", [1000, 1001])
@pytest.mark.parametrize("packed", [False, True])
def test_an_answer_is_read_up_to_the_limit_and_no_further(wire: Wire, serve: Serve, size: int, *, packed: bool) -> None:
    wire.options["max_response_bytes"] = 1000
    body = gzip.compress(b"x" * size) if packed else b"x" * size
    coding = b"gzip" if packed else b"identity"
    answer = b"HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n%s" % (coding, len(body), body)
    server = serve(answering(answer))
    if size == 1000:
        assert wire.send(request(server.url)).content == b"x" * 1000
    else:
        error = failure(wire, server.url)
        assert "larger than 1000 bytes" in str(error)
        assert error.sent


def test_a_bomb_is_not_unpacked(wire: Wire, serve: Serve) -> None:
    wire.options["max_response_bytes"] = 1_000_000
    bomb = gzip.compress(bytes(50_000_000), 9)
    answer = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s" % (len(bomb), bomb)
    server = serve(answering(answer))
    tracemalloc.start()
    error = failure(wire, server.url)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "larger than 1000000 bytes" in str(error)
    assert peak < 10_000_000


def test_nor_is_endless_packing_of_nothing_read(wire: Wire, serve: Serve) -> None:
    wire.options["max_response_bytes"] = 10_000
    empty = zlib.compressobj(wbits=31)
    nothing = empty.compress(b"") + empty.flush(zlib.Z_FULL_FLUSH) + b"\x00\x00\x00\xff\xff" * 4000  # empty blocks
    answer = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + nothing
    assert "larger than 10000 bytes" in str(failure(wire, serve(answering(answer)).url))


def test_the_default_limit_is_generous(wire: Wire, serve: Serve) -> None:
    body = b"x" * 16 * 1024 * 1024
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"
    assert len(wire.send(request(serve(answering(head % len(body) + body)).url)).content) == len(body)
    error = failure(wire, serve(answering(head % (len(body) + 1) + body + b"x")).url)
    assert "larger than 16777216 bytes" in str(error)
