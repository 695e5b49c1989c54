"""What is forced to go wrong: which calls it meets, what they are answered, and what can't be forced."""

import json
import socket
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import replace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bubblehouse import errors
from bubblehouse.transport import Request as WireRequest
from bubblehouse.transport import TransportError
from bubblehouse_mock import messages
from bubblehouse_mock.conformance import ContractViolationError
from bubblehouse_mock.contract import Contract
from bubblehouse_mock.faults import DroppedConnectionError, Fault, FaultError
from bubblehouse_mock.jsontext import JsonObject, dump
from bubblehouse_mock.mock import BubblehouseMock
from bubblehouse_mock.state import NEVER, FixtureError, decode, encode

Call = Callable[..., Any]
REDEEM = {"customer": {"shopid": "1001"}, "pts": 500}
CONTRACT = Contract()


@pytest.mark.parametrize(
    ("function", "method", "error_id"),
    [(it.function, it.method, error_id) for it in CONTRACT.operations for error_id in it.errors],
)
def test_a_documented_error_is_answered_as_documented(
    mock: BubblehouseMock, call: Call, function: str, method: str, error_id: str
) -> None:
    documented = CONTRACT.functions[function][method].errors[error_id]
    mock.fail_next(error_id, operation=function)
    answer = call(function, method=method, token=None)
    assert answer.error == (documented.status, error_id)
    assert answer.body["message"] == documented.reason
    headers = {429: {"retry-after": "1"}, 405: {"allow": "POST"}}.get(documented.status, {})
    assert headers.items() <= answer.headers.items()
    assert answer.headers["content-type"] == "application/json"


def test_a_forced_error_changes_nothing_and_is_over(mock: BubblehouseMock, call: Call) -> None:
    before = mock.control.state()
    mock.fail_next("insufficient_points", times=2)
    assert [call("RedeemPoints1", REDEEM).status for _ in range(2)] == [422, 422]
    assert mock.control.state() == before
    assert call("RedeemPoints1", REDEEM).status == 200


def test_only_the_operation_that_is_named_fails(mock: BubblehouseMock, call: Call) -> None:
    mock.fail_next("rate_limit_exceeded", operation="RedeemPoints1")
    assert call("CustomerBalance3", {"customer": {"shopid": "1001"}}).status == 200
    assert call("RedeemPoints1", REDEEM).status == 429


def test_an_operation_that_does_not_document_the_error_is_not_met(mock: BubblehouseMock, call: Call) -> None:
    mock.fail_next("insufficient_points")
    assert call("CustomerBalance3", {"customer": {"shopid": "1001"}}).status == 200
    assert call("RedeemPoints1", REDEEM).error == (422, "insufficient_points")


def test_faults_come_in_their_order(mock: BubblehouseMock, call: Call) -> None:
    mock.fail_next("points_disabled")
    mock.fail_next(status=503, operation="RedeemPoints1")
    mock.fail_next("invalid_token", operation="CustomerBalance3")
    assert [mock.handle(_request("RedeemPoints1")).status for _ in range(3)] == [422, 503, 401]  # the last has no token
    assert call("CustomerBalance3", {"customer": {"shopid": "1001"}}).error == (401, "invalid_token")
    assert mock.faults.unmet == ()


def test_what_no_call_has_met_is_told(mock: BubblehouseMock, call: Call) -> None:
    mock.fail_next("insufficient_points", times=2)
    mock.drop_next(applied=True)
    assert list(map(str, mock.faults.unmet)) == ["Fault(error='insufficient_points', times=2)", "Fault(drop='after')"]
    call("RedeemPoints1", REDEEM)
    assert list(map(str, mock.faults.unmet)) == ["Fault(drop='after')"]


@pytest.mark.parametrize("forget", [lambda mock: mock.faults.clear(), BubblehouseMock.reset])
def test_what_was_forced_is_forgotten(mock: BubblehouseMock, call: Call, forget: Call) -> None:
    mock.fail_next("points_disabled")
    mock.drop_next()
    forget(mock)
    assert call("RedeemPoints1", REDEEM).status == 200


