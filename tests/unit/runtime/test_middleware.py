"""What users put around attempts sees every one of them, may change them, and can't turn a failure into a lie."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import pytest

from bubblehouse import errors
from bubblehouse.middleware import Attempt
from bubblehouse.transport import Response, TransportError
from bubblehouse_loyalty import LoyaltyClient

if TYPE_CHECKING:
    from tests.unit.runtime.conftest import Bench

OK = Response(200, (), b'{"code": "x", "pts": 1}')
Before = Callable[[Attempt], Attempt]
After = Callable[[Response], Response]


def _same(given: Any) -> Any:
    return given


def _layer(bench: "Bench", before: Before = _same, after: After = _same) -> Any:
    """Middleware of the bench's kind."""

    def layer(attempt: Attempt, send: Callable[[Attempt], Response]) -> Response:
        return after(send(before(attempt)))

    async def async_layer(attempt: Attempt, send: Callable[[Attempt], Awaitable[Response]]) -> Response:
        return after(await send(before(attempt)))

    return async_layer if bench.is_async else layer


def _raise(error: Exception) -> Callable[[Any], Any]:
    def act(_: Any) -> Any:
        raise error

    return act


def test_it_is_around_each_attempt_the_first_one_outermost(bench: "Bench") -> None:
    seen: list[tuple[str, int, str, str]] = []

    def watch(name: str) -> Before:
        def note(attempt: Attempt) -> Attempt:
            seen.append((name, attempt.number, attempt.operation, attempt.kind))
            return attempt

        return note

    layers = [_layer(bench, watch("outer")), _layer(bench, watch("inner"))]
    script = bench.script(TransportError("reset", sent=True), OK)
    bench.call(bench.client(script, middleware=layers))
    about = ("CustomerBalance3", "read")
    assert seen == [("outer", 1, *about), ("inner", 1, *about), ("outer", 2, *about), ("inner", 2, *about)]


def test_it_may_change_the_request_and_the_response(bench: "Bench") -> None:
    def sign(attempt: Attempt) -> Attempt:
        return attempt.with_headers({"X-Signature": str(len(attempt.request.content))})

    script = bench.script(OK)
    changed = Response(200, (), b'{"code": "changed", "pts": 2}')
    result = bench.call(bench.client(script, middleware=[_layer(bench, sign, lambda _: changed)]))
    assert ("X-Signature", "9") in script.requests[0].headers
    assert result.code == "changed"
    assert result.answer.content == changed.content


def test_it_may_answer_in_place_of_the_server(bench: "Bench") -> None:
    def answer(attempt: Attempt, send: object) -> Response:
        del attempt, send
        return OK

    async def async_answer(attempt: Attempt, send: object) -> Response:
        return answer(attempt, send)

    script = bench.script(TransportError("nobody is there", sent=True))
    assert bench.call(bench.client(script, middleware=[async_answer if bench.is_async else answer])).pts == 1
    assert script.requests == []


def test_derived_clients_have_it_too(bench: "Bench") -> None:
    seen: list[int] = []

    def note(attempt: Attempt) -> Attempt:
        seen.append(attempt.number)
        return attempt

    client = bench.client(bench.script(OK), middleware=[_layer(bench, note)])
    bench.call(client.for_customer("1234"))
    bench.call(client.with_options(timeout=2))
    assert seen == [1, 1]


def test_a_write_that_was_sent_before_it_failed_has_an_unknown_outcome(
    bench: "Bench", operations: dict[str, Any]
) -> None:
    for error in (ValueError("it broke"), errors.RateLimitError(Response(429, (), b""))):
        script = bench.script(OK)
        client = bench.client(script, middleware=[_layer(bench, after=_raise(error))])
        with pytest.raises(errors.OutcomeUnknownError) as caught:
            bench.call(client, operations["write"])
        assert isinstance(caught.value.reason, errors.APIConnectionError)
        assert type(error).__name__ in str(caught.value)
        assert len(script.requests) == 1


def test_one_that_fails_before_anything_is_sent_changes_nothing(bench: "Bench", operations: dict[str, Any]) -> None:
    script = bench.script(OK)
    client = bench.client(script, max_retries=0, middleware=[_layer(bench, before=_raise(ValueError("it broke")))])
    with pytest.raises(errors.APIConnectionError, match="the middleware failed: ValueError") as caught:
        bench.call(client, operations["write"])
    assert not caught.value.sent
    assert isinstance(caught.value.__cause__, TransportError)
    assert script.requests == []


def test_the_time_it_takes_is_part_of_the_deadline(bench: "Bench", operations: dict[str, Any]) -> None:
    def dawdle(attempt: Attempt) -> Attempt:
        bench.clock.sleep(4)
        return attempt

    script = bench.script(OK)
    client = bench.client(script, timeout=10, max_retries=0, middleware=[_layer(bench, dawdle), _layer(bench, dawdle)])
    bench.call(client, operations["write"])
    assert script.timeouts == [2.0]
    with pytest.raises(errors.APITimeoutError, match="the middleware took all the time") as caught:
        bench.call(client, operations["write"], timeout=8)
    assert not caught.value.sent
    assert len(script.requests) == 1


def test_an_async_one_that_never_ends_is_stopped(async_bench: "Bench", operations: dict[str, Any]) -> None:
    async def hang(attempt: Attempt, send: object) -> Response:
        del attempt, send
        await asyncio.Event().wait()
        raise AssertionError

    client = async_bench.client(async_bench.script(OK), middleware=[hang])
    with pytest.raises(errors.APITimeoutError) as caught:
        async_bench.call(client, operations["write"], timeout=0.05)
    assert not caught.value.sent


def test_what_it_gives_must_be_a_response(bench: "Bench", operations: dict[str, Any]) -> None:
    client = bench.client(bench.script(OK), middleware=[_layer(bench, after=lambda _: "200 OK")])  # type: ignore[arg-type,return-value]
    with pytest.raises(errors.OutcomeUnknownError, match="no Response, but str"):
        bench.call(client, operations["write"])


class _AsyncObject:
    async def __call__(self, attempt: Attempt, send: object) -> Response:
        raise AssertionError(attempt, send)


def test_the_wrong_kind_is_refused_at_once(bench: "Bench", async_bench: "Bench") -> None:
    layers: tuple[Any, ...] = (_layer(async_bench), _AsyncObject())
    for layer in layers:
        with pytest.raises(errors.ConfigurationError, match="middleware: is async"):
            LoyaltyClient(shop="s", token="a.b.c", middleware=[layer])
    with pytest.raises(errors.ConfigurationError, match="middleware: has a str, which can't be called"):
        bench.client(bench.script(OK), middleware="no")


def test_a_blocking_one_on_the_async_client_fails_the_call(async_bench: "Bench", operations: dict[str, Any]) -> None:
    def answer(attempt: Attempt, send: object) -> Response:
        del attempt, send
        return OK

    client = async_bench.client(async_bench.script(OK), max_retries=0, middleware=[answer])
    with pytest.raises(errors.APIConnectionError, match="TypeError"):
        async_bench.call(client, operations["write"])
