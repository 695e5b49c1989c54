"""The default transports on real sockets: what comes back, what went wrong, whether anything was sent, and when."""

import asyncio
import gzip
import socket
import struct
import threading
import time
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from bubblehouse.transport import AsyncHttpx2Transport, Httpx2Transport, Request, TransportError

if TYPE_CHECKING:
    from tests.unit.runtime.conftest import Handler, Server, Wire

Serve = Callable[["Handler"], "Server"]

BODY = b'{"code": "x", "pts": 1}'
PLAIN = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)
SLACK = 0.4  # how much a deadline may be overrun: milliseconds in fact, but the machine may be busy


def request(url: str, content: bytes = b'{"pts": 5}') -> Request:
    return Request("POST", url, (("Authorization", "Bearer a.b.c"), ("Content-Type", "application/json")), content)


def receive(connection: socket.socket) -> bytes:
    """Read one request to its end."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(
        next(line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")).split(b":")[1]
    )
    while len(body) < length:
        body += _more(connection)
    return head + b"\r\n\r\n" + body


def _more(connection: socket.socket) -> bytes:
    data = connection.recv(65536)
    if not data:
        raise ConnectionError("the client has left")
    return data


def answering(*answers: bytes) -> "Handler":
    """Answer each request on a connection, then close it."""

    def handle(connection: socket.socket) -> None:
        for answer in answers:
            receive(connection)
            connection.sendall(answer)

    return handle


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def failure(wire: "Wire", url: str, timeout: float = 5.0) -> TransportError:
    with pytest.raises(TransportError) as caught:
        wire.send(request(url), timeout=timeout)
    assert "a.b.c" not in str(caught.value)
    return caught.value


# --- what comes back ----------------------------------------------------------------------------------------------


def test_bytes_out_and_bytes_in(wire: "Wire", serve: Serve) -> None:
    seen: list[bytes] = []

    def handle(connection: socket.socket) -> None:
        seen.append(receive(connection))
        connection.sendall(b"HTTP/1.1 422 Whatever\r\nX-Two: a\r\nx-two: \xe9\r\nContent-Length: 2\r\n\r\n{}")

    server = serve(handle)
    response = wire.send(request(server.url))
    assert (response.status, response.content) == (422, b"{}")
    assert response.headers == (("X-Two", "a"), ("x-two", "é"), ("Content-Length", "2"))
    head, _, body = seen[0].partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert lines[0] == b"POST /api/v1/my-shop/Call1 HTTP/1.1"
    assert b"Host: " + server.url.split("/")[2].encode() in lines
    assert b"Authorization: Bearer a.b.c" in lines
    assert b"Content-Length: 10" in lines
    assert body == b'{"pts": 5}'


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n"
        + BODY[:4]
        + b"\r\n13\r\n"
        + BODY[4:]
        + b"\r\n0\r\n\r\n",
        b"HTTP/1.0 200 OK\r\n\r\n" + BODY,
        b"HTTP/1.1 100 Continue\r\n\r\n" + PLAIN,
        b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + PLAIN,
        b"HTTP/1.1 200 OK\r\nContent-Encoding: identity\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY),
    ],
)
def test_however_it_is_framed(wire: "Wire", serve: Serve, answer: bytes) -> None:
    assert wire.send(request(serve(answering(answer)).url)).content == BODY


def test_connections_are_used_again(wire: "Wire", serve: Serve) -> None:
    server = serve(answering(PLAIN, PLAIN, PLAIN))
    assert wire.send(*[request(server.url)] * 3).content == BODY
    assert server.accepted == 1


def test_one_that_the_server_has_closed_is_not(wire: "Wire", serve: Serve) -> None:
    server = serve(answering(PLAIN))
    closed = server.finished.acquire
    assert wire.send(request(server.url), request(server.url), between=closed).content == BODY
    assert server.accepted == 2


def test_redirects_are_not_followed(wire: "Wire", serve: Serve) -> None:
    target = serve(answering(PLAIN))
    location = target.url.encode()
    server = serve(answering(b"HTTP/1.1 302 Found\r\nLocation: " + location + b"\r\nContent-Length: 0\r\n\r\n"))
    assert wire.send(request(server.url)).status == 302
    assert target.accepted == 0


def test_cookies_are_not_kept(wire: "Wire", serve: Serve) -> None:
    seen: list[bytes] = []

    def handle(connection: socket.socket) -> None:
        for _ in range(2):
            seen.append(receive(connection))
            connection.sendall(b"HTTP/1.1 200 OK\r\nSet-Cookie: session=ada\r\nContent-Length: 0\r\n\r\n")

    wire.send(*[request(serve(handle).url)] * 2)
    assert len(seen) == 2
    assert b"cookie" not in seen[1].lower()


# --- whether anything was sent ------------------------------------------------------------------------------------


def test_a_refused_connection_sent_nothing(wire: "Wire") -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    error = failure(wire, url)
    assert not error.sent
    assert not error.timed_out
    assert "could not connect" in str(error)


def test_an_unknown_host_was_sent_nothing(wire: "Wire") -> None:
    error = failure(wire, "http://no-such-host.invalid/")
    assert not error.sent
    assert "could not connect" in str(error)


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "http://", "nonsense", "http://127.0.0.1:99999/"])
def test_an_address_that_cannot_be_sent_to_was_sent_nothing(wire: "Wire", url: str) -> None:
    assert not failure(wire, url).sent


def test_a_header_that_http_does_not_allow_is_not_sent_and_not_shown(wire: "Wire", serve: Serve) -> None:
    server = serve(answering(PLAIN))
    with pytest.raises(TransportError) as caught:
        wire.send(Request("POST", server.url, (("Authorization", "Bearer a\r\nX: b"),), b""))
    assert not caught.value.sent
    assert "Bearer" not in str(caught.value)
    assert caught.value.__cause__ is None


def close_at_once(connection: socket.socket) -> None:
    del connection


def close_after_reading(connection: socket.socket) -> None:
    receive(connection)


def reset_after_reading(connection: socket.socket) -> None:
    receive(connection)
    reset(connection)


@pytest.mark.parametrize(
    "handle",
    [
        close_at_once,
        close_after_reading,
        reset_after_reading,
        answering(b"HTTP/1.1 200 OK\r\nContent-Len"),
        answering(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"),
        answering(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{"),
        answering(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{"),
        answering(b"\x00\xff garbage \r\n\r\n"),
        answering(b"SSH-2.0-OpenSSH_9.6\r\n"),
        answering(b"HTTP/1.1 OK\r\n\r\n"),
        answering(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000),
        answering(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n"),
    ],
)
def test_a_connection_that_breaks_may_have_carried_the_request(wire: "Wire", serve: Serve, handle: "Handler") -> None:
    error = failure(wire, serve(handle).url)
    assert error.sent
    assert not error.timed_out


def test_a_reset_before_anything_was_read_counts_as_sent_unless_it_hit_the_connecting(
    wire: "Wire", serve: Serve
) -> None:
    error = failure(wire, serve(reset).url)
    assert error.sent is ("could not connect" not in str(error))
    assert not error.timed_out


def test_a_connection_that_breaks_when_it_is_used_again_may_have_carried_it_too(wire: "Wire", serve: Serve) -> None:
    def handle(connection: socket.socket) -> None:
        receive(connection)
        connection.sendall(PLAIN)
        receive(connection)

    server = serve(handle)
    with pytest.raises(TransportError) as caught:
        wire.send(request(server.url), request(server.url))
    assert caught.value.sent
    assert server.accepted == 1


# --- when ---------------------------------------------------------------------------------------------------------


def test_a_server_that_never_answers(wire: "Wire", serve: Serve) -> None:
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
)
def test_a_server_that_drips(wire: "Wire", serve: Serve, dripped: bytes) -> None:
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


def test_a_server_that_drips_and_then_stops(wire: "Wire", serve: Serve) -> None:
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


def test_a_server_that_does_not_read(wire: "Wire", serve: Serve) -> None:
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


def test_a_server_that_does_not_accept(wire: "Wire") -> None:
    """A full backlog: the connection is never made, so nothing was sent."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.settimeout(0)
            each.connect_ex(listener.getsockname())
        started = time.monotonic()
        error = failure(wire, f"http://127.0.0.1:{listener.getsockname()[1]}/", timeout=0.3)
        assert time.monotonic() - started < 0.3 + SLACK
        for each in waiting:
            each.close()
    assert error.timed_out
    assert not error.sent
    assert "no connection in time" in str(error)


