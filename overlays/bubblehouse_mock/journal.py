"""Who called, with what, and what came of it: the last calls, without their tokens."""

import re
from collections import deque
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Final, NamedTuple, Protocol

from bubblehouse_mock.messages import Headers, Request, Response

KEPT: Final = 1000
"""So many calls are remembered."""

_LONGEST: Final = 16_384  # bytes of a body that are remembered
_SECRET_HEADERS: Final = {"authorization", "cookie", "proxy-authorization", "x-api-key"}
# What begins a JWT is {" in base64. Its dots may be percent-encoded, and anything may stand before it.
_TOKEN: Final = re.compile(r"eyJ[\w-]*(?:(?:\.|%2[eE])[\w-]*){1,2}")
_TOKEN_PARAMETER: Final = re.compile(r"(?<![^&])((?:auth|token|access_token)=)[^&]*", re.IGNORECASE)


class Exchange(NamedTuple):
    """One call of the API, and what became of it.

    Attributes:
        at: When it came.
        request: What was sent.
        response: What was answered; None where the connection broke before.
        operation: The function that was called, where there is one.
        customer: The bhid of the customer whom it was about, where that came out.
        token: The token's kind and the id of its key, where the token was good.
        fault: What was forced to go wrong.
    """

    at: datetime
    request: Request
    response: Response | None
    operation: str | None
    customer: str | None
    token: tuple[str, str] | None
    fault: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SentAnswer:
    """What was answered.

    Args:
        status: Its status.
        headers: Pairs of name and value.
        body: The body as text.
    """

    status: int
    headers: list[list[str]]
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One call of the API, as people may see it: without tokens, wherever they stood.

    Args:
        number: Its number; later ones are higher.
        at: When it came, by the clock of the shops.
        method: Its verb.
        path: Its path.
        query: Its query.
        headers: Pairs of name and value.
        body: Its body as text.
        operation: The function that was called, where there is one.
        customer: The bhid of the customer whom it was about, where that came out.
        token_kind: The kind of its token, where the token was good.
        key_id: The key that the token was signed with, where the token was good.
        fault: What was forced to go wrong.
        answer: What was answered; null where the connection broke.
    """

    number: int
    at: datetime
    method: str
    path: str
    query: str
    headers: list[list[str]]
    body: str
    operation: str | None = None
    customer: str | None = None
    token_kind: str | None = None
    key_id: str | None = None
    fault: str | None = None
    answer: SentAnswer | None = None


class Journal(Protocol):
    """The last calls."""

    def add(self, exchange: Exchange) -> None:
        """Remember a call, within `changing` of the log."""
        ...

    def entries(self, after: int, limit: int) -> list[Entry]:
        """Return calls, oldest first, within `changing` of the log.

        Args:
            after: The number of the last one that is known already; 0 for none.
            limit: How many at most; the latest ones.
        """
        ...

    def clear(self) -> None:
        """Forget all calls, within `changing` of the log. Their numbers are not given again."""
        ...


class MemoryJournal:
    """Remembers calls in memory."""

    def __init__(self) -> None:
        self._calls: deque[tuple[int, Exchange]] = deque(maxlen=KEPT)
        self._last = 0

    def add(self, exchange: Exchange) -> None:
        """Remember a call."""
        self._last += 1
        self._calls.append((self._last, shortened(exchange)))

    def entries(self, after: int, limit: int) -> list[Entry]:
        """Return calls, oldest first; see `Journal`."""
        latest = islice(reversed(self._calls), limit)
        return [shown(number, exchange) for number, exchange in latest if number > after][::-1]

    def clear(self) -> None:
        """Forget all calls."""
        self._calls.clear()


def shortened(exchange: Exchange) -> Exchange:
    """Return a call without the far ends of its bodies."""
    if len(exchange.request.body) <= _LONGEST:
        return exchange
    return exchange._replace(request=replace(exchange.request, body=exchange.request.body[:_LONGEST]))


def shown(number: int, exchange: Exchange) -> Entry:
    """Return a call as people may see it."""
    request, response, token = exchange.request, exchange.response, exchange.token or (None, None)
    return Entry(
        number=number,
        at=exchange.at,
        method=redacted(request.method),
        path=redacted(request.path.decode("utf-8", "replace")),
        query=redacted(_TOKEN_PARAMETER.sub(r"\1<redacted>", request.query.decode("utf-8", "replace"))),
        headers=_headers(request.headers),
        body=redacted(request.body.decode("utf-8", "replace")),
        operation=exchange.operation,
        customer=exchange.customer,
        token_kind=token[0],
        key_id=token[1],
        fault=exchange.fault,
        answer=None if response is None else _answer(response),
    )


def _answer(response: Response) -> SentAnswer:
    body = redacted(response.body.decode("utf-8", "replace"))
    return SentAnswer(status=response.status, headers=_headers(response.all_headers), body=body)


def redacted(text: str) -> str:
    """Return a text without the tokens in it."""
    return _TOKEN.sub("<redacted>", text)


def _headers(headers: Headers) -> list[list[str]]:
    return [[name, _header(name, value)] for name, value in headers]


def _header(name: str, value: str) -> str:
    if name not in _SECRET_HEADERS:
        return redacted(value)
    scheme, space, _ = value.partition(" ")
    return f"{scheme} <redacted>" if space and scheme.isalpha() else "<redacted>"
