"""Where an independent judge of the contract and the mock say different things."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from tests.independent.traffic import Exchange

_MALFORMED = {
    "invalid_global_api_version",
    "invalid_request",
    "method_not_allowed",
    "request_too_large",
    "unknown_function",
    "unsupported_media_type",
}
"""Errors that say of a request what a judge can say of it, too: it is none of the contract's."""

_UNREAD = {
    "inaccessible_global_api_version",
    "invalid_token",
    "obsolete_global_api_version",
    "rate_limit_exceeded",
}
"""Errors that come before the rest of the request is looked at: right for good requests and for bad ones."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a judge has against an exchange."""

    request: Sequence[str] = ()
    response: Sequence[str] = ()


Judged: TypeAlias = tuple[Exchange, Verdict]


class Judge(Protocol):
    """An independent implementation of OpenAPI, holding the project's contract."""

    def judge(self, exchanges: Sequence[Exchange]) -> Sequence[Judged]:
        """Say what is wrong with each request and its answer. An answer of no operation has nothing to fit."""
        ...


@dataclass(frozen=True, slots=True)
class Difference:
    """A kind of finding that is right on the mock's side.

    Attributes:
        finding: How such findings begin; a pattern.
        reason: Why the judge says otherwise.
    """

    finding: str
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a comparison.

    Attributes:
        findings: Those that are no known difference.
        unmet: The known differences that no finding was one of.
    """

    findings: Sequence[str]
    unmet: Sequence[Difference]


COMMON = (
    Difference("refused: .* the key '.*' stands twice", "JSON parsers keep one of equal keys and drop the others"),
    Difference("refused: .* half of a surrogate pair", "JSON's grammar allows it; no Unicode text can hold it"),
    Difference("refused: .* it is not UTF-8", "parsers make something of bytes that are none"),
    Difference("refused: .* a number is too large", "parsers read 1e400 as Infinity, which passes for a number"),
    Difference("refused: .* is nested deeper than 64 levels", "no schema says how deep a value may be"),
    Difference("refused: .* never a float", "JSON Schema calls 42.0 an integer; the contract refuses floats in prose"),
    Difference("refused: .* money is stored as 64-bit millionths", "the schema of a decimal string has no bounds"),
    Difference("refused: The body is larger than", "no contract limits the size of a body"),
    Difference("accepted: .*'application/json;'", "RFC 9110 lets a parameter be empty; they read none that is"),
    Difference("refused: Send one Content-Type header", "of two headers with one name they read one"),
    Difference("refused: A Content-Encoding is not accepted", "no contract names encodings of a body"),
    Difference("refused: The query is not URL-encoded UTF-8", "no contract says what a query is made of, or how much"),
)
"""Where any judge says otherwise, and the mock is right."""


def compare(judged: Iterable[Judged], differences: Sequence[Difference] = ()) -> Outcome:
    """Hold the mock's answers against a judge's verdicts."""
    findings: list[str] = []
    met: set[Difference] = set()
    for finding in (finding for exchange, verdict in judged for finding in _findings(exchange, verdict)):
        meant = [it for it in differences if re.match(it.finding, finding, re.DOTALL)]
        met.update(meant)
        if not meant:
            findings.append(finding)
    return Outcome(findings, [it for it in differences if it not in met])


def _findings(exchange: Exchange, verdict: Verdict) -> Iterator[str]:
    for problem in verdict.response:
        yield f"answered: {problem}: {exchange}"
    if exchange.error_id in _UNREAD:
        return
    if exchange.error_id in _MALFORMED and not verdict.request:
        yield f"refused: {exchange.message}: {exchange}"
    elif exchange.error_id not in _MALFORMED:
        for problem in verdict.request:
            yield f"accepted: {problem}: {exchange}"
