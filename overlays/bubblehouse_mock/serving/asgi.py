"""The mock as an ASGI application, for servers and for mounting into other applications."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias
from urllib.parse import quote

from bubblehouse_mock.control import ANYBODY, Access
from bubblehouse_mock.faults import DroppedConnectionError
from bubblehouse_mock.messages import Request, Response
from bubblehouse_mock.mock import BubblehouseMock
from bubblehouse_mock.serving.service import BODY_PATIENCE, DRAINED, Service

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]


class MockApp:
    """An ASGI application.

    Args:
        mock: The mock behind it.
        control: Who may use the control plane, which hands out secrets and changes everything; None where nobody may.
    """

    def __init__(self, mock: BubblehouseMock, *, control: Access | None = ANYBODY) -> None:
        self._service = Service(mock, control)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, as ASGI has it."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "http":
            path = _path(scope)
            body = await _read(receive, self._service.longest_body(path))
            if body is not None:
                try:
                    response = self._service.answer(_request(scope, path, *body))
                except DroppedConnectionError as error:
                    await _drop(error, receive, send)
                else:
                    await _answer(response, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close"})


def _path(scope: Scope) -> bytes:
    path: bytes = scope.get("raw_path") or quote(scope["path"]).encode("ascii")
    return path.removeprefix(scope.get("root_path", "").encode())


def _request(scope: Scope, path: bytes, body: bytes, complete: bool) -> Request:  # noqa: FBT001 - as `_read` returns it
    return Request(
        method=scope["method"],
        path=path,
        query=scope.get("query_string", b""),
        headers=tuple([(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]),
        body=body,
        complete=complete,
    )


async def _read(receive: Receive, longest: int) -> tuple[bytes, bool] | None:
    """Return the body, at most one byte more than allowed, and whether it came to its end; None for nobody there."""
    body, dropped = bytearray(), 0
    try:
        async with asyncio.timeout(BODY_PATIENCE):
            while (message := await receive())["type"] != "http.disconnect":
                chunk: bytes = message.get("body", b"")
                kept = chunk[: longest + 1 - len(body)]
                body += kept
                dropped += len(chunk) - len(kept)
                if not message.get("more_body", False) or dropped >= DRAINED:
                    return bytes(body), True
    except TimeoutError:
        return bytes(body), False
    return None


async def _answer(response: Response, receive: Receive, send: Send) -> None:
    if response.delay and not await _wait(response.delay, receive):
        return
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.all_headers]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    if response.truncated:  # servers break a connection off when an answer ends before its body does
        await send({"type": "http.response.body", "body": response.body[: len(response.body) // 2], "more_body": True})
    else:
        await send({"type": "http.response.body", "body": response.body})


async def _wait(seconds: float | None, receive: Receive) -> bool:
    """Wait, for ever where no time is given, and return whether the client is still there."""
    try:
        async with asyncio.timeout(seconds):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return True
    return False


async def _drop(error: DroppedConnectionError, receive: Receive, send: Send) -> None:
    """Give no answer, but begin one. Servers break a connection off when an answer ends before its body does."""
    if await _wait(None if error.timed_out else error.delay, receive):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1")]})


async def _live(receive: Receive, send: Send) -> None:
    while True:
        phase = (await receive())["type"]
        await send({"type": f"{phase}.complete"})
        if phase == "lifespan.shutdown":
            return
