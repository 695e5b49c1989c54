"""Calls, blocking and for asyncio: what is sent, how often, how long it takes, and what comes out."""

import asyncio
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.runtime.answers import (
    EMPTY,
    LOST,
    NOT_SENT,
    OK,
    POOR,
    REFUSED,
    TOO_LATE,
    TOO_LATE_TO_CONNECT,
    Outcome,
    busy,
    refusing,
)

from bubblehouse import errors
from bubblehouse.transport import Request, Response, TransportError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.runtime.conftest import Bench, Step


@pytest.fixture
def write(bench: "Bench", operations: "dict[str, Any]") -> "Callable[..., Any]":
    return lambda client, arguments=None: bench.call(client, operations["write"], arguments)


# --- one request --------------------------------------------------------------------------------------------------


def test_a_call_is_one_post_with_its_arguments_as_json(bench: "Bench") -> None:
    script = bench.script(OK)
    answer = bench.call(bench.client(script))
    assert (answer.code, answer.pts) == ("x", 1)
    (request,) = script.requests
    headers = dict(request.headers)
    assert (request.method, request.content) == ("POST", b'{"pts":5}')
    assert headers.pop("Authorization").startswith("Bearer ey")
    python = f"Python/{sys.version_info.major}.{sys.version_info.minor}"
    assert headers == {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "User-Agent": f"example/1 {python}",
    }


def test_the_token_goes_out_and_is_used_again(bench: "Bench") -> None:
    script = bench.script(OK)
    client = bench.client(script)
    for _ in range(3):
        bench.call(client)
    assert len({dict(request.headers)["Authorization"] for request in script.requests}) == 1


@pytest.mark.parametrize(
    ("pts", "extra", "problem"),
    [
        (0, {}, "pts: must be at least 1"),
        ("5", {}, "pts: expected an int"),
        (1, {"x": float("nan")}, "not JSON"),
        (1, {"x": {1, 2}}, "not JSON"),
        (1, {"x": "\ud800"}, "surrogate"),
    ],
)
def test_an_argument_that_cannot_be_sent_is_not(
    bench: "Bench", operations: dict[str, Any], pts: object, extra: dict[str, object], problem: str
) -> None:
    script = bench.script(OK)
    arguments = operations["input"](pts=pts, additional_properties=extra)
    with pytest.raises(errors.InvalidArgumentError, match=problem) as caught:
        bench.call(bench.client(script), operations["write"], arguments)
    assert caught.value.operation == "SpendPoints1"
    assert caught.value.attempts == 0
    assert script.requests == []


# --- writes are never sent twice where the first may have been applied --------------------------------------------

AMBIGUOUS: list[tuple[Any, type[errors.CallError]]] = [
    (LOST, errors.APIConnectionError),
    (TOO_LATE, errors.APITimeoutError),
    (Response(500, (), b'{"id": "boom"}'), errors.InternalServerError),
    (Response(502, (), b"<html>"), errors.InternalServerError),
    (busy("1", status=503), errors.InternalServerError),
    (Response(520, (), b""), errors.InternalServerError),
    (Response(600, (), b""), errors.APIError),
    (EMPTY, errors.ResponseValidationError),
    (Response(200, (), b"<html>"), errors.ResponseValidationError),
    (Response(204, (), b""), errors.ResponseValidationError),
]


@pytest.mark.parametrize(("step", "reason"), AMBIGUOUS)
def test_an_ambiguous_write_is_sent_once_and_said_to_be_unknown(
    outcome: Outcome, step: "Step", reason: type[errors.CallError]
) -> None:
    error, script = outcome("write", step, OK, max_retries=5)
    assert len(script.requests) == 1
    assert type(error) is errors.OutcomeUnknownError
    assert isinstance(error.reason, reason)
    assert error.__cause__ is error.reason
    assert error.outcome_read_by == "CustomerBalance3"
    assert "CustomerBalance3" in str(error)
    assert error.response is (step if isinstance(step, Response) else None)
    assert error.timed_out is (step is TOO_LATE)
    assert error.likely_applied is (isinstance(step, Response) and step.status < 300)
    assert (error.operation, error.attempts) == (error.reason.operation, error.reason.attempts) == ("SpendPoints1", 1)


