"""How a request fails on real sockets, and whether anything of it was sent."""

import socket
import struct
import threading
import traceback

import pytest
from tests.unit.runtime.sockets import PLAIN, Handler, Serve, answering, receive, request
from tests.unit.transport.wires import Wire

from bubblehouse.transport import Request, TransportError
from bubblehouse.transport._deadline import DeadlineBackend


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def test_a_refused_connection_sent_nothing(wire: Wire) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    error = wire.failure(url)
    assert not error.sent
    assert not error.timed_out
    assert "could not connect" in str(error)


def test_an_unknown_host_was_sent_nothing(wire: Wire) -> None:
    error = wire.failure("http://no-such-host.invalid/")
    assert not error.sent
    assert "could not connect" in str(error)


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "http://", "nonsense", "http://127.0.0.1:99999/"])
def test_an_address_that_cannot_be_sent_to_was_sent_nothing(wire: Wire, url: str) -> None:
    assert not wire.failure(url).sent


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
    error = wire.failure(serve(handle).url)
    assert error.sent
    assert not error.timed_out


def test_a_reset_before_anything_was_read_counts_as_sent_unless_it_hit_the_connecting(wire: Wire, serve: Serve) -> None:
    error = wire.failure(serve(reset).url)
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


def test_what_a_server_says_before_it_breaks_off_counts(serve: Serve) -> None:
    connected = threading.Event()

    def refuse(connection: socket.socket) -> None:
        connected.wait(5)
        connection.sendall(b"HTTP/1.1 503 Busy\r\n\r\n")
        reset(connection)

    server = serve(refuse)
    stream = DeadlineBackend().connect_tcp("127.0.0.1", int(server.url.split(":")[2].split("/")[0]), 5.0)
    connected.set()
    assert server.finished.acquire(timeout=5)
    stream.write(b"POST / HTTP/1.1\r\n\r\n", 5.0)
    assert stream.read(100, 5.0) == b"HTTP/1.1 503 Busy\r\n\r\n"
    stream.close()