@pytest.mark.parametrize("retry_after", [0, 30])
def test_retry_after(mock: BubblehouseMock, call: Call, retry_after: int) -> None:
    mock.fail_next("rate_limit_exceeded", retry_after=retry_after)
    assert call("RedeemPoints1", REDEEM).headers["retry-after"] == str(retry_after)
    mock.fail_next(status=503, retry_after=retry_after)
    assert dict(mock.handle(_request("RedeemPoints1")).all_headers)["retry-after"] == str(retry_after)


@pytest.mark.parametrize(("status", "title"), [(502, "502 Bad Gateway"), (520, "520 Unknown Error")])
def test_a_gateways_page(mock: BubblehouseMock, status: int, title: str) -> None:
    mock.fail_next(status=status)
    response = mock.handle(_request("RedeemPoints1"))
    headers = dict(response.all_headers)
    assert response.status == status
    assert (headers["content-type"], headers["content-length"]) == ("text/html", str(len(response.body)))
    assert response.body.startswith(b"<html>")
    assert title in response.body.decode()
    assert "retry-after" not in headers


@pytest.mark.parametrize("timed_out", [False, True])
@pytest.mark.parametrize("applied", [False, True])
def test_a_dropped_connection_in_process(mock: BubblehouseMock, call: Call, *, applied: bool, timed_out: bool) -> None:
    before = mock.customers[0].ledger.changes[:]
    mock.drop_next(applied=applied, timed_out=timed_out)
    with pytest.raises(DroppedConnectionError):
        call("RedeemPoints1", REDEEM)
    assert len(mock.customers[0].ledger.changes) - len(before) == applied

    mock.drop_next(applied=applied, timed_out=timed_out)
    with pytest.raises(TransportError) as caught:
        mock.transport().send(WireRequest("POST", f"{mock.base_url}/v2023061/x/RedeemPoints1", (), b""), timeout=1)
    assert (caught.value.sent, caught.value.timed_out) == (True, timed_out)


def test_a_dropped_connection_over_http(mock: BubblehouseMock, post: Callable[[], bytes]) -> None:
    before = len(mock.customers[0].ledger.changes)
    mock.drop_next(applied=True)
    head, _, body = post().partition(b"\r\n\r\n")
    assert b"content-length: 1" in head.lower()
    assert body == b""  # it ends before its body does
    assert len(mock.customers[0].ledger.changes) == before + 1
    assert b" 200 " in post()


def test_a_silent_connection_over_http(mock: BubblehouseMock, post: Callable[[], bytes]) -> None:
    mock.drop_next(timed_out=True)
    with pytest.raises(TimeoutError):
        post()
    assert b" 200 " in post()


@pytest.mark.parametrize("delay", [0, 2.5])
def test_a_malformed_answer_is_complete_and_no_json(mock: BubblehouseMock, call: Call, delay: float) -> None:
    before = len(mock.customers[0].ledger.changes)
    mock.damage_next("malformed", delay=delay)
    with pytest.raises(json.JSONDecodeError):
        call("RedeemPoints1", REDEEM)
    assert len(mock.customers[0].ledger.changes) == before + 1

    mock.damage_next("malformed", delay=delay)
    refused = mock.handle(_request("RedeemPoints1"))
    assert (refused.status, refused.delay, refused.truncated) == (401, delay, False)
    assert dict(refused.all_headers)["content-length"] == str(len(refused.body))
    with pytest.raises(json.JSONDecodeError):
        json.loads(refused.body)


@given(body=st.dictionaries(st.text(), st.none() | st.text() | st.integers() | st.lists(st.booleans())))
def test_nothing_is_json_any_more_that_is_malformed(body: Any) -> None:
    answer = Fault(damage="malformed").after(messages.Response(status=200, body=dump(body)))
    with pytest.raises(ValueError, match=r"JSON|utf-8|line 1"):
        json.loads(answer.body)


