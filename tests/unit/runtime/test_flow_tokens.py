"""Calls and their tokens, transports that break their word, and what the log tells of all that."""

import logging
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from tests.unit.runtime.answers import LOST, OK, POOR, REFUSED, Outcome, busy, refusing

from bubblehouse import errors
from bubblehouse.transport import Request, Response

if TYPE_CHECKING:
    from tests.unit.runtime.conftest import Bench, Script, Step


# --- tokens -------------------------------------------------------------------------------------------------------


def bearer(script: "Script") -> list[str]:
    return [dict(request.headers)["Authorization"].removeprefix("Bearer ") for request in script.requests]


@pytest.mark.parametrize("kind", ["read", "write"])
def test_a_refused_token_is_renewed_once_and_the_call_sent_again(outcome: Outcome, bench: "Bench", kind: str) -> None:
    def refuse(_request: Request, _timeout: float) -> Response:
        bench.clock.now += 2
        return REFUSED

    answer, script = outcome(kind, refuse, OK, max_retries=0)
    assert answer.pts == 1
    first, second = bearer(script)
    assert first != second
    assert jwt.decode(second, options={"verify_signature": False})["sub"] == "my-shop"
    assert bench.clock.sleeps == []


@pytest.mark.parametrize("kind", ["read", "write"])
def test_a_token_refused_again_is_final(outcome: Outcome, bench: "Bench", kind: str) -> None:
    error, script = outcome(kind, refusing(bench), REFUSED, OK, max_retries=5)
    assert len(script.requests) == 2
    assert isinstance(error, errors.AuthenticationError)
    assert error.message == "The token has expired"


@pytest.mark.parametrize("kind", ["read", "write"])
def test_the_very_token_that_was_refused_is_not_sent_again(outcome: Outcome, kind: str) -> None:
    # Minted within the same second, it has the same claims, and so the same signature.
    error, script = outcome(kind, REFUSED, OK, max_retries=5)
    assert len(script.requests) == 1
    assert isinstance(error, errors.AuthenticationError)


class Broken(Exception):  # noqa: N818 - a stranger's
    """What a user's own transport may raise."""


@pytest.mark.parametrize("step", [Broken("token"), OSError(104, "reset"), lambda *_: None, lambda *_: "200"])
def test_a_transport_that_breaks_its_word_leaves_a_write_unknown(outcome: Outcome, step: "Step") -> None:
    error, script = outcome("write", step, OK, max_retries=5)
    assert len(script.requests) == 1
    assert isinstance(error, errors.OutcomeUnknownError)
    assert isinstance(error.reason, errors.APIConnectionError)
    assert "token" not in str(error)


def test_the_verdict_of_a_test_double_comes_through(bench: "Bench") -> None:
    with pytest.raises(AssertionError, match="not like this"):
        bench.call(bench.client(bench.script(AssertionError("not like this"))))


def test_a_client_closed_during_a_call_sends_nothing_more(bench: "Bench") -> None:
    def close_and_fail(_: Request, _timeout: float) -> Response:
        client._closed = True  # noqa: SLF001 - as its close() does from another thread
        return Response(503, (), b"")

    script = bench.script(close_and_fail, OK)
    client = bench.client(script)
    with pytest.raises(errors.ClientClosedError):
        bench.call(client)
    assert len(script.requests) == 1


def test_a_fixed_token_is_not_renewed(outcome: Outcome) -> None:
    error, script = outcome("read", REFUSED, OK, token="a.b.c")
    assert bearer(script) == ["a.b.c"]
    assert isinstance(error, errors.AuthenticationError)


def test_a_callable_is_asked_before_each_call_and_again_when_refused(bench: "Bench") -> None:
    tokens = iter("abc")
    script = bench.script(OK, REFUSED, OK)
    client = bench.client(script, token=lambda: next(tokens))
    bench.call(client)
    bench.call(client)
    assert bearer(script) == ["a", "b", "c"]


def test_a_broken_callable_sends_nothing(outcome: Outcome) -> None:
    def broken() -> str:
        raise OSError("the vault is closed")

    error, script = outcome("write", OK, token=broken)
    assert isinstance(error, errors.TokenError)
    assert isinstance(error.__cause__, OSError)
    assert error.operation == "SpendPoints1"
    assert script.requests == []


def test_an_async_callable_serves_the_async_client(bench: "Bench") -> None:
    async def token() -> str:
        return "a.b.c"

    script = bench.script(OK)
    if bench.is_async:
        bench.call(bench.client(script, token=token))
        assert bearer(script) == ["a.b.c"]
    else:
        with pytest.raises(errors.ConfigurationError, match=r"^token: .*async"):
            bench.client(script, token=token)


# --- nothing leaks ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", [OK, REFUSED, POOR, LOST, Response(502, (), b"<p>ada@example.test</p>")])
def test_attempts_are_logged_without_anything_that_is_anybodys(
    bench: "Bench", caplog: pytest.LogCaptureFixture, step: "Step", operations: dict[str, Any]
) -> None:
    caplog.set_level(logging.DEBUG, "bubblehouse")
    script = bench.script(step)
    client = bench.client(script, customer="customer-77", max_retries=1)
    try:
        bench.call(client, operations["read"])
    except errors.CallError as error:
        shown = f"{error} {error!r} {vars(error)}"
    else:
        shown = ""
    records = [record for record in caplog.records if record.name == "bubblehouse"]
    assert len(records) == len(script.requests)
    assert all(record.levelno == logging.DEBUG for record in records)
    assert records[0].getMessage().startswith("CustomerBalance3 attempt 1: ")
    logged = " ".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records)
    for private in (*bearer(script), operations["secret"], "customer-77", "ada@", '{"pts"'):
        assert private not in logged
        assert private not in shown
        assert private not in f"{client!r} {vars(client)}"


def test_what_the_log_says(bench: "Bench", caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "bubblehouse")
    bench.call(bench.client(bench.script(LOST, busy(None, 503), OK)))
    assert [record.getMessage() for record in caplog.records if record.name == "bubblehouse"] == [
        "CustomerBalance3 attempt 1: no answer after 0.000 s",
        "CustomerBalance3 attempt 2: 503 after 0.000 s",
        "CustomerBalance3 attempt 3: 200 after 0.000 s",
    ]
