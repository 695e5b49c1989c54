"""What comes back from a server, on real sockets."""

import re
import socket

import pytest
from tests.unit.runtime.sockets import BODY, PLAIN, Serve, answering, receive, request
from tests.unit.transport.wires import Wire

from bubblehouse.transport import Response, TransportError


def answer(status: bytes, *headers: bytes, body: bytes = b"") -> bytes:
    lines = [b"HTTP/1.1 " + status, *headers, b"Content-Length: %d" % len(body), b"", body]
    return b"\r\n".join(lines)


def test_bytes_out_and_bytes_in(wire: Wire, serve: Serve) -> None:
    seen: list[bytes] = []

    def handle(connection: socket.socket) -> None:
        seen.append(receive(connection))
        connection.sendall(answer(b"422 Whatever", b"X-Two: a", b"x-two: b", body=b"{}"))

    server = serve(handle)
    response = wire.send(request(server.url))
    assert (response.status, response.content) == (422, b"{}")
    headers = [(name.title(), value) for name, value in response.headers]
    assert headers == [("X-Two", "a"), ("X-Two", "b"), ("Content-Length", "2")]
    if wire.library != "pyreqwest":
        assert [name for name, _ in response.headers] == ["X-Two", "x-two", "Content-Length"]
    head, _, body = seen[0].partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert lines[0] == b"POST /api/v1/my-shop/Call1 HTTP/1.1"
    assert lines.count(b"Host: " + server.url.split("/")[2].encode()) == 1
    assert lines.count(b"Authorization: Bearer a.b.c") == 1
    assert lines.count(b"Content-Length: 10") == 1
    assert [line for line in lines if line.lower().startswith(b"accept-encoding")] == [b"Accept-Encoding: gzip"]
    assert body == b'{"pts": 5}'


@pytest.mark.parametrize(
    "framed",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n"
        + BODY[:4]
        + b"\r\n13\r\n"
        + BODY[4:]
        + b"\r\n0\r\n\r\n",
        b"HTTP/1.0 200 OK\r\n\r\n" + BODY,
        b"HTTP/1.1 100 Continue\r\n\r\n" + PLAIN,
        b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + PLAIN,
        answer(b"200 OK", b"Content-Encoding: identity", body=BODY),
        answer(b"200", body=BODY),
    ],
    ids=["chunked", "1.0", "continue", "hints", "identity", "no reason"],
)
def test_however_it_is_framed(wire: Wire, serve: Serve, framed: bytes) -> None:
    assert wire.send(request(serve(answering(framed)).url)).content == BODY


@pytest.mark.parametrize("status", [b"204 No Content", b"304 Not Modified"])
def test_one_without_a_body(wire: Wire, serve: Serve, status: bytes) -> None:
    server = serve(answering(b"HTTP/1.1 " + status + b"\r\n\r\n", PLAIN))
    assert wire.send(request(server.url), request(server.url)).content == BODY
    assert server.accepted == 1


@pytest.mark.parametrize("status", [200, 299, 399, 418, 451, 502, 503, 520, 599])
def test_any_status_and_any_type_come_back_as_they_are(wire: Wire, serve: Serve, status: int) -> None:
    page = b"<html><h1>Bad gateway</h1></html>"
    server = serve(answering(answer(b"%d Odd" % status, b"Content-Type: text/html", body=page)))
    response = wire.send(request(server.url))
    assert (response.status, response.content, response.header("content-type")) == (status, page, "text/html")


def test_a_large_head(wire: Wire, serve: Serve) -> None:
    server = serve(answering(answer(b"200 OK", *(b"X-%d: " % n + b"y" * 900 for n in range(50)), body=BODY)))
    response = wire.send(request(server.url))
    assert response.content == BODY
    assert len(response.headers) == 51


def test_a_header_of_other_bytes_than_ascii(wire: Wire, serve: Serve) -> None:
    server = serve(answering(answer(b"200 OK", b"X-A: 1", b"X-B: \xe9", b"X-C: 3", body=BODY)))
    response = wire.send(request(server.url))
    assert response.content == BODY
    assert (response.header("x-a"), response.header("x-c")) == ("1", "3")
    assert response.header("x-b") == (None if wire.library == "pyreqwest" else "é")


def test_connections_are_used_again(wire: Wire, serve: Serve) -> None:
    server = serve(answering(PLAIN, PLAIN, PLAIN))
    assert wire.send(*[request(server.url)] * 3).content == BODY
    assert server.accepted == 1


def test_one_that_the_server_has_closed_is_not(wire: Wire, serve: Serve) -> None:
    server = serve(answering(PLAIN))
    with wire.open() as line:
        line.send(request(server.url))
        server.finished.acquire()
        outcome = line.attempt(request(server.url))
        if isinstance(outcome, TransportError) and wire.library == "pyreqwest":
            # It hears of the end on a thread of its own, and may learn it by sending first: then nobody knows.
            assert outcome.sent
            outcome = line.attempt(request(server.url))
    assert isinstance(outcome, Response)
    assert outcome.content == BODY
    assert server.accepted == 2


@pytest.mark.parametrize("surplus", [PLAIN, PLAIN[:-5], b"HTTP/1.1 200 OK\r\n\r\n"], ids=["whole", "begun", "endless"])
def test_an_answer_too_many_is_not_taken_for_the_next_requests(managed: Wire, serve: Serve, surplus: bytes) -> None:
    server = serve(answering(answer(b"200 OK", body=b"first") + surplus, answer(b"200 OK", body=b"second")))
    with managed.open() as line:
        assert line.send(request(server.url)).content == b"first"
        try:
            content = line.send(request(server.url)).content
        except TransportError as error:
            content = str(error).encode()
    # Another connection was taken, or the one that isn't clean was given up.
    assert re.fullmatch(rb"first|an answer was there before the request|the connection .*", content)


def test_one_that_comes_before_the_server_has_read_everything(wire: Wire, serve: Serve) -> None:
    def refuse(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(answer(b"413 Too Large", b"Connection: close"))
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass

    assert wire.send(request(serve(refuse).url, b"x" * 3_000_000)).status == 413


def test_redirects_are_not_followed(wire: Wire, serve: Serve) -> None:
    target = serve(answering(PLAIN))
    server = serve(answering(answer(b"307 Temporary Redirect", b"Location: " + target.url.encode())))
    response = wire.send(request(server.url))
    assert (response.status, response.header("location")) == (307, target.url)
    assert target.accepted == 0


def test_cookies_are_not_kept(wire: Wire, serve: Serve) -> None:
    seen: list[bytes] = []

    def handle(connection: socket.socket) -> None:
        for _ in range(2):
            seen.append(receive(connection))
            connection.sendall(answer(b"200 OK", b"Set-Cookie: session=ada"))

    wire.send(*[request(serve(handle).url)] * 2)
    assert len(seen) == 2
    assert b"cookie" not in seen[1].lower()
