"""The mock behind a socket, with something going wrong on the way as each request asks for it."""

import itertools
import socket
import ssl
from typing import Final

from tests.reliability.faults.catalogue import FAULTS, Fault, Genuine
from tests.unit.runtime.sockets import Server, receive
from tests.unit.transport.servers import LOCALHOST

from bubblehouse_mock import BubblehouseMock
from bubblehouse_mock.messages import Request

HEADER: Final = "x-fault"
"""The header by which a request names the fault that is to befall it."""


class FaultyServer(Server):
    """Serves a mock.

    Args:
        mock: Who does the work.
        fault: What befalls every request that names no other.
        tls: Whether to speak TLS, with a certificate that nobody trusts unless told to.

    Attributes:
        received: How many requests came, of any kind.
    """

    def __init__(self, mock: BubblehouseMock, fault: Fault | None = None, *, tls: bool = False) -> None:
        self._mock = mock
        self._fault = fault
        self._numbers = itertools.count(1)
        self.received = 0
        self._context = _context() if tls else None
        super().__init__(self._handle)

    @property
    def base_url(self) -> str:
        """What a client is set up with."""
        scheme = "https" if self._context else "http"
        return f"{scheme}://127.0.0.1:{self.port}/api"

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.url.split("/")[2].rpartition(":")[2])

    def _handle(self, connection: socket.socket) -> None:
        if self._context is None:
            self._converse(connection)
        else:
            with self._context.wrap_socket(connection, server_side=True) as secure:
                self._converse(secure)

    def _converse(self, connection: socket.socket) -> None:
        going_on = True
        while going_on:
            request = _parsed(receive(connection))
            self.received = next(self._numbers)
            named = request.header(HEADER)
            fault = FAULTS[named[0]] if named else self._fault
            if fault is None:
                connection.sendall(self._answer(request).raw())
            else:
                genuine = self._answer(request) if fault.applies else _INVENTED
                going_on = fault.play(connection, genuine)

    def _answer(self, request: Request) -> Genuine:
        answer = self._mock.handle(request, control=None)
        return Genuine(answer.status, answer.body)


_INVENTED: Final = Genuine(200, b'{"code":"INVENTED","pts":1,"amount":"0.010000","change_bhid":"ffffffffffffffff"}')
"""Stands in for the answer of a request that was not carried out, where a fault needs one to spoil."""


def _parsed(raw: bytes) -> Request:
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ")
    pairs = (line.partition(":") for line in lines)
    headers = tuple((name.lower(), value.strip()) for name, _, value in pairs)
    return Request(method=method, path=target.encode(), headers=headers, body=body)


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(LOCALHOST)
    return context


def resetting(connection: socket.socket) -> None:
    """Handle a connection by breaking it off before anything of it is read."""
    FAULTS["reset before applying"].play(connection, _INVENTED)


def plain_text(connection: socket.socket) -> None:
    """Answer whatever comes, a TLS handshake too, as a server that knows HTTP alone."""
    connection.recv(65536)
    connection.sendall(Genuine(400, b"This is HTTP").raw(kind="text/plain"))
