"""What the mock was asked and what it answered, as it was recorded: HTTP without tokens, times or connections."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from tests.contract.proof import contract as contracts

from bubblehouse_mock.messages import Request, Response

ROUTE = re.compile(r"(?P<base>/[^/]*/[^/]*)(?P<path>/[^/]*/(?P<function>[^/]*))")
"""The path of a call: what a server URL of the contract ends in, then a path of the contract."""

_JUDGED_HEADERS = {"authorization", "content-encoding", "content-type"}  # the contract speaks of no other
_TOKEN = re.compile(r"(?<=^bearer )( *)\S.*|eyJ.*", re.IGNORECASE)
_UNRESERVED = re.compile(r"%(?:2D|2E|3\d|4[1-9A-F]|5[0-9AF]|6[1-9A-F]|7[0-9AE])", re.IGNORECASE)

_METHOD = re.compile(r"[A-Z]+")
_TARGET = re.compile(r"/[!-~]*")
_HEADER = re.compile(r"[!-~\x80-\xff]([ \t!-~\x80-\xff]*[!-~\x80-\xff])?|")


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer. Bytes stand as Latin-1 text, which JSON can hold."""

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: str
    status: int
    answer: str
    answer_headers: tuple[tuple[str, str], ...]

    @property
    def error_id(self) -> str:
        """The id of the error that was answered; empty for a success."""
        return "" if self.status == 200 else str(json.loads(self.answer)["id"])

    @property
    def message(self) -> str:
        """What the error says; empty for a success."""
        return "" if self.status == 200 else str(json.loads(self.answer).get("message", ""))

    @property
    def operation(self) -> contracts.Operation | None:
        """The operation whose answer it is, whichever version the path names; None where it names no function.

        A verb that the function doesn't take is refused in the name of the one that it does.
        """
        route = ROUTE.fullmatch(self.path) if self.error_id != "unknown_function" else None
        verbs = {it.method: it for it in _operations() if route is not None and it.function == route["function"]}
        return verbs.get(self.method, verbs.get("POST"))

    def __str__(self) -> str:
        asked = f"{self.method} {self.path}?{self.query} {dict(self.headers)} {self.body[:200]}"
        return f"{asked} → {self.status} {dict(self.answer_headers)} {self.answer[:200]}"

    def answered(self, status: int, answer: Mapping[str, object]) -> "Exchange":
        """Return the same request with another answer."""
        return replace(self, status=status, answer=json.dumps(answer))


def observed(request: Request, response: Response) -> Exchange | None:
    """Return an exchange as it is to be recorded; None where no HTTP client can have sent the request in full."""
    path, query = request.path.decode("latin-1"), request.query.decode("latin-1")
    headers = tuple((name, value) for name, value in request.headers if name in _JUDGED_HEADERS)
    parts = _METHOD.fullmatch(request.method), _TARGET.fullmatch(f"{path}?{query}")
    if not request.complete or None in (*parts, *(_HEADER.fullmatch(value) for _, value in headers)):
        return None
    return Exchange(
        method=request.method,
        path=_UNRESERVED.sub(lambda found: unquote(found[0]), path),
        query=query,
        headers=tuple((name, _TOKEN.sub(r"\1token", value)) for name, value in headers),
        body=request.body.decode("latin-1"),
        status=response.status,
        answer=response.body.decode("latin-1"),
        answer_headers=tuple(it for it in response.all_headers if it[0] != "content-length"),
    )


def write(file: Path, exchanges: Iterable[Exchange]) -> None:
    """Write exchanges, one in a line."""
    file.write_text("".join(json.dumps(asdict(it)) + "\n" for it in exchanges), encoding="ascii")


def read(file: Path) -> list[Exchange]:
    """Read what `write` has written."""
    return [_exchange(json.loads(line)) for line in file.read_text(encoding="ascii").splitlines()]


def _exchange(fields: dict[str, Any]) -> Exchange:
    pairs = {name: tuple(map(tuple, fields[name])) for name in ("headers", "answer_headers")}
    return Exchange(**{**fields, **pairs})


def _operations() -> Iterable[contracts.Operation]:
    return contracts.load().operations.values()