def test_a_server_that_never_shakes_hands(wire: "Wire", serve: Serve) -> None:
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


def test_a_name_that_takes_long_to_look_up(wire: "Wire", monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_a_host_with_a_dead_address_gets_a_turn_at_the_next(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    server = serve(answering(PLAIN))
    look_up = socket.getaddrinfo

    def two(host: str, *rest: object, **options: object) -> list[object]:
        hosts = ["127.0.0.2", "127.0.0.1"] if host == "two.test" else [host]
        return [row for each in hosts for row in look_up(each, *rest, **options)]  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", two)
    transport = Httpx2Transport()
    assert transport.send(request(server.url.replace("127.0.0.1", "two.test")), timeout=2).content == BODY
    transport.close()


# --- how much -----------------------------------------------------------------------------------------------------


def test_gzip_is_undone(wire: "Wire", serve: Serve) -> None:
    packed = gzip.compress(BODY)
    answer = b"HTTP/1.1 200 OK\r\nContent-Encoding: GZip\r\nContent-Length: %d\r\n\r\n%s" % (len(packed), packed)
    assert wire.send(request(serve(answering(answer)).url)).content == BODY


def test_an_empty_body_needs_no_gzip(wire: "Wire", serve: Serve) -> None:
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
)
def test_what_cannot_be_unpacked_is_an_error(
    wire: "Wire", serve: Serve, coding: bytes, body: bytes, problem: str
) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n%s" % (coding, len(body), body)
    error = failure(wire, serve(answering(answer)).url)
    assert problem in str(error)
    assert error.sent


@pytest.mark.parametrize("size", [1000, 1001])
@pytest.mark.parametrize("packed", [False, True])
def test_an_answer_is_read_up_to_the_limit_and_no_further(
    wire: "Wire", serve: Serve, size: int, *, packed: bool
) -> None:
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


def test_a_bomb_is_not_unpacked(wire: "Wire", serve: Serve) -> None:
    bomb = gzip.compress(bytes(50 * 1024 * 1024), 1)
    answer = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s" % (len(bomb), bomb)
    assert "larger than 16777216 bytes" in str(failure(wire, serve(answering(answer)).url))


def test_nor_is_endless_packing_of_nothing_read(wire: "Wire", serve: Serve) -> None:
    wire.options["max_response_bytes"] = 10_000
    empty = zlib.compressobj(wbits=31)
    nothing = empty.compress(b"") + b"".join(empty.flush(zlib.Z_FULL_FLUSH) for _ in range(2)) * 4000
    answer = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + nothing
    assert failure(wire, serve(answering(answer)).url).sent


# --- its life -----------------------------------------------------------------------------------------------------


def test_a_full_pool_is_waited_for_and_nothing_sent(serve: Serve) -> None:
    server: Server

    def handle(connection: socket.socket) -> None:
        receive(connection)
        server.wait(0.5)
        connection.sendall(PLAIN)

    server = serve(handle)
    transport = Httpx2Transport(max_connections=1)
    first = threading.Thread(target=transport.send, args=(request(server.url),), kwargs={"timeout": 5})
    first.start()
    while server.accepted == 0:
        time.sleep(0.01)
    started = time.monotonic()
    with pytest.raises(TransportError) as caught:
        transport.send(request(server.url), timeout=0.2)
    assert time.monotonic() - started < 0.2 + SLACK
    assert caught.value.timed_out
    assert not caught.value.sent
    first.join()
    transport.close()


def test_a_closed_transport_sends_nothing(serve: Serve) -> None:
    server = serve(answering(PLAIN))
    transport = Httpx2Transport()
    transport.send(request(server.url), timeout=5)
    transport.close()
    transport.close()
    with pytest.raises(TransportError, match="is closed") as caught:
        transport.send(request(server.url), timeout=5)
    assert not caught.value.sent


def test_each_event_loop_has_its_own_connections(serve: Serve) -> None:
    server = serve(answering(PLAIN, PLAIN))
    transport = AsyncHttpx2Transport()

    async def use() -> bytes:
        return (await transport.send(request(server.url), timeout=5)).content

    async def close() -> None:
        await transport.aclose()
        await transport.aclose()
        with pytest.raises(TransportError, match="is closed"):
            await use()

    with asyncio.Runner() as first, asyncio.Runner() as second:
        assert [runner.run(use()) for runner in (first, second, first, second)] == [BODY] * 4
        assert server.accepted == 2
        second.run(close())
        first.run(close())
