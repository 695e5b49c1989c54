"""Transports and the proxies between them and a server."""

import socket
from collections.abc import Callable

import pytest
from tests.unit.runtime.sockets import BODY, PLAIN, Serve, Server, answering, receive, request
from tests.unit.transport.servers import over_tls
from tests.unit.transport.wires import CA_FILE, Wire

from bubblehouse.errors import ConfigurationError
from bubblehouse.transport import TransportError

SetUp = Callable[[str], Wire]
HTTP = "http://api.example.test/x"
HTTPS = "https://api.example.test/x"


def address(server: Server, credentials: str = "") -> str:
    return server.url.removesuffix("/api/v1/my-shop/Call1").replace("://", f"://{credentials}")


def read_head(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(1)  # what follows is the handshake's
        if not more:
            raise ConnectionError("the client has left")
        data += more
    return data


@pytest.fixture(params=["argument", "environment"])
def set_up(request: pytest.FixtureRequest, managed: Wire, monkeypatch: pytest.MonkeyPatch) -> SetUp:
    def by_argument(url: str) -> Wire:
        managed.options["proxy"] = url
        return managed

    def by_environment(url: str) -> Wire:
        monkeypatch.setenv("ALL_PROXY", url)
        return managed

    return by_argument if request.param == "argument" else by_environment


def test_a_proxy_is_used_with_its_password(set_up: SetUp, serve: Serve) -> None:
    seen: list[bytes] = []

    def proxy(connection: socket.socket) -> None:
        seen.append(receive(connection))
        connection.sendall(PLAIN)

    assert set_up(address(serve(proxy), "ada:p%40ss@")).send(request(HTTP)).content == BODY
    lines = seen[0].split(b"\r\n")
    assert lines[0] == b"POST http://api.example.test/x HTTP/1.1"
    assert b"Host: api.example.test" in lines
    assert b"Proxy-Authorization: Basic YWRhOnBAc3M=" in lines  # ada:p@ss


def test_a_tunnel_is_talked_through(set_up: SetUp, serve: Serve) -> None:
    secure = over_tls(answering(PLAIN, PLAIN))
    seen: list[bytes] = []

    def tunnel(connection: socket.socket) -> None:
        seen.append(read_head(connection))
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        secure(connection)

    wire = set_up(address(serve(tunnel), "ada:p%40ss@"))
    wire.options["ca_file"] = CA_FILE
    assert wire.send(request(HTTPS), request(HTTPS)).content == BODY
    assert len(seen) == 1
    assert b"a.b.c" not in seen[0]
    assert b"basic ywrhonbac3m=" in seen[0].lower()


def test_one_that_refuses_the_tunnel_passed_nothing_on(set_up: SetUp, serve: Serve) -> None:
    seen: list[bytes] = []

    def refuse(connection: socket.socket) -> None:
        seen.append(read_head(connection))
        connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")

    error = set_up(address(serve(refuse), "ada:hunter2@")).failure(HTTPS)
    assert not error.sent
    assert "prox" in str(error)
    assert "hunter2" not in repr(error)
    assert seen[0].startswith(b"CONNECT api.example.test:443 ")
    assert b"a.b.c" not in seen[0]


def test_a_tunnel_that_ends_before_the_handshake_passed_nothing_on(set_up: SetUp, serve: Serve) -> None:
    def tunnel(connection: socket.socket) -> None:
        read_head(connection)
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")

    assert not set_up(address(serve(tunnel))).failure(HTTPS).sent


def test_one_that_is_not_there_passed_nothing_on(set_up: SetUp) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    error = set_up(f"http://ada:hunter2@127.0.0.1:{port}").failure(HTTP)
    assert not error.sent
    assert "hunter2" not in repr(error)


def test_a_tunnel_that_breaks_afterwards_may_have_passed_it_on(set_up: SetUp, serve: Serve) -> None:
    def close(connection: socket.socket) -> None:
        receive(connection)

    secure = over_tls(close)

    def tunnel(connection: socket.socket) -> None:
        read_head(connection)
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        secure(connection)

    wire = set_up(address(serve(tunnel)))
    wire.options["ca_file"] = CA_FILE
    assert wire.failure(HTTPS).sent


def test_socks_is_spoken_too(set_up: SetUp, serve: Serve) -> None:
    seen: list[bytes] = []
    answer = answering(PLAIN)

    def socks(connection: socket.socket) -> None:
        seen.append(connection.recv(100))
        connection.sendall(b"\x05\x00")  # version 5, no password asked for
        seen.append(connection.recv(100))
        connection.sendall(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x50")  # connected
        answer(connection)

    wire = set_up(address(serve(socks)).replace("http", "socks5h"))
    if wire.library == "httpx2":
        with pytest.raises((ConfigurationError, TransportError), match="needs socksio to speak SOCKS"):
            wire.send(request(HTTP))
        return
    assert wire.send(request(HTTP)).content == BODY
    assert seen[1].startswith(b"\x05\x01\x00\x03\x10api.example.test")  # the proxy looks the name up


def test_this_machine_is_never_reached_by_one(set_up: SetUp, serve: Serve) -> None:
    proxy = serve(answering(PLAIN))
    assert set_up(address(proxy)).send(request(serve(answering(PLAIN)).url)).content == BODY
    assert proxy.accepted == 0


def test_nor_is_a_host_that_the_environment_excepts(
    managed: Wire, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = serve(answering(PLAIN))
    monkeypatch.setenv("HTTP_PROXY", address(proxy))
    monkeypatch.setenv("NO_PROXY", ".invalid")
    assert "could not connect" in str(managed.failure("http://api.invalid/"))
    assert proxy.accepted == 0


@pytest.mark.parametrize("name", ["ALL_PROXY", "NO_PROXY"])
def test_an_argument_comes_before_the_environment(
    managed: Wire, serve: Serve, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, {"ALL_PROXY": "http://127.0.0.1:9", "NO_PROXY": "*"}[name])
    managed.options["proxy"] = address(serve(answering(PLAIN)))
    assert managed.send(request(HTTP)).content == BODY


@pytest.mark.parametrize("proxy", ["gopher://ada:hunter2@p.test", "http://", "http://ada:hunter2@p.test:x", "://["])
def test_an_environment_without_a_url_in_it_is_said_to_be_wrong(
    managed: Wire, monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    error = managed.failure(HTTPS)
    assert not error.sent
    assert "hunter2" not in repr(error)
    assert "the proxy that the environment sets for https is not a URL" in str(error)
