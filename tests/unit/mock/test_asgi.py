"""The mock as an ASGI application: what a server hands it, in however many messages."""

import asyncio
import json
from collections import deque
from typing import Any

import pytest

from bubblehouse_mock import BubblehouseMock
from bubblehouse_mock.conformance import ContractViolationError
from bubblehouse_mock.serving.asgi import Message, MockApp, Scope

_BODY = b'{"customer": {"shopid": "1001"}, "pts": 500}'


def _served(mock: BubblehouseMock, scope: Scope, *messages: Message) -> list[Message]:
    """Serve one connection, and return what was sent."""
    waiting, sent = deque(messages), list[Message]()

    async def receive() -> Message:
        return waiting.popleft()

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(MockApp(mock)(scope, receive, send))
    return sent


@pytest.fixture
def redeem(mock: BubblehouseMock, mint: Any) -> Scope:
    """A call of RedeemPoints1."""
    headers = [(b"authorization", f"Bearer {mint()}".encode()), (b"content-type", b"application/json")]
    return {"type": "http", "method": "POST", "path": f"/api/v2023061/{mock.shop}/RedeemPoints1", "headers": headers}


def _body(*pieces: bytes) -> list[Message]:
    *first, last = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    return [*first, {**last, "more_body": False}]


@pytest.mark.parametrize(
    "pieces", [(_BODY,), (_BODY[:20], _BODY[20:]), (b"", *(bytes([it]) for it in _BODY), b"")], ids=len
)
def test_a_body_comes_in_pieces(mock: BubblehouseMock, redeem: Scope, pieces: tuple[bytes, ...]) -> None:
    start, body = _served(mock, redeem, *_body(*pieces))
    assert start["status"] == 200
    assert json.loads(body["body"])["pts"] == 500


def test_what_a_server_leaves_out_is_empty(mock: BubblehouseMock, redeem: Scope) -> None:
    whole = {"type": "http.request", "body": _BODY, "more_body": True}
    assert _served(mock, redeem, whole, {"type": "http.request"})[0]["status"] == 200


def test_nobody_is_answered_who_left_in_the_middle(mock: BubblehouseMock, redeem: Scope) -> None:
    changes = len(mock.customers[0].ledger.changes)
    half = {"type": "http.request", "body": _BODY[:20], "more_body": True}
    assert _served(mock, redeem, half, {"type": "http.disconnect"}) == []
    assert len(mock.customers[0].ledger.changes) == changes


@pytest.mark.parametrize("extra", [{"raw_path": b"/bh/__mock__/config", "root_path": "/bh"}, {}])
def test_mounted(mock: BubblehouseMock, extra: dict[str, Any]) -> None:
    scope = {"type": "http", "method": "GET", "path": "/__mock__/config", "headers": [], **extra}
    start, body = _served(mock, scope, {"type": "http.request"})
    assert start["status"] == 200
    assert json.loads(body["body"])["shops"][0]["shop"] == "demo-shop"


def test_lifespan_and_websockets(mock: BubblehouseMock) -> None:
    phases = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    sent = _served(mock, {"type": "lifespan"}, *phases)
    assert [it["type"] for it in sent] == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert _served(mock, {"type": "websocket"}) == [{"type": "websocket.close"}]


def test_nobody_there_any_more(mock: BubblehouseMock) -> None:
    scope = {"type": "http", "method": "POST", "path": "/", "headers": []}
    assert _served(mock, scope, {"type": "http.disconnect"}) == []


def test_a_bug_is_told_in_json_and_logged(
    mock: BubblehouseMock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ContractViolationError("the bug")

    monkeypatch.setattr(mock, "handle", fail)
    scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
    start, body = _served(mock, scope, {"type": "http.request"})
    assert (start["status"], dict(start["headers"])[b"content-type"]) == (500, b"application/json")
    assert json.loads(body["body"])["id"] == "internal_error"
    assert "the bug" not in body["body"].decode()
    assert 'raise ContractViolationError("the bug")' in caplog.text
