"""Connections on which no request comes to be: they are closed, or refused in the API's words, and hinder nobody."""

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from bubblehouse_mock.mock import BubblehouseMock
from bubblehouse_mock.serving import protocols, server

GOOD = b"GET /api/v2023061/demo-shop/CustomerBalance3 HTTP/1.1\r\nhost: x\r\n\r\n"
Connect = Callable[[], socket.socket]
Hurry = Callable[[], None]


@pytest.fixture(params=[protocols.CarefulH11, protocols.CarefulHttpTools], ids=["h11", "httptools"])
def connect(
    mock: BubblehouseMock, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Connect]:
    """A server with either protocol."""
    monkeypatch.setattr(server, "FASTEST", request.param)
    with ExitStack() as stack:
        port = int(stack.enter_context(server.running(mock)).rpartition(":")[2].removesuffix("/api"))

        def connect() -> socket.socket:
            return stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))

        yield connect


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> Hurry:
    """Let the server have little patience from now on."""
    return lambda: monkeypatch.setattr(protocols, "PATIENCE", 0.5)


def received(connection: socket.socket) -> bytes:
    """All that arrives until the other side closes."""
    found = b""
    while chunk := connection.recv(65_536):
        found += chunk
    return found


def answered(connection: socket.socket) -> bytes:
    """What arrives at once."""
    return connection.recv(65_536)


@pytest.mark.parametrize("start", [b"", GOOD[:1], GOOD[:-2], b"POST /x HTTP/1.1\r\ncontent-le"])
def test_a_head_that_never_comes_to_its_end(connect: Connect, hurry: Hurry, start: bytes) -> None:
    hurry()
    connection = connect()
    connection.sendall(start)
    assert received(connection) == b""


def drip(connection: socket.socket) -> None:
    for byte in GOOD * 100:
        connection.sendall(bytes([byte]))
        time.sleep(0.02)


def test_a_head_that_drips(connect: Connect, hurry: Hurry) -> None:
    hurry()
    connection, began = connect(), time.monotonic()
    with pytest.raises(OSError, match=r"reset|pipe"):
        drip(connection)
    assert time.monotonic() - began < 5


def test_a_second_head_on_a_kept_connection(connect: Connect, hurry: Hurry) -> None:
    connection = connect()
    for _ in range(3):
        connection.sendall(GOOD)
        assert b" 401 " in answered(connection)
    hurry()
    connection.sendall(GOOD[:20])
    assert received(connection) == b""


def test_requests_that_come_slower_than_that_are_served(connect: Connect, hurry: Hurry) -> None:
    connection = connect()
    connection.sendall(GOOD)
    assert b" 401 " in answered(connection)
    hurry()
    time.sleep(0.8)
    connection.sendall(GOOD)
    assert b" 401 " in answered(connection)


def test_a_body_may_take_longer_than_a_head(connect: Connect, hurry: Hurry) -> None:
    hurry()
    connection = connect()
    connection.sendall(b"POST /api/v2023061/demo-shop/RedeemPoints1 HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n")
    time.sleep(0.9)
    connection.sendall(b"{}")
    assert b" 401 " in answered(connection)


@pytest.mark.parametrize(
    "content",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 100,  # somebody speaks TLS
        b"HELLO\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost x\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: x\r\n" + b"x: " + b"y" * 70_000,
        b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1, 2\r\n\r\n",
        b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
    ],
)
def test_what_is_no_http_is_refused_as_the_api_does(connect: Connect, content: bytes) -> None:
    connection = connect()
    connection.sendall(content)
    head, _, body = received(connection).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"content-type: application/json" in head
    assert json.loads(body)["id"] == "invalid_request"


def test_hundreds_that_are_half_open_hinder_nobody(connect: Connect, hurry: Hurry) -> None:
    hurry()
    waiting = [connect() for _ in range(200)]
    for connection in waiting:
        connection.sendall(GOOD[:30])
    for _ in range(5):
        connection = connect()
        connection.sendall(GOOD)
        assert b" 401 " in answered(connection)
    assert [received(connection) for connection in waiting] == [b""] * 200


def test_pipelined_requests_are_answered_in_their_order(connect: Connect) -> None:
    connection = connect()
    connection.sendall(GOOD * 3 + GOOD.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n"))
    assert received(connection).count(b"HTTP/1.1 401 ") == 4


CONTINUED = (
    b"POST /api/v2023061/demo-shop/RedeemPoints1 HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\n"
    b"connection: close\r\ncontent-length: 2\r\n\r\n{}"
)
CHUNKED = (
    b"POST /api/v2023061/demo-shop/RedeemPoints1 HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n"
    b"connection: close\r\n\r\n1;a=b\r\n{\r\n1\r\n}\r\n0\r\nx: y\r\n\r\n"
)


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        (GOOD.replace(b"HTTP/1.1", b"HTTP/1.0"), b"HTTP/1.1 401 "),
        (GOOD.replace(b"GET", b"HEAD").replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n"), b"HTTP/1.1 405 "),
        (CONTINUED, b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 401 "),
        (CHUNKED, b"HTTP/1.1 401 "),
    ],
)
def test_what_else_http_has(connect: Connect, content: bytes, answer: bytes) -> None:
    connection = connect()
    connection.sendall(content)
    assert answer in received(connection)


def test_the_faster_one_is_the_one_that_serves() -> None:
    assert protocols.FASTEST is protocols.CarefulHttpTools
