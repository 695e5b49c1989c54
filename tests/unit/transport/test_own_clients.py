"""A client of the user's as a transport: what of it is used, and what it can't do to a call."""

import gzip
import socket
from typing import Any

import httpx
import httpx2
import pytest
from tests.unit.runtime.sockets import BODY, PLAIN, Serve, answering, receive, request
from tests.unit.transport.wires import Wire

from bubblehouse.transport import (
    AsyncHttpx2Transport,
    AsyncHttpxTransport,
    HttpxTransport,
    TransportError,
    adapt,
)


def options(own: Wire, **client: object) -> None:
    own.options["client"] = client


def lines_seen(own: Wire, serve: Serve) -> list[bytes]:
    """Return the lines of the head that a server gets."""
    seen: list[bytes] = []

    def handle(connection: socket.socket) -> None:
        seen.append(receive(connection))
        connection.sendall(PLAIN)

    assert own.send(request(serve(handle).url)).content == BODY
    return seen[0].partition(b"\r\n\r\n")[0].split(b"\r\n")


def test_its_headers_stand_below_the_calls(own: Wire, serve: Serve) -> None:
    options(own, headers={"X-Gateway": "1", "Authorization": "Basic x", "Accept-Encoding": "br"})
    lines = lines_seen(own, serve)
    assert b"X-Gateway: 1" in lines
    assert [line for line in lines if line.lower().startswith(b"authorization")] == [b"Authorization: Bearer a.b.c"]
    assert [line for line in lines if line.lower().startswith(b"accept-encoding")] == [b"Accept-Encoding: gzip"]


def test_its_cookies_and_its_auth_are_not_used(own: Wire, serve: Serve) -> None:
    options(own, cookies={"session": "ada"}, auth=("ada", "hunter2"))
    lines = lines_seen(own, serve)
    assert not [line for line in lines if line.lower().startswith(b"cookie")]
    assert b"Authorization: Bearer a.b.c" in lines


def test_it_is_not_followed_anywhere(own: Wire, serve: Serve) -> None:
    target = serve(answering(PLAIN))
    options(own, follow_redirects=True)
    moved = b"HTTP/1.1 307 Moved\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % target.url.encode()
    assert own.send(request(serve(answering(moved)).url)).status == 307
    assert target.accepted == 0


def test_a_client_without_a_timeout_gets_one(own: Wire, serve: Serve) -> None:
    def handle(connection: socket.socket) -> None:
        receive(connection)
        connection.recv(1)

    options(own, timeout=None)
    error = own.failure(serve(handle).url, timeout=0.3)
    assert error.timed_out
    assert error.sent


@pytest.mark.parametrize("answer", [b"407 Proxy Authentication Required", b"200 Connection established"])
def test_what_only_a_proxy_was_told_counts_as_unsent(own: Wire, serve: Serve, answer: bytes) -> None:
    seen: list[bytes] = []

    def proxy(connection: socket.socket) -> None:
        seen.append(connection.recv(65536))
        connection.sendall(b"HTTP/1.1 " + answer + b"\r\n\r\n")

    options(own, proxy=serve(proxy).url)
    assert not own.failure("https://api.example.test/x").sent
    assert seen[0].startswith(b"CONNECT ")


@pytest.mark.parametrize("library", [httpx, httpx2])
def test_one_that_repeats_a_request_can_not_make_it_look_unsent(library: Any, serve: Serve) -> None:
    def close(connection: socket.socket) -> None:
        receive(connection)

    class Repeating(library.HTTPTransport):  # type: ignore[misc]  # either library's
        def handle_request(self, request: Any) -> Any:
            try:
                return super().handle_request(request)
            except library.RemoteProtocolError:
                request.url = request.url.copy_with(port=1)
                return super().handle_request(request)

    with library.Client(transport=Repeating()) as client, pytest.raises(TransportError) as caught:
        HttpxTransport(client).send(request(serve(close).url), timeout=5)
    assert caught.value.sent


@pytest.mark.parametrize("library", [httpx, httpx2])
def test_where_nothing_tells_what_was_sent_everything_counts_as_sent(library: Any) -> None:
    def refuse(_: object) -> Any:
        raise library.ConnectError("refused")

    with library.Client(transport=library.MockTransport(refuse)) as client, pytest.raises(TransportError) as caught:
        HttpxTransport(client).send(request("https://api.example.test/x"), timeout=5)
    assert caught.value.sent


@pytest.mark.parametrize("library", [httpx, httpx2])
def test_a_double_of_the_librarys_own_answers(library: Any) -> None:
    def answer(each: Any) -> Any:
        headers = [("X-Path", each.url.path), ("Content-Encoding", "gzip")]
        return library.Response(422, headers=headers, content=gzip.compress(each.content))

    with library.Client(transport=library.MockTransport(answer)) as client:
        response = HttpxTransport(client).send(request("https://api.example.test/x", b"{}"), timeout=5)
    assert (response.status, response.header("x-path"), response.content) == (422, "/x", b"{}")


def test_an_error_holds_no_request(own: Wire, serve: Serve) -> None:
    for handle in (answering(b"garbage\r\n\r\n"), answering(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{")):
        error = own.failure(serve(handle).url)
        assert error.__cause__ is None
        assert error.__context__ is None  # httpx's error has the request, and the request the token


@pytest.mark.parametrize("library", [httpx, httpx2])
def test_the_client_stays_its_owners_to_close(library: Any, serve: Serve) -> None:
    server = serve(answering(PLAIN, PLAIN))
    with library.Client() as client:
        transport = HttpxTransport(client)
        transport.send(request(server.url), timeout=5)
        transport.close()
        assert not client.is_closed
        transport = HttpxTransport(client)
    with pytest.raises(TransportError, match="is closed") as caught:
        transport.send(request(server.url), timeout=5)
    assert not caught.value.sent


@pytest.mark.parametrize("library", [httpx, httpx2])
def test_a_bare_client_becomes_a_transport(library: Any, serve: Serve) -> None:
    class Inherited(library.Client):  # type: ignore[misc]  # either library's
        pass

    server = serve(answering(PLAIN, PLAIN))
    for client in (library.Client(), Inherited()):
        transport = adapt(client)
        assert isinstance(transport, HttpxTransport)
        assert transport.send(request(server.url), timeout=5).content == BODY
        client.close()
    assert isinstance(adapt(library.AsyncClient()), AsyncHttpxTransport)


def test_anything_else_is_left_alone() -> None:
    transport = AsyncHttpx2Transport()
    assert adapt(transport) is transport
    other: Any = object()
    assert adapt(other) is other