def test_a_truncated_answer_is_whole_before_it_is_sent(mock: BubblehouseMock) -> None:
    whole = mock.handle(_request("RedeemPoints1"))
    mock.damage_next("truncated")
    assert mock.handle(_request("RedeemPoints1")) == replace(whole, truncated=True)


@pytest.mark.parametrize(
    ("given", "status"),
    [({}, 401), ({"error": "points_disabled"}, 422), ({"status": 502}, 502), ({"damage": "truncated"}, 401)],
)
def test_a_delay_goes_with_whatever_is_answered(mock: BubblehouseMock, given: dict[str, Any], status: int) -> None:
    mock.faults.add(Fault(**given, delay=1.5, times=2))
    answers = [mock.handle(_request("RedeemPoints1")) for _ in range(3)]
    assert [it.delay for it in answers] == [1.5, 1.5, 0]
    assert answers[0].status == status


FAULTS = st.builds(
    lambda kind, rest: kind | rest,
    st.sampled_from(
        [
            {"error": "rate_limit_exceeded", "retry_after": 7},
            {"status": 502},
            {"drop": "after"},
            {"drop": "before", "timed_out": True, "delay": 0},
            {"damage": "truncated"},
            {"damage": "malformed"},
            {"delay": 1},
        ]
    ),
    st.fixed_dictionaries(
        {}, optional={"times": st.integers(1, 9), "operation": st.sampled_from([None, *CONTRACT.functions])}
    ),
) | st.builds(
    lambda given, delay: given | {"delay": delay},
    st.sampled_from([{"error": "invalid_token"}, {"status": 500, "retry_after": 0}, {"drop": "before"}, {}]),
    st.integers(1, 600) | st.floats(0.001, 600),
)


@given(data=FAULTS)
def test_a_fault_is_plain_data(data: dict[str, Any]) -> None:
    fault = decode(Fault, data, now=NEVER)
    assert decode(Fault, json.loads(dump(cast("JsonObject", encode(fault)))), now=NEVER) == fault == Fault(**data)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"latency": 3}, "there is no 'latency' here; there are error, status, drop, damage, delay"),
        ({"damage": "burnt"}, "damage: 'burnt' is not one of truncated, malformed"),
        ({"delay": "3"}, "delay: '3' is not a number"),
        ({"delay": True}, "delay: True is not a number"),
        ({"delay": 10**400}, "delay: the number is beyond 64 bits"),
        ({"status": 502.5}, "status: 502.5 is not a whole number"),
        ({"delay": 1000}, "delay=1000; give seconds, from 0 to 600"),
        ([], "is not an object"),
    ],
)
def test_data_that_are_no_fault(data: Any, says: str) -> None:
    with pytest.raises(FixtureError, match=says):
        decode(Fault, data, now=NEVER)


def test_forced_answers_are_held_to_the_contract_too() -> None:
    document = deepcopy(CONTRACT.document.root)
    schemas: Any = document["components"]
    schemas["schemas"]["InsufficientPointsError"]["required"] = ["id", "pts_available"]
    mock = BubblehouseMock(contract=document, strict=True)
    mock.fail_next("insufficient_points")
    with pytest.raises(ContractViolationError, match="RedeemPoints1: status 422"):
        mock.handle(_request("RedeemPoints1"))


def test_each_call_is_met_once_however_many_threads_call(mock: BubblehouseMock) -> None:
    mock.fail_next(status=503, times=300)
    mock.fail_next(status=504, times=300)
    with ThreadPoolExecutor(8) as pool:
        statuses = Counter(pool.map(lambda _: mock.handle(_request("RedeemPoints1")).status, range(700)))
    assert statuses == {503: 300, 504: 300, 401: 100}


