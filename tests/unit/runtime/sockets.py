"""A loopback server that misbehaves as told."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

from bubblehouse.transport import Request

Handler = Callable[[socket.socket], None]


class Server:
    """Accepts connections on loopback and hands each to the handler, in a thread of its own."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._listener = socket.create_server(("127.0.0.1", 0))
        # What a handler sends in pieces goes out in pieces at once; connections inherit it.
        self._listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._stopped = threading.Event()
        self._connections: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self.accepted = 0
        self.finished = threading.Semaphore(0)
        self._threads[0].start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}/api/v1/my-shop/Call1"

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self._stopped.is_set():
                connection.close()
                return
            self.accepted += 1
            connection.settimeout(5)
            self._connections.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):  # the client may well have left
            self._handler(connection)
        self.finished.release()

    def wait(self, seconds: float) -> bool:
        """Sleep in a handler. True when the test is over."""
        return self._stopped.wait(seconds)

    def stop(self) -> None:
        self._stopped.set()
        socket.create_connection(self._listener.getsockname()).close()  # wakes the one that accepts
        for connection in self._connections:  # and those that read; a client may keep a connection
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)
        self._listener.close()


Serve = Callable[[Handler], Server]


BODY = b'{"code": "x", "pts": 1}'
PLAIN = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)


def request(url: str, content: bytes = b'{"pts": 5}') -> Request:
    return Request("POST", url, (("Authorization", "Bearer a.b.c"), ("Content-Type", "application/json")), content)


def receive(connection: socket.socket) -> bytes:
    """Read one request to its end."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    length = int(
        next(line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")).split(b":")[1]
    )
    while len(body) < length:
        body += _more(connection)
    return head + b"\r\n\r\n" + body


def _more(connection: socket.socket) -> bytes:
    data = connection.recv(65536)
    if not data:
        raise ConnectionError("the client has left")
    return data


def answering(*answers: bytes) -> Handler:
    """Answer each request on a connection, then close it."""

    def handle(connection: socket.socket) -> None:
        for answer in answers:
            receive(connection)
            connection.sendall(answer)

    return handle


@contextlib.contextmanager
def full(address: tuple[str, int]) -> Iterator[int]:
    """Listen without accepting, with a backlog that is full. Yields the port."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(address)
        listener.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.settimeout(0)
            waiting.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]