@pytest.mark.parametrize("first", [NOT_SENT, TOO_LATE_TO_CONNECT, busy(), REFUSED])
@pytest.mark.parametrize(("step", "_reason"), AMBIGUOUS)
def test_nor_is_it_after_an_attempt_that_was_safe_to_repeat(
    outcome: Outcome, bench: "Bench", first: "Step", step: "Step", _reason: object
) -> None:
    before = refusing(bench) if first is REFUSED else first
    error, script = outcome("write", before, step, OK, max_retries=5)
    assert len(script.requests) == 2
    assert isinstance(error, errors.OutcomeUnknownError)
    assert error.attempts == 2


@pytest.mark.parametrize("safe", [NOT_SENT, TOO_LATE_TO_CONNECT, busy(), busy("2")])
def test_a_write_that_was_certainly_not_applied_is_sent_again(outcome: Outcome, safe: "Step") -> None:
    answer, script = outcome("write", safe, safe, OK)
    assert answer.pts == 1
    assert len(script.requests) == 3
    assert len({request.content for request in script.requests}) == 1


steps = st.sampled_from(
    [OK, NOT_SENT, LOST, TOO_LATE, REFUSED, POOR, EMPTY, busy(), busy("1"), busy("99"), busy(None, 500)]
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(steps, min_size=1, max_size=6), st.integers(0, 4))
def test_whatever_happens_at_most_one_write_may_have_been_applied(
    outcome: Outcome, script_of: "list[Step]", max_retries: int
) -> None:
    safe = [step for step in script_of if step in (NOT_SENT, REFUSED, POOR) or getattr(step, "status", 0) == 429]
    result, script = outcome("write", *script_of, max_retries=max_retries)
    sent = [script_of[min(index, len(script_of) - 1)] for index in range(len(script.requests))]
    risky = [step for step in sent if step not in safe]
    assert len(risky) <= 1
    if risky:
        assert sent[-1] is risky[0]
        assert isinstance(result, errors.OutcomeUnknownError) is (risky[0] is not OK)
    else:
        assert not isinstance(result, errors.OutcomeUnknownError)
    assert len(sent) <= 1 + max_retries + (REFUSED in sent)


# --- reads are sent again ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", [NOT_SENT, LOST, TOO_LATE, busy(), busy(None, 500), busy(None, 503), busy(None, 520)])
def test_a_read_is_sent_again(outcome: Outcome, step: "Step") -> None:
    answer, script = outcome("read", step, step, OK)
    assert answer.pts == 1
    assert len(script.requests) == 3


@pytest.mark.parametrize("step", [LOST, busy(None, 503)])
@pytest.mark.parametrize("max_retries", [0, 1, 4])
def test_but_not_for_ever(outcome: Outcome, step: "Step", max_retries: int) -> None:
    error, script = outcome("read", step, max_retries=max_retries)
    assert len(script.requests) == error.attempts == max_retries + 1
    assert isinstance(error, errors.APIConnectionError | errors.InternalServerError)


@pytest.mark.parametrize("kind", ["read", "write"])
@pytest.mark.parametrize("step", [POOR, Response(301, (), b""), Response(404, (), b"{}"), Response(401, (), b"{}")])
def test_a_refusal_is_final(outcome: Outcome, kind: str, step: Response) -> None:
    error, script = outcome(kind, step, OK)
    assert len(script.requests) == 1
    assert isinstance(error, errors.APIError)
    assert (error.status, error.attempts) == (step.status, 1)


def test_an_unreadable_answer_to_a_read_is_final(outcome: Outcome) -> None:
    error, script = outcome("read", EMPTY, OK)
    assert len(script.requests) == 1
    assert isinstance(error, errors.ResponseValidationError)


def test_a_documented_error_is_raised_as_its_class(outcome: Outcome, operations: dict[str, Any]) -> None:
    error, _ = outcome("write", POOR)
    assert type(error) is operations["write"].error_class(422, "insufficient_points")
    assert (error.id, error.operation, error.response) == ("insufficient_points", "SpendPoints1", POOR)


