"""openapi-core as a judge: a request and its answer, each validated against the contract."""

from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import parse_qsl

from openapi_core import OpenAPI
from openapi_core.datatypes import RequestParameters
from tests.contract.proof import contract as contracts
from tests.independent.agreement import COMMON, Difference, Judged, Verdict
from tests.independent.traffic import Exchange
from werkzeug.datastructures import Headers, ImmutableMultiDict

DIFFERENCES = (
    *COMMON,
    Difference("refused: '.*' never existed; there are", "it takes any text for a server variable, whatever its enum"),
    Difference(r"refused: Paths are of the form .*/\.\./", "and any number of path segments"),
    Difference("refused: .* is '(?i:0|1|on|t|true|yes)'; a boolean in a query", "it reads many words as booleans"),
    Difference("refused: .* is given [23] times", "it takes one of them"),
    Difference("refused: .* is not a JSON number", "Python's JSON parser reads NaN and Infinity"),
    Difference(r"refused: The body is not JSON.*} (ï»¿|{?\0)", "and finds out UTF-16, UTF-32 and byte order marks"),
    Difference(
        r"refused: 'application/json\\xa0' is not accepted", "Python's strip() takes more than HTTP's white space"
    ),
    Difference("refused: The charset .* is not accepted", "it reads JSON whatever charset it is said to have"),
)
"""Where openapi-core says otherwise, and the mock is right."""

_HOST = "https://app.bubblehouse.com"


class _Request:
    host_url = _HOST

    def __init__(self, exchange: Exchange) -> None:
        headers = Headers(list(exchange.headers))
        self.method = exchange.method.lower()
        self.path = exchange.path
        self.body: bytes | None = exchange.body.encode("latin-1")
        self.content_type = headers.get("Content-Type", "").lower()
        query = parse_qsl(exchange.query, keep_blank_values=True)
        self.parameters = RequestParameters(query=ImmutableMultiDict(query), header=headers)


class _Documented(_Request):
    """The same request, sent where and how its operation is documented."""

    def __init__(self, exchange: Exchange, operation: contracts.Operation) -> None:
        super().__init__(exchange)
        self.method = operation.method.lower()
        self.path = f"/api/{contracts.load().version}/shop/{operation.function}"


class _Response:
    def __init__(self, exchange: Exchange) -> None:
        self.status_code = exchange.status
        self.headers = Headers(list(exchange.answer_headers))
        self.content_type = self.headers["Content-Type"]
        self.data: bytes | None = exchange.answer.encode("latin-1")


class OpenApiCore:
    """Judges exchanges by the contract that the generated client carries."""

    def __init__(self) -> None:
        self._api = OpenAPI.from_dict(contracts.load().document)

    def judge(self, exchanges: Iterable[Exchange]) -> list[Judged]:
        """Say what is wrong with each request and its answer. An answer of no operation has nothing to fit."""
        return [(it, Verdict(self._request(it), self._response(it))) for it in exchanges]

    def _request(self, exchange: Exchange) -> Sequence[str]:
        return _told(self._api.iter_request_errors(_Request(exchange)))

    def _response(self, exchange: Exchange) -> Sequence[str]:
        operation = exchange.operation
        if operation is None:
            return ()
        return _told(self._api.iter_response_errors(_Documented(exchange, operation), _Response(exchange)))


def _told(errors: Iterable[BaseException]) -> Sequence[str]:
    try:
        return tuple(": ".join(repr(cause)[:200] for cause in _causes(error)) for error in errors)
    except (ValueError, RecursionError) as unreadable:  # what it can't read is none of the contract's either
        return (repr(unreadable),)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__
