"""The other end of every measured call: fixed answers over keep-alive connections, at almost no cost per request.

It is a process of its own. The first line that it prints is its port; it ends when its stdin does.
"""

import os
import re
import select
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks.processes import child
from tests.benchmarks.served import ANSWERS, content

_ROOT = Path(__file__).parents[2]
_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)
_HEAD_END = b"\r\n\r\n"
_MOST = 65536


@contextmanager
def running(core: int | None = None) -> Iterator[str]:
    """Run a server; yield its URL.

    Args:
        core: The processor core that it has to itself; None to leave that to the system.
    """
    with child([sys.executable, "-m", __name__], _ROOT) as process:
        if core is not None:
            os.sched_setaffinity(process.id, {core})
        yield f"http://127.0.0.1:{process.line()}"


class _Connection:
    """One client, and what of its next request has come so far."""

    __slots__ = ("_buffer", "socket")

    def __init__(self, connected: socket.socket) -> None:
        self.socket = connected
        self._buffer = b""

    def requests(self, received: bytes) -> Iterator[str]:
        """Yield the path of each request that is complete."""
        self._buffer += received
        while (head := self._buffer.find(_HEAD_END)) >= 0:
            length = _LENGTH.search(self._buffer, 0, head)
            end = head + len(_HEAD_END) + (int(length[1]) if length else 0)
            if len(self._buffer) < end:
                return
            path = self._buffer.split(b" ", 2)[1]
            self._buffer = self._buffer[end:]
            yield path.decode()


def _responses() -> dict[str, bytes]:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
    return {
        path: head % (len(body), body) for path, body in ((path, content(answer)) for path, answer in ANSWERS.items())
    }


def _serve() -> None:
    responses = _responses()
    connections: dict[int, _Connection] = {}
    poll = select.epoll()
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as listener:
        poll.register(listener, select.EPOLLIN)
        poll.register(sys.stdin, select.EPOLLIN)
        sys.stdout.write(f"{listener.getsockname()[1]}\n")
        sys.stdout.flush()
        while True:
            for number, _ in poll.poll():
                if number == sys.stdin.fileno():
                    return
                if number == listener.fileno():
                    accepted, _ = listener.accept()
                    accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    connections[accepted.fileno()] = _Connection(accepted)
                    poll.register(accepted, select.EPOLLIN)
                elif not _answer(connections[number], responses):
                    connections.pop(number).socket.close()


def _answer(connection: _Connection, responses: dict[str, bytes]) -> bool:
    """Answer what has come. Return whether the connection goes on."""
    try:
        received = connection.socket.recv(_MOST)
        for path in connection.requests(received):
            connection.socket.sendall(responses[path])
    except OSError:
        return False
    return bool(received)


if __name__ == "__main__":
    _serve()