# --- pauses and the deadline --------------------------------------------------------------------------------------


def test_pauses_back_off(outcome: Outcome, bench: "Bench") -> None:
    outcome("read", LOST, max_retries=6, timeout=1000)
    assert bench.clock.sleeps == [0.5, 1, 2, 4, 8, 8]


def test_retry_after_is_waited_for_in_full(outcome: Outcome, bench: "Bench") -> None:
    answer, _ = outcome("write", busy("25"), OK)
    assert answer.pts == 1
    assert bench.clock.sleeps == [25]


def test_a_retry_after_beyond_the_deadline_is_raised_at_once(outcome: Outcome, bench: "Bench") -> None:
    error, script = outcome("read", busy("30"), OK, timeout=30)
    assert isinstance(error, errors.RateLimitError)
    assert error.retry_after == 30
    assert bench.clock.sleeps == []
    assert len(script.requests) == 1


def test_one_deadline_covers_attempts_and_pauses(outcome: Outcome, bench: "Bench") -> None:
    def slow(_: Request, timeout: float) -> Response:
        bench.clock.now += min(timeout, 4)
        raise TransportError("too late", sent=True, timed_out=True)

    started = bench.clock.now
    error, script = outcome("read", slow, timeout=10, max_retries=99)
    assert isinstance(error, errors.APITimeoutError)
    assert script.timeouts == [5, 2.75, 0.875]
    assert bench.clock.now - started <= 10
    assert error.elapsed == bench.clock.now - started
    assert error.attempts == 3


@pytest.mark.parametrize(
    ("kind", "retries", "timeouts"), [("read", 2, [6, 2.75, 1.75]), ("read", 0, [12]), ("write", 2, [12])]
)
def test_a_server_that_never_answers_is_asked_again_for_a_read_alone(
    outcome: Outcome, bench: "Bench", kind: str, retries: int, timeouts: list[float]
) -> None:
    def silent(_: Request, timeout: float) -> Response:
        bench.clock.now += timeout
        raise TransportError("too late", sent=True, timed_out=True)

    started = bench.clock.now
    error, script = outcome(kind, silent, timeout=12, max_retries=retries)
    assert isinstance(error, errors.APITimeoutError if kind == "read" else errors.OutcomeUnknownError)
    assert script.timeouts == timeouts
    assert bench.clock.now - started == 12


def test_a_token_that_takes_the_whole_time_leaves_none_to_send(outcome: Outcome, bench: "Bench") -> None:
    def slow() -> str:
        bench.clock.now += 31
        return "a.b.c"

    error, script = outcome("write", OK, token=slow)
    assert isinstance(error, errors.APITimeoutError)
    assert not error.sent
    assert script.requests == []
    assert error.attempts == 0


def test_an_async_token_is_cut_off_at_the_deadline(async_bench: "Bench") -> None:
    async def never() -> str:
        await asyncio.Event().wait()
        return "a.b.c"

    script = async_bench.script(OK)
    with pytest.raises(errors.APITimeoutError, match="token callable took too long"):
        async_bench.call(async_bench.client(script, token=never, timeout=0.05))
    assert script.requests == []


# --- whatever comes, only our own exceptions do -------------------------------------------------------------------

bodies = st.binary() | st.builds(
    lambda error_id, message: json.dumps({"id": error_id, "message": message}).encode(),
    st.text(),
    st.text() | st.none(),
)
headers = st.lists(st.tuples(st.sampled_from(["Retry-After", "Date", "Content-Type"]), st.text()), max_size=3)
answers = st.builds(Response, st.integers(100, 999), headers, bodies)
failures = st.builds(lambda sent, late: TransportError("x", sent=sent, timed_out=late), st.booleans(), st.booleans())


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.sampled_from(["read", "write"]), st.lists(answers | failures, min_size=1, max_size=4))
def test_only_our_exceptions_come_out(outcome: Outcome, kind: str, script_of: "list[Step]") -> None:
    result, script = outcome(kind, *script_of)
    assert len(script.requests) <= 4
    if isinstance(result, errors.CallError):
        assert result.attempts == len(script.requests)
        assert result.operation
    else:
        assert isinstance(result.pts, int)
