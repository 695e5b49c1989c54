"""The mock over HTTP: a real server, real sockets, and what goes wrong on them."""

import json
import socket
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, closing
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from tests import mounted

from bubblehouse_mock import messages
from bubblehouse_mock.control.gate import is_loopback
from bubblehouse_mock.mock import BubblehouseMock
from bubblehouse_mock.serving import server
from bubblehouse_mock.serving.asgi import MockApp

Mint = Callable[..., str]
PATH = "/api/v2023061/demo-shop/RedeemPoints1"
SETTINGS = "/__mock__/shops/demo-shop/settings"


@pytest.fixture
def send(address: tuple[str, int], mint: Mint) -> Callable[..., tuple[int, dict[str, str], Any]]:
    """Send one request; status, headers and decoded body."""

    def send(method: str = "POST", path: str = PATH, body: bytes | None = None, **headers: str) -> tuple[int, Any, Any]:
        connection = HTTPConnection(*address, timeout=10)
        sent = {"Authorization": f"Bearer {mint('demo-shop/1001')}", "Content-Type": "application/json", **headers}
        try:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            content = answer.read()
            found = {name.lower(): value for name, value in answer.getheaders()}
        finally:
            connection.close()
        return answer.status, found, json.loads(content) if content else None

    return send


@pytest.fixture
def raw(address: tuple[str, int]) -> Callable[..., bytes]:
    """Send bytes as they are, and read until the server closes or has nothing more to say."""

    def raw(content: bytes, *, half_close: bool = False) -> bytes:
        with socket.create_connection(address, timeout=10) as connection:
            connection.sendall(content)
            if half_close:
                connection.shutdown(socket.SHUT_WR)
            received = b""
            while chunk := connection.recv(65536):
                received += chunk
                head, _, body = received.partition(b"\r\n\r\n")
                if body and f"content-length: {len(body)}".encode() in head.lower():
                    break
            return received

    return raw


