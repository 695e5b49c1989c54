"""A client's connection: its calls are answered by the turn, without a task or an event for each."""

import asyncio
import logging
from functools import lru_cache
from http import HTTPStatus
from typing import Any, Final, Protocol, cast

from bubblehouse_mock.faults import DroppedConnectionError
from bubblehouse_mock.jsontext import dump
from bubblehouse_mock.messages import Headers, Response, all_headers
from bubblehouse_mock.serving.incoming import Incoming, Received
from bubblehouse_mock.serving.service import BODY_PATIENCE, Service
from bubblehouse_mock.serving.turns import Turns

HEAD_PATIENCE: Final = 10.0
"""Seconds for the head of a request to arrive in full."""

IDLE_PATIENCE: Final = 75.0
"""Seconds after an answer in which the next request may begin."""

_ENOUGH: Final = 65_536  # bytes of bodies in one turn; other calls wait for theirs

_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
_BEGUN: Final = b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n"

_access_log: Final = logging.getLogger("uvicorn.access")


class ServerState(Protocol):
    """What uvicorn's server knows of its connections."""

    connections: set[Any]
    total_requests: int


class Connection(asyncio.Protocol):
    """One client.

    Calls wait for their forerunners to be answered, and nothing more is read meanwhile.

    Args:
        service: What answers.
        turns: When it does.
        state: Where the server keeps its connections.
        logs: Whether each answer is a line in the log.
    """

    def __init__(self, service: Service, turns: Turns, state: ServerState, *, logs: bool) -> None:
        self._service = service
        self._turns = turns
        self._state = state
        self._logs = logs
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None  # while it is open
        self._incoming = Incoming(service.longest_body)
        self._problem: str | None = None  # what came after the last call, and is no call
        self._alarm: asyncio.TimerHandle | None = None  # when patience with an unfinished request ends
        self._idle: asyncio.TimerHandle | None = None  # when it may have been idle for too long
        self._late: asyncio.TimerHandle | None = None  # when an answer goes out that is kept back
        self._outgoing: list[bytes] = []  # what was said in this turn
        self._said = 0  # bytes of it
        self._ending = False  # once that is out
        self._answered_at = 0.0
        self._waiting = False  # for an answer to go out, be it never
        self._full = False  # of answers that the client doesn't take
        self._paused = False  # reading
        self._leaving = False  # after the next answer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for the first request."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's are none by name
        self._state.connections.add(self)
        self._alarm = self._loop.call_later(HEAD_PATIENCE, self._close)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget everything."""
        del exc
        self._transport = None
        self._state.connections.discard(self)
        self._incoming.requests.clear()
        for timer in (self._alarm, self._idle, self._late):
            if timer is not None:
                timer.cancel()

    def data_received(self, data: bytes) -> None:
        """Read on, and answer what is complete."""
        incoming = self._incoming
        stage = incoming.stage
        self._problem = incoming.feed(data) or self._problem
        if incoming.stage != stage and self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if incoming.requests or self._problem is not None:
            self._turns.take(self)
        if len(incoming.requests) > 1 and not self._paused and self._transport is not None:
            self._pause(self._transport, paused=True)
        if incoming.in_head or incoming.in_body:
            self._await_rest()

    def pause_writing(self) -> None:
        """Wait until the client takes what it was answered."""
        self._full = True

    def resume_writing(self) -> None:
        """Go on."""
        self._full = False
        self._turns.take(self)

    def shutdown(self) -> None:
        """Leave, once the answer is out that a call waits for; the server calls this when it ends."""
        self._leaving = True
        if self._late is None and not (self._incoming.in_body or self._incoming.requests):
            self._close()

    def _await_rest(self) -> None:
        if self._transport is None or self._incoming.ended:
            return
        if self._alarm is None:
            in_head = self._incoming.in_head
            patience, then = (HEAD_PATIENCE, self._close) if in_head else (BODY_PATIENCE, self._give_up)
            self._alarm = self._loop.call_later(patience, then)
            if self._incoming.invites and not (self._waiting or self._incoming.requests):
                self._transport.write(_CONTINUE)

    def _give_up(self) -> None:
        self._incoming.give_up()
        self._turns.take(self)

    def answer(self) -> None:
        """Answer calls, as long as that can be done now; `flush` sends the answers."""
        requests = self._incoming.requests
        while requests and self._said < _ENOUGH and not (self._ending or self._waiting or self._full):
            received = requests.popleft()
            try:
                response = self._service.answer(received)
            except DroppedConnectionError as dropped:
                self._drop(dropped)
            else:
                if response.delay:
                    self._waiting = True
                    self._late = self._loop.call_later(response.delay, self._say_late, received, response)
                else:
                    self._say(received, response)
        if self._problem is not None and not (requests or self._ending or self._waiting or self._full):
            self._refuse(self._problem)

    def flush(self) -> None:
        """Send what was said."""
        transport = self._transport
        if transport is None:
            return
        if self._outgoing:
            transport.write(b"".join(self._outgoing))
            self._outgoing.clear()
            self._said = 0
        if self._ending:
            self._close()
            return
        behind = bool(self._incoming.requests)
        if behind is not self._paused:
            self._pause(transport, paused=behind)
        if behind and not (self._waiting or self._full):
            self._turns.take(self)

    def _say(self, received: Received, response: Response) -> None:
        keep_alive = received.keep_alive and not (self._leaving or response.truncated)
        body = response.body if received.method != "HEAD" else b""
        if response.truncated:
            body = body[: len(body) // 2]
        self._outgoing += (_head(response, keep_alive=keep_alive), body)
        self._said += len(body)
        self._state.total_requests += 1
        if self._logs:
            self._log(received, response.status)
        self._ending = not keep_alive
        self._answered_at = self._loop.time()
        if self._idle is None:
            self._idle = self._loop.call_later(IDLE_PATIENCE, self._look_for_calls)

    def _say_late(self, received: Received, response: Response) -> None:
        self._waiting, self._late = False, None
        self._say(received, response)
        self._turns.take(self)

    def _drop(self, dropped: DroppedConnectionError) -> None:
        """Give no answer: none ever, where the client's patience is to end first."""
        self._waiting = True
        if not dropped.timed_out:
            self._late = self._loop.call_later(dropped.delay, self._break_off)

    def _break_off(self) -> None:
        # Browsers send a call once more by themselves where a connection ends without a byte of an answer.
        self._outgoing.append(_BEGUN)
        self._ending = True
        self.flush()

    def _refuse(self, problem: str) -> None:
        """Refuse what is no request, as the API refuses all that it can't read."""
        response = Response(status=400, body=dump({"id": "invalid_request", "message": f"This is not HTTP: {problem}"}))
        self._outgoing += (_head(response, keep_alive=False), response.body)
        self._ending = True

    def _pause(self, transport: asyncio.Transport, *, paused: bool) -> None:
        self._paused = paused
        (transport.pause_reading if paused else transport.resume_reading)()

    def _look_for_calls(self) -> None:
        incoming = self._incoming
        busy = incoming.in_head or incoming.in_body or incoming.requests or self._waiting
        idle = 0.0 if busy else self._loop.time() - self._answered_at
        if idle < IDLE_PATIENCE:
            self._idle = self._loop.call_later(IDLE_PATIENCE - idle, self._look_for_calls)
        else:
            self._close()

    def _close(self) -> None:
        """Close once all that was written is out."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None
        self._incoming.requests.clear()
        self._incoming.ended = True

    def _log(self, received: Received, status: int) -> None:
        peer = self._transport.get_extra_info("peername") if self._transport is not None else None
        client = f"{peer[0]}:{peer[1]}" if peer else ""
        place = (received.path + b"?" * bool(received.query) + received.query).decode("latin-1")
        _access_log.info('%s - "%s %s HTTP/%s" %d', client, received.method, place, received.version, status)


def _head(response: Response, *, keep_alive: bool) -> bytes:
    return _written(response.status, response.content_type, response.headers, len(response.body), keep_alive)


@lru_cache(maxsize=1024)
def _written(status: int, content_type: str, headers: Headers, length: int, keep_alive: bool) -> bytes:  # noqa: FBT001
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:  # such as 520, which one vendor's gateways have made up
        phrase = "Unknown"
    lines = [
        f"HTTP/1.1 {status} {phrase}",
        *(f"{name}: {value}" for name, value in all_headers(status, content_type, headers, length)),
    ]
    lines += ["", ""] if keep_alive else ["connection: close", "", ""]
    return "\r\n".join(lines).encode("latin-1")
