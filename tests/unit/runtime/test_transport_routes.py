"""The default transports over TLS, through proxies, and as resources of a process."""

import gc
import os
import socket
import ssl
import time
from pathlib import Path

import pytest
from tests.unit.runtime.sockets import Handler, Serve, Server, Wire

from bubblehouse.transport import Httpx2Transport, Request, TransportError

CERTIFICATE = Path(__file__).with_name("localhost.pem")
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"


def request(url: str) -> Request:
    return Request("POST", url, (("Authorization", "Bearer a.b.c"),), b"")  # all of it in one piece


def read_head(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            raise ConnectionError("the client has left")
        data += more
    return data


# --- TLS ----------------------------------------------------------------------------------------------------------


def over_tls(handle: Handler) -> Handler:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)

    def wrapped(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            handle(secure)

    return wrapped


def trusting() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=CERTIFICATE)


def answer(connection: socket.socket) -> None:
    read_head(connection)
    connection.sendall(HEAD + b"{}")


def https(server: Server) -> str:
    return server.url.replace("http://", "https://")


def test_a_server_that_can_be_verified_is_talked_to(wire: Wire, serve: Serve) -> None:
    wire.options["ssl_context"] = trusting()
    assert wire.send(request(https(serve(over_tls(answer))))).content == b"{}"


def test_one_that_cannot_is_sent_nothing(wire: Wire, serve: Serve) -> None:
    with pytest.raises(TransportError, match=r"could not connect: .*certificate verify failed") as caught:
        wire.send(request(https(serve(over_tls(answer)))))
    assert not caught.value.sent


def test_one_of_another_name_is_sent_nothing(wire: Wire, serve: Serve) -> None:
    wire.options["ssl_context"] = trusting()
    with pytest.raises(TransportError, match="could not connect") as caught:
        wire.send(request(https(serve(over_tls(answer))).replace("127.0.0.1", "127.0.0.2")))
    assert not caught.value.sent


def test_a_server_that_drips_over_tls(wire: Wire, serve: Serve) -> None:
    server: Server

    def drip(connection: socket.socket) -> None:
        read_head(connection)
        for byte in HEAD:
            connection.sendall(bytes([byte]))
            if server.wait(0.1):
                return

    server = serve(over_tls(drip))
    wire.options["ssl_context"] = trusting()
    started = time.monotonic()
    with pytest.raises(TransportError) as caught:
        wire.send(request(https(server)), timeout=0.5)
    assert time.monotonic() - started < 2.5  # it would drip for ever
    assert caught.value.timed_out
    assert caught.value.sent


# --- proxies ------------------------------------------------------------------------------------------------------


def test_a_proxy_of_the_environment_is_used_with_its_password(
    wire: Wire, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bytes] = []

    def proxy(connection: socket.socket) -> None:
        seen.append(read_head(connection))
        connection.sendall(HEAD + b"{}")

    monkeypatch.setenv("HTTP_PROXY", serve(proxy).url.replace("http://", "http://ada:p%40ss@"))
    assert wire.send(request("http://api.example.test/x")).content == b"{}"
    lines = seen[0].split(b"\r\n")
    assert lines[0] == b"POST http://api.example.test/x HTTP/1.1"
    assert b"Host: api.example.test" in lines
    assert b"Proxy-Authorization: Basic YWRhOnBAc3M=" in lines  # ada:p@ss


def test_this_machine_is_never_reached_by_a_proxy(wire: Wire, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = serve(answer)
    monkeypatch.setenv("ALL_PROXY", proxy.url)
    assert wire.send(request(serve(answer).url)).content == b"{}"
    assert proxy.accepted == 0


def test_nor_is_a_host_that_the_environment_excepts(wire: Wire, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = serve(answer)
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    monkeypatch.setenv("NO_PROXY", ".invalid")
    with pytest.raises(TransportError, match="could not connect"):
        wire.send(request("http://api.invalid/"))
    assert proxy.accepted == 0


def test_a_proxy_that_refuses_the_tunnel_passed_nothing_on(
    wire: Wire, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[bytes] = []

    def refuse(connection: socket.socket) -> None:
        seen.append(read_head(connection))
        connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")

    monkeypatch.setenv("HTTPS_PROXY", serve(refuse).url.replace("http://", "ada:hunter2@"))
    with pytest.raises(TransportError, match="the proxy refused: 407") as caught:
        wire.send(request("https://api.example.test/x"))
    assert not caught.value.sent
    assert "hunter2" not in str(caught.value)
    assert seen[0].startswith(b"CONNECT api.example.test:443 ")
    assert b"a.b.c" not in seen[0]


def test_a_tunnel_is_talked_through(wire: Wire, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    secure = over_tls(answer)

    def tunnel(connection: socket.socket) -> None:
        read_head(connection)
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        secure(connection)

    monkeypatch.setenv("HTTPS_PROXY", serve(tunnel).url)
    wire.options["ssl_context"] = trusting()
    wire.options["ssl_context"].check_hostname = False
    assert wire.send(request("https://api.example.test/x")).content == b"{}"


def test_a_tunnel_that_ends_before_the_handshake_passed_nothing_on(
    wire: Wire, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tunnel(connection: socket.socket) -> None:
        read_head(connection)
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")

    monkeypatch.setenv("HTTPS_PROXY", serve(tunnel).url)
    with pytest.raises(TransportError) as caught:
        wire.send(request("https://api.example.test/x"))
    assert not caught.value.sent


@pytest.mark.parametrize("proxy", ["gopher://ada:hunter2@p.test", "http://"])
def test_a_proxy_that_is_none_is_said_to_be(wire: Wire, monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(TransportError, match="environment sets for https is not a URL") as caught:
        wire.send(request("https://api.example.test/x"))
    assert not caught.value.sent
    assert "hunter2" not in str(caught.value)


# --- a process's resources ----------------------------------------------------------------------------------------


def answer_all(connection: socket.socket) -> None:
    while True:
        answer(connection)


def test_a_forked_process_does_not_talk_on_its_parents_connections(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(answer_all)
    transport = Httpx2Transport()
    transport.send(request(server.url), timeout=5)
    monkeypatch.setattr(os, "getpid", lambda: -1)
    transport.send(request(server.url), timeout=5)
    assert server.accepted == 2
    transport.close()


def test_a_transport_that_is_dropped_leaves_no_connection_open(serve: Serve) -> None:
    server = serve(answer_all)
    transport = Httpx2Transport()
    transport.send(request(server.url), timeout=5)
    del transport
    gc.collect()
    assert server.finished.acquire(timeout=2)
