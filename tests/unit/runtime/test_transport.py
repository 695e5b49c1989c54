"""The default transports on real sockets: what comes back, and what went wrong, with anything sent or not."""

import asyncio
import socket
import struct
import threading
import traceback

import pytest
from tests.unit.runtime.sockets import BODY, PLAIN, Handler, Serve, Wire, answering, failure, receive, request

from bubblehouse.transport import AsyncHttpx2Transport, Httpx2Transport, Request, TransportError


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


# --- what comes back ----------------------------------------------------------------------------------------------


def test_bytes_out_and_bytes_in(wire: Wire, serve: Serve) -> None:
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
def test_however_it_is_framed(wire: Wire, serve: Serve, answer: bytes) -> None:
    assert wire.send(request(serve(answering(answer)).url)).content == BODY


def test_connections_are_used_again(wire: Wire, serve: Serve) -> None:
    server = serve(answering(PLAIN, PLAIN, PLAIN))
    assert wire.send(*[request(server.url)] * 3).content == BODY
    assert server.accepted == 1


def test_one_that_the_server_has_closed_is_not(wire: Wire, serve: Serve) -> None:
    server = serve(answering(PLAIN))
    closed = server.finished.acquire
    assert wire.send(request(server.url), request(server.url), between=closed).content == BODY
    assert server.accepted == 2


def test_redirects_are_not_followed(wire: Wire, serve: Serve) -> None:
    target = serve(answering(PLAIN))
    location = target.url.encode()
    server = serve(answering(b"HTTP/1.1 302 Found\r\nLocation: " + location + b"\r\nContent-Length: 0\r\n\r\n"))
    assert wire.send(request(server.url)).status == 302
    assert target.accepted == 0


def test_cookies_are_not_kept(wire: Wire, serve: Serve) -> None:
    seen: list[bytes] = []

    def handle(connection: socket.socket) -> None:
        for _ in range(2):
            seen.append(receive(connection))
            connection.sendall(b"HTTP/1.1 200 OK\r\nSet-Cookie: session=ada\r\nContent-Length: 0\r\n\r\n")

    wire.send(*[request(serve(handle).url)] * 2)
    assert len(seen) == 2
    assert b"cookie" not in seen[1].lower()


# --- whether anything was sent ------------------------------------------------------------------------------------


def test_a_refused_connection_sent_nothing(wire: Wire) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    error = failure(wire, url)
    assert not error.sent
    assert not error.timed_out
    assert "could not connect" in str(error)


def test_an_unknown_host_was_sent_nothing(wire: Wire) -> None:
    error = failure(wire, "http://no-such-host.invalid/")
    assert not error.sent
    assert "could not connect" in str(error)


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "http://", "nonsense", "http://127.0.0.1:99999/"])
def test_an_address_that_cannot_be_sent_to_was_sent_nothing(wire: Wire, url: str) -> None:
    assert not failure(wire, url).sent


def test_a_header_that_http_does_not_allow_is_not_sent_and_not_shown(wire: Wire, serve: Serve) -> None:
    server = serve(answering(PLAIN))
    with pytest.raises(TransportError) as caught:
        wire.send(Request("POST", server.url, (("Authorization", "Bearer a\r\nX: b"),), b""))
    assert not caught.value.sent
    assert "Bearer" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("answer", [b"eyJhbGci.x.y\r\n\r\n", b"HTTP/1.1 200 OK\r\neyJhbGci.x.y\r\n\r\n"])
def test_an_answer_that_repeats_the_token_where_http_has_no_place_for_it_is_not_shown(
    wire: Wire, serve: Serve, answer: bytes
) -> None:
    server = serve(answering(answer))
    with pytest.raises(TransportError) as caught:
        wire.send(request(server.url), timeout=5)
    assert caught.value.sent
    assert "eyJ" not in "".join(traceback.format_exception(caught.value))


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
def test_a_connection_that_breaks_may_have_carried_the_request(wire: Wire, serve: Serve, handle: Handler) -> None:
    error = failure(wire, serve(handle).url)
    assert error.sent
    assert not error.timed_out


def test_a_reset_before_anything_was_read_counts_as_sent_unless_it_hit_the_connecting(wire: Wire, serve: Serve) -> None:
    error = failure(wire, serve(reset).url)
    assert error.sent is ("could not connect" not in str(error))
    assert not error.timed_out


def test_a_connection_that_breaks_when_it_is_used_again_may_have_carried_it_too(wire: Wire, serve: Serve) -> None:
    def handle(connection: socket.socket) -> None:
        receive(connection)
        connection.sendall(PLAIN)
        receive(connection)

    server = serve(handle)
    with pytest.raises(TransportError) as caught:
        wire.send(request(server.url), request(server.url))
    assert caught.value.sent
    assert server.accepted == 1


# --- its life -----------------------------------------------------------------------------------------------------


def test_a_full_pool_is_waited_for_and_nothing_sent(serve: Serve) -> None:
    def handle(connection: socket.socket) -> None:
        receive(connection)
        accepted.set()
        finished.wait(30)
        connection.sendall(PLAIN)

    accepted, finished = threading.Event(), threading.Event()
    server = serve(handle)
    transport = Httpx2Transport(max_connections=1)
    first = threading.Thread(target=transport.send, args=(request(server.url),), kwargs={"timeout": 5})
    first.start()
    assert accepted.wait(30)
    with pytest.raises(TransportError) as caught:
        transport.send(request(server.url), timeout=0.2)
    assert caught.value.timed_out
    assert not caught.value.sent
    finished.set()
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