class TestWhatCannotBeForced:
    def test_an_error_that_is_not_documented_there(self, mock: BubblehouseMock) -> None:
        with pytest.raises(FaultError) as caught:
            mock.fail_next("insufficient_points", operation="Unredeem1")
        assert str(caught.value) == (
            "Unredeem1 doesn't document the error 'insufficient_points'; it documents "
            + ", ".join(sorted(CONTRACT.functions["Unredeem1"]["POST"].errors))
        )

    def test_an_error_that_is_not_documented_anywhere(self, mock: BubblehouseMock) -> None:
        with pytest.raises(
            FaultError, match=r"the contract doesn't document .*'out_of_luck'.* it documents .*points_dis"
        ):
            mock.fail_next("out_of_luck")

    def test_an_operation_that_is_not_there(self, mock: BubblehouseMock) -> None:
        with pytest.raises(FaultError, match="no operation 'RedeemPoints9'; it has RedeemPoints1, Unredeem1, Use"):
            mock.fail_next("invalid_token", operation="RedeemPoints9")
        with pytest.raises(FaultError, match="no operation"):
            mock.drop_next(operation="RedeemPoints9")

    def test_a_class_of_many_errors(self, mock: BubblehouseMock) -> None:
        with pytest.raises(FaultError, match="RateLimitError stands for no single error"):
            mock.fail_next(errors.RateLimitError)  # type: ignore[arg-type] # checkers refuse it, too

    def test_a_wait_that_the_contract_does_not_know(self, mock: BubblehouseMock) -> None:
        with pytest.raises(FaultError, match="no Retry-After for insufficient_points"):
            mock.fail_next("insufficient_points", retry_after=3)

    @pytest.mark.parametrize(
        ("given", "says"),
        [
            ({}, "give one of error, status, drop and damage"),
            ({"error": "invalid_token", "status": 500}, "give one of error, status, drop and damage"),
            ({"damage": "truncated", "status": 500}, "give one of error, status, drop and damage"),
            ({"damage": "malformed", "drop": "after"}, "give one of error, status, drop and damage"),
            ({"delay": 0}, "give one of error, status, drop and damage"),
            ({"delay": -0.1}, "delay=-0.1"),
            ({"delay": 600.1}, "delay=600.1"),
            ({"delay": float("nan")}, "delay=nan"),
            ({"status": 302}, "status=302 is no error"),
            ({"status": 600}, "status=600 is no error"),
            ({"status": 500, "times": 0}, "times=0"),
            ({"status": 500, "retry_after": -1}, "retry_after=-1"),
            ({"drop": "after", "retry_after": 1}, "retry_after=1"),
            ({"damage": "truncated", "retry_after": 1}, "retry_after=1"),
            ({"delay": 1, "retry_after": 1}, "retry_after=1"),
            ({"status": 500, "timed_out": True}, "timed_out goes with drop"),
            ({"drop": "before", "timed_out": True, "delay": 1}, "timed_out goes with drop, and without a delay"),
        ],
    )
    def test_what_makes_no_sense(self, given: dict[str, Any], says: str) -> None:
        with pytest.raises(FaultError, match=says):
            Fault(**given)

    def test_nothing_was_forced_then(self, mock: BubblehouseMock, call: Call) -> None:
        for wrong in ({"error": "nothing"}, {"status": 1}):
            with pytest.raises(FaultError):
                mock.fail_next(**wrong)
        assert call("RedeemPoints1", REDEEM).status == 200


def _request(function: str) -> messages.Request:
    """A call without a token: the faults come before anybody looks for one."""
    return messages.Request(method="POST", path=f"/api/v2023061/demo-shop/{function}".encode())


@pytest.fixture
def post(address: tuple[str, int], mint: Callable[..., str]) -> Callable[[], bytes]:
    """Redeem a point over a connection of its own, and return all that comes until the server closes it."""
    head = (
        "POST /api/v2023061/demo-shop/RedeemPoints1 HTTP/1.1\r\nHost: mock\r\nConnection: close\r\n"
        f"Authorization: Bearer {mint('demo-shop/1001')}\r\nContent-Type: application/json\r\n"
        "Content-Length: 11\r\n\r\n"
    )

    def post() -> bytes:
        with socket.create_connection(address, timeout=1) as connection:
            connection.sendall(f'{head}{{"pts":500}}'.encode())
            return b"".join(iter(lambda: connection.recv(65536), b""))

    return post
