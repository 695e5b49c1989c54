"""Everything that can go wrong between a server that does its work and a client that waits for it.

A fault that keeps its word never says "not done" of work that was done: those are the answers which a client may
believe (a status from 300 to 499). The rest comes twice, before and after the work.
"""

import gzip
import json
import socket
import struct
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from random import Random
from typing import Any, Final

HUGE: Final = 50 * 1024 * 1024
SLOW: Final = ("hang", "drip", "half an answer, hang")
"""What the names of faults begin with that keep a client waiting for as long as it does."""

_CHUNK: Final = 64 * 1024
_JSON: Final = "application/json"


@dataclass(frozen=True, slots=True)
class Genuine:
    """The answer as it would be, if nothing went wrong."""

    status: int
    body: bytes

    def raw(self, *headers: str, kind: str = _JSON) -> bytes:
        """Write it as HTTP."""
        lines = (f"HTTP/1.1 {self.status} Status", f"Content-Type: {kind}", f"Content-Length: {len(self.body)}")
        return "\r\n".join((*lines, *headers, "", "")).encode() + self.body


Play = Callable[[socket.socket, Genuine], bool]
"""Does what the fault does on a connection, and tells whether it can be used again."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to go wrong.

    Attributes:
        name: Unique among all faults.
        applies: Whether the work is done first.
        play: What happens to the answer.
        spoils: Whether the client can't have the answer. Some things only look wrong.
    """

    name: str
    applies: bool
    play: Play
    spoils: bool = True


# --- broken connections -------------------------------------------------------------------------------------------


def _reset(connection: socket.socket, _: Genuine) -> bool:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
    return False


def _close(connection: socket.socket, _: Genuine) -> bool:
    connection.close()
    return False


def _hang(connection: socket.socket, _: Genuine) -> bool:
    while connection.recv(_CHUNK):
        pass
    return False


def _cut(connection: socket.socket, genuine: Genuine, *, keep: float, then: Play) -> bool:
    raw = genuine.raw()
    connection.sendall(raw[: int(len(raw) * keep)])
    return then(connection, genuine)


def _drip(connection: socket.socket, genuine: Genuine) -> bool:
    raw = genuine.raw(f"X-Slow: {'x' * 600}")
    for index in range(len(raw)):
        connection.sendall(raw[index : index + 1])
        time.sleep(0.02)
    return False


# --- bytes that are not the answer --------------------------------------------------------------------------------


def _send(connection: socket.socket, _: Genuine, *, raw: bytes) -> bool:
    connection.sendall(raw)
    connection.close()
    return False


def _altered(connection: socket.socket, genuine: Genuine, *, alter: Callable[[Genuine], bytes]) -> bool:
    connection.sendall(alter(genuine))
    return True


def _said(raw: bytes, _: Genuine) -> bytes:
    return raw


def _page(status: int) -> bytes:
    return Genuine(status, f"<html><body><h1>{status}</h1>cloudflare</body></html>".encode()).raw(kind="text/html")


def _whole(connection: socket.socket, head: str, pieces: Iterator[bytes]) -> bool:
    connection.sendall(f"HTTP/1.1 200 OK\r\n{head}\r\n\r\n".encode())
    for piece in pieces:
        connection.sendall(piece)
    return False


@cache
def _bomb() -> bytes:
    return gzip.compress(bytes(HUGE), 9)


def _gzip_bomb(connection: socket.socket, _: Genuine) -> bool:
    return _whole(connection, f"Content-Encoding: gzip\r\nContent-Length: {len(_bomb())}", iter([_bomb()]))


