"""Connections on which no request comes to be: they are closed, or refused in the API's words, and hinder nobody."""

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from urllib.parse import urlsplit

import pytest

from bubblehouse_mock.mock import BubblehouseMock
from bubblehouse_mock.serving import connection as connections
from bubblehouse_mock.serving import server

GOOD = b"GET /api/v2023061/demo-shop/CustomerBalance3 HTTP/1.1\r\nhost: x\r\n\r\n"
Connect = Callable[[], socket.socket]
Hurry = Callable[[float], None]


@pytest.fixture
def connect(mock: BubblehouseMock) -> Iterator[Connect]:
    """A server."""
    with ExitStack() as stack:
        port = int(stack.enter_context(server.running(mock)).rpartition(":")[2].removesuffix("/api"))

        def connect() -> socket.socket:
            return stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))

        yield connect


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> Hurry:
    """Let the server have this little patience from now on."""
    return lambda seconds: monkeypatch.setattr(connections, "HEAD_PATIENCE", seconds)


def received(connection: socket.socket) -> bytes:
    """All that arrives until the other side closes."""
    found = b""
    while chunk := connection.recv(65_536):
        found += chunk
    return found


def answered(connection: socket.socket) -> bytes:
    """What arrives at once."""
    return connection.recv(65_536)


def test_a_head_that_never_comes_to_its_end(connect: Connect, hurry: Hurry) -> None:
    hurry(0.5)
    starts = {start: connect() for start in (b"", GOOD[:1], GOOD[:-2], b"POST /x HTTP/1.1\r\ncontent-le")}
    for start, connection in starts.items():
        connection.sendall(start)
    assert {start: received(connection) for start, connection in starts.items()} == dict.fromkeys(starts, b"")


def drip(connection: socket.socket) -> None:
    for byte in GOOD * 100:
        connection.sendall(bytes([byte]))
        time.sleep(0.02)


def test_a_head_that_drips(connect: Connect, hurry: Hurry) -> None:
    hurry(0.2)
    connection, began = connect(), time.monotonic()
    with pytest.raises(OSError, match=r"reset|pipe"):
        drip(connection)
    assert time.monotonic() - began < 5


def test_a_second_head_on_a_kept_connection(connect: Connect, hurry: Hurry) -> None:
    connection = connect()
    for _ in range(3):
        connection.sendall(GOOD)
        assert b" 401 " in answered(connection)
    hurry(0.2)
    connection.sendall(GOOD[:20])
    assert received(connection) == b""


def test_requests_that_come_slower_than_that_are_served(connect: Connect, hurry: Hurry) -> None:
    connection = connect()
    connection.sendall(GOOD)
    assert b" 401 " in answered(connection)
    hurry(0.2)
    time.sleep(0.4)
    connection.sendall(GOOD)
    assert b" 401 " in answered(connection)


def test_a_body_may_take_longer_than_a_head(connect: Connect, hurry: Hurry) -> None:
    hurry(0.5)
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
    hurry(0.5)
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


LAST = b"connection: close\r\n"
REDEEM = b"POST /api/v2023061/demo-shop/RedeemPoints1 HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        (GOOD.replace(b"HTTP/1.1", b"HTTP/1.0"), b" 401 "),
        (GOOD.replace(b"HTTP/1.1\r\n", b"HTTP/1.0\r\nconnection: keep-alive\r\n"), b" 401 "),
        (GOOD.replace(b"GET", b"HEAD").replace(b"\r\n\r\n", b"\r\n" + LAST + b"\r\n"), b" 405 "),
        (REDEEM + LAST + b"transfer-encoding: chunked\r\n\r\n1;a=b\r\n{\r\n1\r\n}\r\n0\r\nx: y\r\n\r\n", b" 401 "),
        (GOOD.replace(b"\r\n\r\n", b"\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n") + b"\x81\x05", b" 401 "),
        (b"CONNECT example.com:443 HTTP/1.1\r\nhost: example.com\r\n\r\n", b" 404 "),
        (GOOD.replace(b"GET /", b"GET http://shop.example/").replace(b"\r\n\r\n", b"\r\n" + LAST + b"\r\n"), b" 401 "),
        (GOOD.replace(b" HTTP", b"#part HTTP").replace(b"\r\n\r\n", b"\r\n" + LAST + b"\r\n"), b" 401 "),
    ],
)
def test_what_else_http_has(connect: Connect, content: bytes, answer: bytes) -> None:
    connection = connect()
    connection.sendall(content)
    head, _, body = received(connection).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1" + answer)
    assert b"connection: close" in head
    assert bool(body) is (not content.startswith(b"HEAD"))


