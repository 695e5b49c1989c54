"""The mock as an ASGI application: what a server hands it, in however many messages."""

import asyncio
import json
from collections import deque
from typing import Any

import pytest

from bubblehouse_mock import BubblehouseMock
from bubblehouse_mock.serving.asgi import Message, MockApp

_BODY = b'{"customer": {"shopid": "1001"}, "pts": 500}'


def _served(mock: BubblehouseMock, token: str, *messages: Message) -> list[Message]:
    """Serve one call of RedeemPoints1, and return what was sent."""
    waiting, sent = deque(messages), list[Message]()

    async def receive() -> Message:
        return waiting.popleft()

    async def send(message: Message) -> None:
        sent.append(message)

    scope: dict[str, Any] = {
        "type": "http",
        "method": "POST",
        "path": f"/api/v2023061/{mock.shop}/RedeemPoints1",
        "headers": [(b"authorization", f"Bearer {token}".encode()), (b"content-type", b"application/json")],
    }
    asyncio.run(MockApp(mock)(scope, receive, send))
    return sent


def _body(*pieces: bytes) -> list[Message]:
    *first, last = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    return [*first, {**last, "more_body": False}]


@pytest.mark.parametrize(
    "pieces", [(_BODY,), (_BODY[:20], _BODY[20:]), (b"", *(bytes([it]) for it in _BODY), b"")], ids=len
)
def test_a_body_comes_in_pieces(mock: BubblehouseMock, mint: Any, pieces: tuple[bytes, ...]) -> None:
    start, body = _served(mock, mint(), *_body(*pieces))
    assert start["status"] == 200
    assert json.loads(body["body"])["pts"] == 500


def test_what_a_server_leaves_out_is_empty(mock: BubblehouseMock, mint: Any) -> None:
    start, _ = _served(
        mock, mint(), {"type": "http.request", "body": _BODY, "more_body": True}, {"type": "http.request"}
    )
    assert start["status"] == 200


def test_nobody_is_answered_who_left_in_the_middle(mock: BubblehouseMock, mint: Any) -> None:
    changes = len(mock.customers[0].ledger.changes)
    half = {"type": "http.request", "body": _BODY[:20], "more_body": True}
    assert _served(mock, mint(), half, {"type": "http.disconnect"}) == []
    assert len(mock.customers[0].ledger.changes) == changes
