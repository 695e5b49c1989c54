"""A stranger's server: a mock behind a relay that has no control plane, counts calls, and may lie."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, TypeAlias

from bubblehouse.transport import Httpx2Transport, Request, Response


@dataclass(slots=True)
class Call:
    """One call that came, and what a server that doesn't lie would answer.

    Attributes:
        number: How many came before it.
        function: What is called.
        token: The token that came with it.
        truth: The answer.
    """

    number: int
    function: str
    token: str
    truth: Response


@dataclass(slots=True)
class Relay:
    """What the relay does.

    Attributes:
        url: Where it is.
        lie: Answers in place of the mock.
        before: Is told of each call before it is worked on.
        after: Is told of each call when it was worked on and not answered yet.
        functions: What was called, in order.
    """

    url: str = ""
    lie: "Lie | None" = None
    before: Callable[[int, str], None] | None = None
    after: Callable[[int, str], None] | None = None
    functions: list[str] = field(default_factory=list)


class Speaker(BaseHTTPRequestHandler):
    """Answers one call."""

    protocol_version = "HTTP/1.1"
    relay: Relay
    upstream: str

    def say(self, status: int, headers: dict[str, str], content: bytes) -> None:
        """Answer."""
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def repeat(self, truth: Response, **changes: Any) -> None:
        """Answer with the truth, or something like it."""
        answer = truth._replace(**changes)
        left_out = {"content-length", "transfer-encoding", "connection", "date", "server"}
        headers = {name: value for name, value in answer.headers if name.lower() not in left_out}
        self.say(answer.status, headers, answer.content)

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if not self.path.startswith("/api/"):
            self.say(404, {"Content-Type": "text/html"}, b"<h1>Not found</h1>")
            return
        number, function = len(self.relay.functions), self.path.partition("?")[0].rpartition("/")[2]
        self.relay.functions.append(function)
        if self.relay.before is not None:
            self.relay.before(number, function)
        headers = tuple((name, value) for name, value in self.headers.items() if name.lower() not in _OF_THE_HOP)
        transport = Httpx2Transport()
        truth = transport.send(Request(self.command, self.upstream + self.path, headers, content), timeout=10)
        transport.close()
        if self.relay.after is not None:
            self.relay.after(number, function)
        if self.relay.lie is not None:
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            self.relay.lie(Call(number, function, token, truth), self)
        else:
            self.repeat(truth)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = do_TRACE = do_QUERY = do_HEAD = _answer  # noqa: N815


Lie: TypeAlias = Callable[[Call, Speaker], None]
_OF_THE_HOP = {"host", "connection", "content-length", "accept-encoding", "transfer-encoding", "user-agent"}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: object) -> None:
        """Say nothing: callers hang up, and lies break connections."""


@contextmanager
def relayed(mock_url: str) -> Iterator[Relay]:
    """Serve a mock as a stranger would.

    Args:
        mock_url: The mock's base URL.
    """
    relay = Relay()
    speaker = type("RelaySpeaker", (Speaker,), {"relay": relay, "upstream": mock_url.removesuffix("/api")})
    with _Server(("127.0.0.1", 0), speaker) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        relay.url = f"http://127.0.0.1:{server.server_port}/api"
        yield relay
        server.shutdown()
