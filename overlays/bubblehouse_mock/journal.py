"""Who called, with what, and what came of it: the last calls, without their tokens."""

import re
from collections import deque
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Final, Protocol

from bubblehouse_mock.contract import Operation
from bubblehouse_mock.faults import Fault
from bubblehouse_mock.messages import Headers, Request, Response
from bubblehouse_mock.stages.grants import Grant
from bubblehouse_mock.state import Customer

KEPT: Final = 1000
"""So many calls are remembered."""

_LONGEST: Final = 16_384  # bytes of a body that are remembered
_SECRET_HEADERS: Final = {"authorization", "cookie", "proxy-authorization", "x-api-key"}
# What begins a JWT is {" in base64. Its dots may be percent-encoded, and anything may stand before it.
_TOKEN: Final = re.compile(r"eyJ[\w-]*(?:(?:\.|%2[eE])[\w-]*){1,2}")
_TOKEN_PARAMETER: Final = re.compile(r"(?<![^&])((?:auth|token|access_token)=)[^&]*", re.IGNORECASE)


class Exchange:
    """One call of the API, what came out about it on its way, and what became of it.

    Attributes:
        at: When it came.
        request: What was sent.
        operation: What was called, where there is such a function.
        fault: What was forced to go wrong.
        grant: What its token allows, where the token was good.
        customer: The customer whom it was about, where that came out.
        delay: Seconds by which its answer is kept back.
        response: What was answered; None where the connection broke before.
    """

    # Few calls have all of these; to set each at each call would take longer than to remember the call.
    operation: Operation | None = None
    fault: Fault | None = None
    grant: Grant | None = None
    customer: Customer | None = None
    delay: float = 0.0
    response: Response | None = None

    def __init__(self, at: datetime, request: Request) -> None:
        self.at = at
        self.request = request


@dataclass(slots=True, kw_only=True)  # not frozen, nor are entries: with a file, each call makes one
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


@dataclass(slots=True, kw_only=True)
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
        """Remember a call, within `changing` of the log. The journal takes it over."""
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
        self._calls: deque[Exchange] = deque(maxlen=KEPT)
        self._last = 0

    def add(self, exchange: Exchange) -> None:
        """Remember a call."""
        shorten(exchange)
        self._last += 1
        self._calls.append(exchange)

    def entries(self, after: int, limit: int) -> list[Entry]:
        """Return calls, oldest first; see `Journal`."""
        latest = zip(range(self._last, after, -1), islice(reversed(self._calls), limit), strict=False)
        return [shown(number, exchange) for number, exchange in latest][::-1]

    def clear(self) -> None:
        """Forget all calls."""
        self._calls.clear()


def shorten(exchange: Exchange) -> None:
    """Take the far end of its body away from a call."""
    if len(exchange.request.body) > _LONGEST:
        exchange.request = replace(exchange.request, body=exchange.request.body[:_LONGEST])


def shown(number: int, exchange: Exchange) -> Entry:
    """Return a call as people may see it."""
    request, response, grant = exchange.request, exchange.response, exchange.grant
    return Entry(
        number=number,
        at=exchange.at,
        method=redacted(request.method),
        path=redacted(request.path.decode("utf-8", "replace")),
        query=redacted(_TOKEN_PARAMETER.sub(r"\1<redacted>", request.query.decode("utf-8", "replace"))),
        headers=_headers(request.headers),
        body=redacted(request.body.decode("utf-8", "replace")),
        operation=None if exchange.operation is None else exchange.operation.function,
        customer=None if exchange.customer is None else exchange.customer.bhid,
        token_kind=None if grant is None else grant.kind,
        key_id=None if grant is None else grant.key_id,
        fault=None if exchange.fault is None else str(exchange.fault),
        answer=None if response is None else _answer(response),
    )


def _answer(response: Response) -> SentAnswer:
    body = redacted(response.body.decode("utf-8", "replace"))
    return SentAnswer(status=response.status, headers=_headers(response.all_headers), body=body)


def redacted(text: str) -> str:
    """Return a text without the tokens in it."""
    return _TOKEN.sub("<redacted>", text) if "eyJ" in text else text  # few texts have one


def _headers(headers: Headers) -> list[list[str]]:
    return [[name, _header(name, value)] for name, value in headers]


def _header(name: str, value: str) -> str:
    if name not in _SECRET_HEADERS:
        return redacted(value)
    scheme, space, _ = value.partition(" ")
    return f"{scheme} <redacted>" if space and scheme.isalpha() else "<redacted>"