def test_a_sender_that_asks_first_is_told_to_go_on(connect: Connect) -> None:
    connection = connect()
    connection.sendall(REDEEM + LAST + b"expect: 100-Continue\r\nconte")
    connection.settimeout(0.2)
    with pytest.raises(TimeoutError):
        answered(connection)
    connection.settimeout(10)
    connection.sendall(b"nt-length: 2\r\n\r\n")
    assert answered(connection) == b"HTTP/1.1 100 Continue\r\n\r\n"
    connection.sendall(b"{}")
    assert received(connection).startswith(b"HTTP/1.1 401 ")


def test_what_follows_a_body_is_no_header(connect: Connect, mint: Callable[..., str]) -> None:
    connection = connect()
    trailer = f"authorization: Bearer {mint('demo-shop/1001')}\r\n".encode()
    connection.sendall(REDEEM + LAST + b"transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n" + trailer + b"\r\n")
    assert b"There is no token" in received(connection)


def test_a_body_that_comes_byte_by_byte(connect: Connect) -> None:
    connection = connect()
    for byte in REDEEM + LAST + b"content-length: 2\r\n\r\n{}":
        connection.sendall(bytes([byte]))
    assert received(connection).startswith(b"HTTP/1.1 401 ")


def test_answers_that_are_late_come_in_their_order(connect: Connect, mock: BubblehouseMock) -> None:
    connection, began = connect(), time.monotonic()
    mock.fail_next("obsolete_global_api_version", delay=0.3)
    connection.sendall(GOOD + GOOD + b"junk\r\n\r\n")
    statuses = [part[:4] for part in received(connection).split(b"HTTP/1.1")[1:]]
    assert statuses == [b" 400", b" 401", b" 400"]
    assert time.monotonic() - began > 0.3


def test_who_waits_and_leaves_is_forgotten(connect: Connect, mock: BubblehouseMock) -> None:
    mock.fail_next(status=502, delay=0.4, times=2)
    leaving = [connect(), connect()]
    for connection, more in zip(leaving, (b"", GOOD * 3), strict=True):
        connection.sendall(GOOD + more)
    time.sleep(0.1)
    for connection in leaving:
        connection.close()
    time.sleep(0.5)
    connection = connect()
    connection.sendall(GOOD)
    assert answered(connection).startswith(b"HTTP/1.1 401 ")


def test_who_takes_no_answers_is_read_no_further(connect: Connect, mock: BubblehouseMock) -> None:
    connection = connect()
    connection.setblocking(False)  # noqa: FBT003 - as the standard library has it
    sent, most = 0, 50_000_000
    with suppress(BlockingIOError):
        while sent < most:
            sent += connection.send(GOOD * 1000)
    assert sent < most
    answers = settled(mock)
    assert answers < sent // len(GOOD)
    connection.settimeout(10)
    until = time.monotonic() + 20
    while answered_calls(mock) == answers and time.monotonic() < until:
        assert answered(connection)
    assert answered_calls(mock) > answers


def answered_calls(mock: BubblehouseMock) -> int:
    return mock.control.journal(limit=1)[-1].number


def settled(mock: BubblehouseMock) -> int:
    """How many calls were answered, once there are no more for a second."""
    before, now = -1, 0
    while now != before:
        time.sleep(1)
        before, now = now, answered_calls(mock)
    return now


def test_who_is_idle_for_too_long_is_left(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "IDLE_PATIENCE", 0.4)
    connection = connect()
    for _ in range(4):
        connection.sendall(GOOD)
        assert answered(connection).startswith(b"HTTP/1.1 401 ")
        time.sleep(0.2)
    assert received(connection) == b""


def test_a_server_that_ends_answers_those_who_wait(mock: BubblehouseMock) -> None:
    mock.fail_next(status=502, delay=0.4)
    with ExitStack() as stack:
        with server.running(mock) as base_url:
            place = urlsplit(base_url)
            waits, idles = (
                stack.enter_context(socket.create_connection((place.hostname, place.port), timeout=10))
                for _ in range(2)
            )
            idles.sendall(GOOD[:5])
            waits.sendall(GOOD)
            time.sleep(0.1)
        assert received(waits).startswith(b"HTTP/1.1 502 ")
        assert received(idles) == b""
