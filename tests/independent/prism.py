"""Prism as a judge: a proxy between a client that sends recorded requests and a server that replays the answers."""

import http.client
import json
import re
import socket
import socketserver
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from urllib.parse import quote

from tests.contract.proof import contract as contracts
from tests.independent import prism_process
from tests.independent.agreement import COMMON, Difference, Judged, Verdict
from tests.independent.prism_process import PrismError
from tests.independent.traffic import ROUTE, Exchange

DIFFERENCES = (
    *COMMON,
    Difference(
        r"refused: (?!.* a boolean in a query).*: GET .*[?&](customer|market)=",
        "it passes over query parameters in JSON",
    ),
    Difference("refused: .* is ''; a boolean in a query", "it counts an empty parameter as none"),
    Difference(r"refused: 'application/.*\+json' is not accepted", "it takes a suffix for the whole subtype"),
    Difference("accepted: .*Invalid security scheme.*'bearer  token'", "RFC 9110 has schemes in any case"),
    Difference("accepted: .*Include_Full_Program=1", "it takes names of parameters in any case; OpenAPI doesn't"),
    Difference("accepted: .*PROXY_UNSUPPORTED_REQUEST_BODY.*: GET ", "it can't forward a GET with a body"),
    Difference("accepted: .*cart_subtotal must be [<>]= -?9007199254740991", "its int64 has the 53 bits of a double"),
)
"""Where Prism says otherwise, and the mock is right."""

_HOST = "https://app.bubblehouse.com"
_NUMBER = "x-recorded"
_VIOLATIONS = "sl-violations"
_SIDES = ("request", "response")
_NO_ROUTE = "Selected route not found"
_UNREADABLE = "Prism can't read the body"
_CHARSET = re.compile(r'charset *= *"?([^";]+)')
_CHARSETS = {"us-ascii", "utf-8", "utf8"}
_CONNECTIONS = 8
_PATIENCE = 30.0  # seconds


class _Upstream(socketserver.ThreadingTCPServer):
    """Gives the answer that the request asks for by number."""

    request_queue_size = 128
    daemon_threads = True
    answers: Sequence[Exchange] = ()


class _Replay(socketserver.StreamRequestHandler):
    timeout = 5

    def handle(self) -> None:
        self.rfile.readline()
        number = http.client.parse_headers(self.rfile)[_NUMBER]
        assert isinstance(self.server, _Upstream)
        recorded = self.server.answers[int(number)]
        head = [f"HTTP/1.1 {recorded.status} Recorded", "Connection: close", f"{_NUMBER}: {number}"]
        head += [f"Content-Length: {len(recorded.answer)}"]
        head += [f"{name}: {value}" for name, value in recorded.answer_headers]
        self.wfile.write(("\r\n".join([*head, "", ""]) + recorded.answer).encode("latin-1"))
        self.connection.shutdown(socket.SHUT_WR)
        while self.rfile.read(65536):  # to close with something unread would cut the answer off
            pass


@contextmanager
def running() -> Iterator["Prism"]:
    """Run Prism on the contract that the generated client carries, while the context lasts.

    Raises:
        PrismError: It doesn't start.
        InstallationError: It can't be installed.
    """
    with _Upstream(("127.0.0.1", 0), _Replay) as upstream:
        threading.Thread(target=upstream.serve_forever, daemon=True).start()
        try:
            with prism_process.running("proxy", f"http://127.0.0.1:{upstream.server_address[1]}") as process:
                yield Prism(process.port, upstream)
        finally:
            upstream.shutdown()


class Prism:
    """Judges exchanges by a contract."""

    def __init__(self, port: int, upstream: _Upstream) -> None:
        self._port = port
        self._upstream = upstream

    def judge(self, exchanges: Sequence[Exchange]) -> list[Judged]:
        """Say what is wrong with each request and its answer. An answer of no operation has nothing to fit."""
        self._upstream.answers = exchanges
        shares = [range(first, len(exchanges), _CONNECTIONS) for first in range(_CONNECTIONS)]
        with ThreadPoolExecutor(_CONNECTIONS) as pool:
            verdicts = dict(judged for share in pool.map(self._judge, shares) for judged in share)
        return [(exchange, verdicts[number]) for number, exchange in enumerate(exchanges)]

    def _judge(self, numbers: range) -> list[tuple[int, Verdict]]:
        line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_PATIENCE)
        try:
            return [(number, self._verdict(line, number)) for number in numbers]
        finally:
            line.close()

    def _verdict(self, line: http.client.HTTPConnection, number: int) -> Verdict:
        try:
            return self._heard(line, number)
        except (OSError, http.client.HTTPException) as error:
            raise PrismError(f"Prism breaks down at {self._upstream.answers[number]}") from error

    def _heard(self, line: http.client.HTTPConnection, number: int) -> Verdict:
        recorded = self._upstream.answers[number]
        request: Sequence[str] = (_UNREADABLE,)
        response: Sequence[str] | None = None
        if _is_readable(recorded):
            request, response = _told(line, number, recorded.method, *_target(recorded), recorded)
        if response is None and recorded.operation is not None:
            # An answer can be judged without the request that Prism could do nothing with.
            failure, response = _told(line, number, recorded.operation.method, *_documented(recorded.operation))
            response = failure if response is None else response
        return Verdict(request, response or ())


def _told(
    line: http.client.HTTPConnection, number: int, method: str, server: str, target: str, sent: Exchange | None = None
) -> tuple[Sequence[str], Sequence[str] | None]:
    """Return what Prism has against a request and its answer, for which it is None where it wasn't looked at."""
    line.putrequest(method, f"{target}__server={quote(server, safe='')}", skip_accept_encoding=True)
    line.putheader(_NUMBER, str(number))
    for name, value in sent.headers if sent is not None else ():
        line.putheader(name, value.encode("latin-1"))
    body = sent.body.encode("latin-1") if sent is not None else b""
    if body:
        line.putheader("content-length", str(len(body)))
    line.endheaders(body)
    reply = line.getresponse()
    said = reply.read().decode("utf-8", "replace")
    violations = reply.getheader(_VIOLATIONS, "")
    if reply.getheader(_NUMBER) is None:
        return (f"{reply.status} {said[:300]}",), None
    request, response = ((violations[:1000],) if f'"location":["{side}"' in violations else () for side in _SIDES)
    return request, None if _NO_ROUTE in violations else response


def _target(exchange: Exchange) -> tuple[str, str]:
    """Return the server's URL, as the contract has it, and the path below it with its query."""
    route = ROUTE.fullmatch(exchange.path)
    base, path = (route["base"], route["path"]) if route is not None else ("", exchange.path)
    return _HOST + base, f"{path}?{exchange.query}{'&' * bool(exchange.query)}"


def _is_readable(exchange: Exchange) -> bool:
    """Tell whether Prism can parse a body. It never answers one that it can't, or even ends."""
    content_type = dict(exchange.headers).get("content-type", "").lower()
    if not exchange.body or "json" not in content_type:
        return True
    if not content_type.isascii() or {*_CHARSET.findall(content_type)} - _CHARSETS:
        return False
    try:
        json.loads(exchange.body.encode("latin-1").decode("utf-8", "replace"), parse_constant=int)
    except (ValueError, RecursionError):
        return False
    return True


def _documented(operation: contracts.Operation) -> tuple[str, str]:
    return f"{_HOST}/api/{contracts.load().version}", f"/shop/{operation.function}?"
