"""What is sent again, when, and with which token.

No idempotency key is documented, so that a write which may have been done is not. It takes no server: what an attempt
brings is up to the test.
"""

import json
from typing import Final

import pytest
from tests.contract.client.bench import Bench, Outcome, json_answer
from tests.contract.proof import contract as contracts
from tests.contract.proof.contract import Contract, Operation
from tests.reliability.caller import CALLS
from tests.reliability.shapes import complete

from bubblehouse import errors as runtime
from bubblehouse.transport import TransportError

_CALLS = [operation for operation in contracts.load().operations.values() if operation.method == "POST"]
_READS = [operation for operation in _CALLS if operation.kind == "read"]
_WRITES = [operation for operation in _CALLS if operation.kind == "write"]
_MAY_BE_DONE: Final[dict[str, Outcome]] = {
    "a connection that broke": TransportError("broken", sent=True),
    "no answer in time": TransportError("late", sent=True, timed_out=True),
    "a gateway's page": json_answer(502, b"<html>"),
    "an error of the server": json_answer(500, b"{}"),
    "no service": json_answer(503, b"{}"),
}
_NOT_SENT: Final = TransportError("refused", sent=False)
_REFUSED: Final = json_answer(401, b'{"id": "invalid_token"}')


def _good(contract: Contract, operation: Operation) -> Outcome:
    schema = contract.response(operation.id, 200)["content"]["application/json"]["schema"]
    return json_answer(200, json.dumps(complete(contract, schema)).encode())


def _too_many(wait: str) -> Outcome:
    return json_answer(429, b'{"id": "rate_limit_exceeded"}', ("Retry-After", wait))


def _play(bench: Bench, operation: Operation, *outcomes: Outcome, **options: object) -> object:
    return bench.play(operation.python_name, dict(CALLS[operation.python_name]), *outcomes, **options)


@pytest.mark.parametrize("failure", _MAY_BE_DONE)
@pytest.mark.parametrize("operation", _READS, ids=lambda it: it.id)
def test_a_read_is_sent_again(operation: Operation, failure: str, bench: Bench, contract: Contract) -> None:
    _play(bench, operation, _MAY_BE_DONE[failure], _good(contract, operation), max_retries=1)
    first, second = bench.attempts
    assert sum(bench.slept) > 0, "who comes back at once comes too early"
    assert (first.method, first.url, first.content) == (second.method, second.url, second.content)


@pytest.mark.parametrize("failure", _MAY_BE_DONE)
@pytest.mark.parametrize("operation", _WRITES, ids=lambda it: it.id)
def test_a_write_that_may_be_done_is_not(operation: Operation, failure: str, bench: Bench, contract: Contract) -> None:
    with pytest.raises(runtime.OutcomeUnknownError):
        _play(bench, operation, _MAY_BE_DONE[failure], _good(contract, operation), max_retries=5)
    assert len(bench.attempts) == 1


@pytest.mark.parametrize("operation", _CALLS, ids=lambda it: it.id)
def test_what_never_arrived_is_sent_again(operation: Operation, bench: Bench, contract: Contract) -> None:
    _play(bench, operation, _NOT_SENT, _good(contract, operation), max_retries=1)
    assert len(bench.attempts) == 2


@pytest.mark.parametrize("seconds", [1, 3, 17])
@pytest.mark.parametrize("operation", _CALLS, ids=lambda it: it.id)
def test_a_call_too_many_waits_as_told(operation: Operation, seconds: int, bench: Bench, contract: Contract) -> None:
    _play(bench, operation, _too_many(str(seconds)), _good(contract, operation), max_retries=1, timeout=60)
    assert len(bench.attempts) == 2
    assert seconds <= sum(bench.slept) < seconds + 1


@pytest.mark.parametrize("operation", _CALLS, ids=lambda it: it.id)
def test_a_token_that_was_refused_is_made_anew(operation: Operation, bench: Bench, contract: Contract) -> None:
    tokens = iter(("first", "second", "third"))
    own = {"key_id": None, "secret": None, "token": lambda: next(tokens)}
    _play(bench, operation, _REFUSED, _good(contract, operation), max_retries=1, **own)
    sent = [dict(request.headers)["Authorization"] for request in bench.attempts]
    assert sent == ["Bearer first", "Bearer second"]


@pytest.mark.parametrize("operation", _CALLS, ids=lambda it: it.id)
def test_no_more_often_than_asked_for(operation: Operation, bench: Bench) -> None:
    with pytest.raises(runtime.RateLimitError):
        _play(bench, operation, _too_many("1"), max_retries=3, timeout=60)
    assert len(bench.attempts) == 4


@pytest.mark.parametrize("status", [400, 403, 404, 405, 413, 415, 422])
@pytest.mark.parametrize("operation", _CALLS, ids=lambda it: it.id)
def test_a_refusal_is_final(operation: Operation, status: int, bench: Bench) -> None:
    with pytest.raises(runtime.APIError):
        _play(bench, operation, json_answer(status, b'{"id": "brand_new"}'), max_retries=5)
    assert len(bench.attempts) == 1