def head(method: str = "POST", path: str = PATH, **headers: str) -> bytes:
    lines = [
        f"{method} {path} HTTP/1.1",
        "host: x",
        *(f"{name.replace('_', '-')}: {it}" for name, it in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def test_a_call_over_http(send: Callable[..., Any]) -> None:
    status, headers, body = send(body=b'{"pts": 500}')
    assert (status, body["amount"]) == (200, "5.000000")
    assert headers["content-type"] == "application/json"


def test_config_names_the_servers_own_address_and_nothing_its_make(mock: BubblehouseMock) -> None:
    with server.running(mock) as base_url, urlopen(base_url.removesuffix("api") + "__mock__/config") as answer:  # noqa: S310 - ours
        assert json.load(answer)["base_url"] == base_url
        assert {"server", "date"}.isdisjoint(name.lower() for name in answer.headers)


def test_control_over_http(send: Callable[..., Any]) -> None:
    assert send(body=b'{"pts": 500}')[0] == 200
    assert send("PATCH", SETTINGS, b'{"points_enabled": false}')[2]["points_enabled"] is False
    assert send(body=b'{"pts": 500}')[2]["id"] == "points_disabled"
    assert send("POST", "/__mock__/reset")[2]["shops"][0]["customers"][0]["pts_available"] == 10_500
    assert send(body=b'{"pts": 500}')[0] == 200


def test_head_has_no_body_and_options_no_surprise(send: Callable[..., Any]) -> None:
    status, headers, body = send("HEAD", "/api/v2023061/demo-shop/CustomerBalance3")
    assert (status, headers["allow"], body) == (405, "GET, POST", None)
    assert send("OPTIONS", body=b"{}")[2]["id"] == "method_not_allowed"
    assert send("GET", "/api/v2023061/demo-shop/CustomerBalance3", b"{")[0] == 200


@pytest.mark.parametrize("size", [messages.MAX_BODY + 1, 5 * messages.MAX_BODY, 20 * messages.MAX_BODY])
def test_an_oversized_body_is_refused_and_the_refusal_arrives(raw: Callable[..., bytes], mint: Mint, size: int) -> None:
    start = head(
        authorization=f"Bearer {mint('demo-shop/1001')}", content_type="application/json", content_length=str(size)
    )
    # Of the longest one, just as much is sent as is read: what arrives after a refusal resets the connection.
    received = raw(start + b" " * min(size, 17 * messages.MAX_BODY + 1))
    assert received.startswith(b"HTTP/1.1 413 ")
    assert b'"request_too_large"' in received


def test_a_chunked_body(raw: Callable[..., bytes], mint: Mint) -> None:
    start = head(
        authorization=f"Bearer {mint('demo-shop/1001')}", content_type="application/json", transfer_encoding="chunked"
    )
    assert raw(start + b'8\r\n{"pts": \r\n4\r\n500}\r\n0\r\n\r\n').startswith(b"HTTP/1.1 200 ")


def test_a_body_that_stops_coming(raw: Callable[..., bytes], mint: Mint, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("asgi", "connection"):
        monkeypatch.setattr(f"bubblehouse_mock.serving.{place}.BODY_PATIENCE", 0.2)
    start = head(
        authorization=f"Bearer {mint('demo-shop/1001')}", content_type="application/json", content_length="100"
    )
    received = raw(start + b'{"pts": 500')
    assert received.startswith(b"HTTP/1.1 400 ")
    assert b'"invalid_request"' in received


def test_a_sender_that_leaves_halfway_changes_nothing(
    raw: Callable[..., bytes], send: Callable[..., Any], mint: Mint
) -> None:
    start = head(
        authorization=f"Bearer {mint('demo-shop/1001')}", content_type="application/json", content_length="100"
    )
    raw(start + b'{"pts": 500}', half_close=True)
    status, _, body = send("GET", "/api/v2023061/demo-shop/CustomerBalance3")
    assert (status, body["pts_available"]) == (200, 10_500)


@pytest.mark.parametrize(
    "target",
    [
        "/api/v2023061/demo-shop/%00",
        "//",
        "/..",
        "/api/v2023061/demo-shop/x%2f..",
        "http://x/api",
        "*",
        "/%ff%fe",
        "/api?%ff",
    ],
)
def test_odd_targets(raw: Callable[..., bytes], target: str) -> None:
    received = raw(head("GET", target))
    assert received.startswith(b"HTTP/1.1 404 ")
    assert b'"unknown_function"' in received


def test_what_is_not_http_does_not_hurt(raw: Callable[..., bytes], send: Callable[..., Any]) -> None:
    for junk in (
        b"\x16\x03\x01\x00\xff" * 50 + b"\r\n\r\n",
        b"GET\r\n\r\n",
        b"POST / HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
    ):
        assert raw(junk, half_close=True)[:12] in {b"", b"HTTP/1.1 400"}
    assert send(body=b'{"pts": 500}')[0] == 200


def test_two_authorization_headers(raw: Callable[..., bytes], mint: Mint) -> None:
    line = f"authorization: Bearer {mint()}\r\n"
    received = raw(
        f"GET {PATH.replace('RedeemPoints1', 'CustomerBalance3')} HTTP/1.1\r\nhost: x\r\n{line}{line}\r\n".encode()
    )
    assert received.startswith(b"HTTP/1.1 401 ")


def test_beyond_loopback_there_is_no_control_plane(mock: BubblehouseMock) -> None:
    with server.running(mock, host="0.0.0.0") as base_url:  # noqa: S104 - what the test is about
        connection = HTTPConnection("127.0.0.1", urlsplit(base_url).port, timeout=10)
        connection.request("GET", "/__mock__/config")
        answer = connection.getresponse()
        body = json.loads(answer.read())
        connection.close()
    assert (answer.status, body["id"]) == (404, "unknown_function")


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),  # noqa: S104 - data
        ("::", False),
        ("192.168.1.2", False),
        ("example.com", False),
        ("", False),
    ],
)
def test_what_is_loopback(host: str, *, loopback: bool) -> None:
    assert is_loopback(host) is loopback


def test_a_port_that_is_taken_is_told(mock: BubblehouseMock, address: tuple[str, int]) -> None:
    taken = server.running(BubblehouseMock(), port=address[1])
    with pytest.raises(server.ServerError, match=f"can't listen at 127.0.0.1 port {address[1]}"), taken:
        pass
    with pytest.raises(server.ServerError, match="no port 99999"), server.running(mock, port=99_999):
        pass


def test_the_base_url_is_the_servers_only_while_it_runs(mock: BubblehouseMock) -> None:
    before = mock.base_url
    with server.running(mock) as base_url:
        assert mock.base_url == base_url != before
    assert mock.base_url == before


def test_a_server_ends_sooner_than_plain_uvicorn(mock: BubblehouseMock) -> None:
    def ending(serving: AbstractContextManager[str]) -> float:
        with ExitStack() as stack:
            with serving as url:
                client = stack.enter_context(closing(HTTPConnection("127.0.0.1", urlsplit(url).port, timeout=10)))
                client.request("GET", "/__mock__/config")
                client.getresponse().read()  # and the connection is kept
                began = time.monotonic()
            return time.monotonic() - began

    ours = sum(ending(server.running(mock)) for _ in range(5))
    theirs = sum(ending(mounted.serving(MockApp(mock))) for _ in range(5))
    assert ours < theirs / 8  # between a tenth and two tenths of a second each


def test_a_bug_over_http(
    mock: BubblehouseMock, send: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(mock, "handle", None)
        status, headers, body = send(body=b"{}")
    assert (status, headers["content-type"], body["id"]) == (500, "application/json", "internal_error")
    assert "TypeError" in caplog.text
    assert send(body=b'{"pts": 500}')[0] == 200  # the next call is served
