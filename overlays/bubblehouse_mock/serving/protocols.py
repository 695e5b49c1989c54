"""HTTP on a connection, as uvicorn speaks it, and what it lacks: an end to patience, and refusals as the API's."""

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.h11_impl import H11Protocol

from bubblehouse_mock.jsontext import dump
from bubblehouse_mock.messages import Response

PATIENCE: Final = 10.0
"""Seconds for the head of a request to arrive in full."""

_LONGEST_HEAD: Final = 65_536  # bytes; h11 has the same limit


class _Careful(asyncio.Protocol):
    """Comes before one of uvicorn's protocols, and closes connections on which no request comes to be."""

    transport: asyncio.Transport
    loop: asyncio.AbstractEventLoop
    cycle: Any  # uvicorn's state of the request that is answered; None before the first

    _alarm: asyncio.TimerHandle | None = None
    _head = 0  # bytes of a head that isn't complete

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._calm()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self.cycle is not None and not self.cycle.response_complete:
            self._head = 0
            self._calm()
            return
        self._head += len(data)
        if self._head > _LONGEST_HEAD:
            self.send_400_response("The head of the request is too long")
        elif self._alarm is None:
            self._await_head()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no request, as the API refuses all that it can't read; uvicorn would do it in plain text."""
        body = dump({"id": "invalid_request", "message": f"This is not HTTP: {msg}"})
        headers = (*Response(status=400, body=body).all_headers, ("connection", "close"))
        lines = ["HTTP/1.1 400 Bad Request", *(f"{name}: {value}" for name, value in headers), "", ""]
        self.transport.write("\r\n".join(lines).encode("ascii") + body)
        self.transport.close()

    def _await_head(self) -> None:
        self._alarm = self.loop.call_later(PATIENCE, self.transport.close)

    def _calm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None


class CarefulH11(_Careful, H11Protocol):
    """The one that is always there."""


try:
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
except ModuleNotFoundError:  # httptools has no wheel for every machine
    _httptools: type[asyncio.Protocol] | None = None
else:

    class CarefulHttpTools(_Careful, HttpToolsProtocol):
        """The one that takes a fraction of the time."""

    _httptools = CarefulHttpTools

FASTEST: Final = _httptools or CarefulH11
