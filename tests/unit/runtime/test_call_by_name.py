"""Functions that the contract doesn't know: the same tokens, retries and errors."""

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from bubblehouse import errors
from bubblehouse.transport import Response, TransportError
from bubblehouse_loyalty import AsyncLoyaltyClient, LoyaltyClient
from bubblehouse_loyalty.errors import InsufficientPointsError, InvalidTokenError

if TYPE_CHECKING:
    from tests.unit.runtime.conftest import Bench, Step

OK = Response(200, (("X-Trace", "t-1"),), b'{"new": {"deep": [1]}, "id": "x"}')


def test_json_goes_out_and_comes_back(bench: "Bench", operations: dict[str, Any]) -> None:
    script = bench.script(OK)
    client = bench.client(script)
    arguments = {
        "amount": Decimal("42.99"),
        "since": dt.datetime(2026, 1, 2, 3, tzinfo=dt.UTC),
        "day": dt.date(2026, 1, 2),
        "like": operations["input"](pts=1),
        "list": [None, True, 0.5, "ü"],
    }
    result = bench.wait(client.call("SpendPoints2", arguments, headers={"X-A": "b"}, timeout=3))
    assert result == {"new": {"deep": [1]}, "id": "x"}
    assert (result.answer.status, result.answer.header("x-trace")) == (200, "t-1")
    (request,) = script.requests
    assert request.url.endswith("/v2023061/my-shop/SpendPoints2")
    assert request.content.decode() == (
        '{"amount":"42.990000","since":"2026-01-02T03:00:00Z","day":"2026-01-02","like":{"pts":1},'
        '"list":[null,true,0.5,"ü"]}'
    )
    assert dict(request.headers)["Authorization"].startswith("Bearer ey")
    assert ("x-a", "b") in request.headers
    assert script.timeouts == [3]


def test_without_arguments_an_empty_object_goes_out(bench: "Bench") -> None:
    script = bench.script(OK)
    bench.wait(bench.client(script).call("SpendPoints2"))
    assert script.requests[0].content == b"{}"


@pytest.mark.parametrize(("kind", "attempts"), [(None, 1), ("write", 1), ("read", 3)])
def test_a_function_nobody_knows_counts_as_a_write(bench: "Bench", kind: Any, attempts: int) -> None:
    client = bench.client(bench.script(TransportError("reset", sent=True)))
    with pytest.raises(errors.CallError) as caught:
        bench.wait(client.call("SpendPoints2", {}, kind=kind))
    assert isinstance(caught.value, errors.OutcomeUnknownError) is (kind != "read")
    assert (caught.value.operation, caught.value.attempts) == ("SpendPoints2", attempts)


def _loyalty(bench: "Bench", step: "Step", **options: Any) -> Any:
    """A generated client: it knows the functions and errors of its contract."""
    kind: Any = AsyncLoyaltyClient if bench.is_async else LoyaltyClient
    return kind(shop="my-shop", token="a.b.c", transport=bench.script(step), timing=bench.clock.timing, **options)


def test_a_function_the_contract_knows_is_what_the_contract_says(bench: "Bench") -> None:
    client = _loyalty(bench, TransportError("reset", sent=True))
    with pytest.raises(errors.APIConnectionError):
        bench.wait(client.call("CustomerBalance3"))
    with pytest.raises(errors.OutcomeUnknownError, match="ask CustomerBalance3"):
        bench.wait(client.call("RedeemPoints1", {"pts": 5}, kind="write"))
    with pytest.raises(errors.ConfigurationError, match="kind: must be left out, or 'write'"):
        bench.wait(client.call("RedeemPoints1", {"pts": 5}, kind="read"))


def test_errors_have_the_classes_that_any_function_may_raise(bench: "Bench") -> None:
    refused = Response(401, (), b'{"id": "invalid_token"}')
    with pytest.raises(InvalidTokenError):
        bench.wait(_loyalty(bench, refused).call("RedeemPoints2"))
    poor = Response(422, (), b'{"id": "insufficient_points"}')
    with pytest.raises(errors.APIError) as caught:
        bench.wait(_loyalty(bench, poor).call("RedeemPoints2"))
    assert (type(caught.value), caught.value.id) == (errors.UnprocessableEntityError, "insufficient_points")
    with pytest.raises(InsufficientPointsError):
        bench.wait(_loyalty(bench, poor).call("RedeemPoints1", {"pts": 5}))


@pytest.mark.parametrize("body", [b"[]", b'"x"', b"null", b"", b"{"])
def test_an_answer_that_is_no_object_does_not_fit(bench: "Bench", body: bytes) -> None:
    with pytest.raises(errors.ResponseValidationError):
        bench.wait(bench.client(bench.script(Response(200, (), body))).call("SeePoints2", kind="read"))


@pytest.mark.parametrize("name", ["", "../x", "Spend Points", "Spend/Points1", "1st", "Spend?x=1", "ü1", 5])
def test_a_name_is_a_name(bench: "Bench", name: Any) -> None:
    script = bench.script(OK)
    with pytest.raises(errors.ConfigurationError, match="function:"):
        bench.wait(bench.client(script).call(name))
    assert script.requests == []


@pytest.mark.parametrize(
    "value",
    [object(), {1, 2}, float("nan"), "\ud800", Decimal("1e30"), dt.datetime(2026, 1, 1), b"bytes"],  # noqa: DTZ001
)
def test_what_is_not_json_is_refused_before_it_is_sent(bench: "Bench", value: Any) -> None:
    script = bench.script(OK)
    with pytest.raises(errors.InvalidArgumentError):
        bench.wait(bench.client(script).call("SpendPoints2", {"x": [value]}))
    assert script.requests == []
