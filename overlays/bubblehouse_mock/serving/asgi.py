"""The mock as an ASGI application, for servers and for mounting into other applications."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Generator, MutableMapping
from typing import Any, Final, TypeAlias
from urllib.parse import quote

from bubblehouse_mock.control import ANYBODY, PREFIX, Access
from bubblehouse_mock.faults import DroppedConnectionError
from bubblehouse_mock.jsontext import dump
from bubblehouse_mock.messages import MAX_BODY, MAX_CONTROL_BODY, Request, Response
from bubblehouse_mock.mock import BubblehouseMock

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

_logger: Final = logging.getLogger(__name__)
_PATIENCE: Final = 10.0  # seconds for a body to arrive
_DRAINED: Final = 16 * MAX_BODY  # so much more is read and dropped, so that its sender can read the refusal


class MockApp:
    """An ASGI application.

    Args:
        mock: The mock behind it.
        control: Who may use the control plane, which hands out secrets and changes everything; None where nobody may.
    """

    def __init__(self, mock: BubblehouseMock, *, control: Access | None = ANYBODY) -> None:
        self._mock = mock
        self._control = control

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, as ASGI has it."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "http":
            body = await _read(receive, self._longest(scope))
            if body is not None:
                try:
                    response = self._handle(scope, *body)
                except DroppedConnectionError as error:
                    await _drop(error, receive, send)
                else:
                    await _answer(response, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close"})

    def _longest(self, scope: Scope) -> int:
        is_control = self._control is not None and PREFIX in scope["path"]
        return MAX_CONTROL_BODY if is_control else MAX_BODY

    def _handle(self, scope: Scope, body: bytes, complete: bool) -> Response:  # noqa: FBT001 - as `_request`
        try:
            return self._mock.handle(_request(scope, body, complete), control=self._control)
        except DroppedConnectionError:
            raise
        except Exception:  # the last resort: a client of the API expects JSON whatever happens
            _logger.exception("The mock failed to answer")
            return Response(
                status=500, body=dump({"id": "internal_error", "message": "The mock failed; its log says where"})
            )


def _request(scope: Scope, body: bytes, complete: bool) -> Request:  # noqa: FBT001 - unpacked from what `_read` returns
    path: bytes = scope.get("raw_path") or quote(scope["path"]).encode("ascii")
    return Request(
        method=scope["method"],
        path=path.removeprefix(scope.get("root_path", "").encode()),
        query=scope.get("query_string", b""),
        headers=tuple([(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]),
        body=body,
        complete=complete,
    )


async def _read(receive: Receive, longest: int) -> tuple[bytes, bool] | None:
    """Return the body, at most one byte more than allowed, and whether it came to its end; None for nobody there."""
    # Most bodies are there already. Not to set an alarm for those makes up a tenth of a call's time.
    steps = receive().__await__()
    try:
        first = next(steps)
    except StopIteration as done:
        message: Message = done.value
        if not message.get("more_body", False):
            return None if message["type"] == "http.disconnect" else (message.get("body", b"")[: longest + 1], True)
        return await _read_on(receive, longest, message)
    return await _read_on(receive, longest, _Begun(first, steps))


async def _read_on(
    receive: Receive, longest: int, begun: "_Begun | MutableMapping[str, Any]"
) -> tuple[bytes, bool] | None:
    body, dropped = bytearray(), 0
    try:
        async with asyncio.timeout(_PATIENCE):
            message = await begun if isinstance(begun, _Begun) else begun
            while message["type"] != "http.disconnect":
                chunk: bytes = message.get("body", b"")
                kept = chunk[: longest + 1 - len(body)]
                body += kept
                dropped += len(chunk) - len(kept)
                if not message.get("more_body", False) or dropped >= _DRAINED:
                    return bytes(body), True
                message = await receive()
    except TimeoutError:
        return bytes(body), False
    return None


class _Begun:
    """What is awaited already, to be awaited to its end."""

    def __init__(self, first: object, steps: Generator[Any, None, Message]) -> None:
        self._first = first
        self._steps = steps

    def __await__(self) -> Generator[Any, None, Message]:
        yield self._first
        return (yield from self._steps)


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
    """Give no answer. Servers break a connection off when an answer ends before its body does."""
    if await _wait(None if error.timed_out else error.delay, receive):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1")]})


async def _live(receive: Receive, send: Send) -> None:
    while True:
        phase = (await receive())["type"]
        await send({"type": f"{phase}.complete"})
        if phase == "lifespan.shutdown":
            return