def _huge(connection: socket.socket, _: Genuine) -> bool:
    pieces = (b" " * _CHUNK for _ in range(HUGE // _CHUNK))
    return _whole(connection, f"Content-Length: {HUGE}", pieces)


def _endless(connection: socket.socket, _: Genuine) -> bool:
    piece = f"{_CHUNK:x}\r\n".encode() + b" " * _CHUNK + b"\r\n"
    return _whole(connection, "Transfer-Encoding: chunked", iter(lambda: piece, b""))


def _torn_gzip(genuine: Genuine) -> bytes:
    packed = gzip.compress(genuine.body)
    return Genuine(genuine.status, packed[: len(packed) // 2]).raw("Content-Encoding: gzip")


def _body(genuine: Genuine, alter: Callable[[bytes], bytes]) -> bytes:
    return Genuine(genuine.status, alter(genuine.body)).raw()


def _json(genuine: Genuine, alter: Callable[[dict[str, Any]], object]) -> bytes:
    return _body(genuine, lambda body: json.dumps(alter(json.loads(body))).encode())


_BROKEN_ANSWERS: Final[Mapping[str, Callable[[Genuine], bytes]]] = {
    "torn gzip": _torn_gzip,
    "no gzip": lambda genuine: genuine.raw("Content-Encoding: gzip"),
    "unknown compression": lambda genuine: genuine.raw("Content-Encoding: zstd"),
    "UTF-16": lambda genuine: _body(genuine, lambda body: body.decode().encode("utf-16")),
    "invalid UTF-8": lambda genuine: _body(genuine, lambda body: body.replace(b'"', b'"\xff', 2)),
    "half of the JSON": lambda genuine: _body(genuine, lambda body: body[: len(body) // 2]),
    "duplicate keys": lambda genuine: _body(genuine, lambda body: body[:-1] + b"," + body[1:]),
    "missing keys": lambda genuine: _json(genuine, lambda _: {}),
    "an array": lambda genuine: _json(genuine, lambda body: [body]),
    "wrong types": lambda genuine: _json(genuine, lambda body: dict.fromkeys(body, 1.5)),
    "null": lambda genuine: _json(genuine, lambda _: None),
    "empty": lambda genuine: _body(genuine, lambda _: b""),
    "204": lambda _: b"HTTP/1.1 204 No Content\r\n\r\n",
    "HTML 200": lambda _: _page(200),
    "HTML 502": lambda _: _page(502),
    "HTML 503": lambda _: _page(503),
    "HTML 520": lambda _: _page(520),
    "500": lambda _: Genuine(500, b'{"id":"internal_error","message":"Something went wrong"}').raw(),
}

_ODD_ANSWERS: Final[Mapping[str, Callable[[Genuine], bytes]]] = {
    "wrong content type": lambda genuine: genuine.raw(kind="text/html; charset=utf-16"),
    "gzip": lambda genuine: Genuine(genuine.status, gzip.compress(genuine.body)).raw("Content-Encoding: gzip"),
    "interim answers": lambda genuine: b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 3 + genuine.raw(),
    "one answer too many": lambda genuine: genuine.raw() * 2,
}

_REFUSALS: Final[Mapping[str, bytes]] = {
    "429": Genuine(429, b'{"id":"rate_limit_exceeded","message":"Slow down"}').raw("Retry-After: 0"),
    "429 of a gateway": Genuine(429, b"<html>slow down</html>").raw("Retry-After: 0", kind="text/html"),
    "401": Genuine(401, b'{"id":"invalid_token","message":"No"}').raw(),
    "403 of a gateway": _page(403),
    "redirect": Genuine(307, b"").raw("Location: /api/v2023061/demo-shop/RedeemPoints1"),
}


def elsewhere(port: int) -> Fault:
    """Make a redirect to another host.

    Args:
        port: Where that host listens.
    """
    raw = Genuine(308, b"").raw(f"Location: http://localhost:{port}/api/v2023061/demo-shop/RedeemPoints1")
    return Fault("redirect elsewhere", applies=False, play=partial(_altered, alter=partial(_said, raw)))


_EITHER_SIDE: Final[Mapping[str, Play]] = {
    "reset": _reset,
    "close": _close,
    "hang": _hang,
    "half of the head": partial(_cut, keep=0.2, then=_close),
    "half an answer": partial(_cut, keep=0.8, then=_close),
    "half an answer, reset": partial(_cut, keep=0.8, then=_reset),
    "half an answer, hang": partial(_cut, keep=0.8, then=_hang),
    "drip": _drip,
    "garbage": partial(_send, raw=Random(3).randbytes(300)),  # noqa: S311 - the same garbage each time
    "not HTTP": partial(_send, raw=b"220 mail.example.com ESMTP\r\n"),
    "endless header": partial(_send, raw=b"HTTP/1.1 200 OK\r\nX: " + b"x" * 300_000),
    "gzip bomb": _gzip_bomb,
    "50 MB": _huge,
    "endless": _endless,
    **{name: partial(_altered, alter=alter) for name, alter in _BROKEN_ANSWERS.items()},
}

FAULTS: Final[Mapping[str, Fault]] = {
    fault.name: fault
    for fault in (
        *(Fault(f"{name} before applying", applies=False, play=play) for name, play in _EITHER_SIDE.items()),
        *(Fault(f"{name} after applying", applies=True, play=play) for name, play in _EITHER_SIDE.items()),
        *(
            Fault(name, applies=True, play=partial(_altered, alter=alter), spoils=False)
            for name, alter in _ODD_ANSWERS.items()
        ),
        *(
            Fault(name, applies=False, play=partial(_altered, alter=partial(_said, raw)))
            for name, raw in _REFUSALS.items()
        ),
    )
}
"""Every fault that a request can ask for, by its name."""
