"""Rate limits: who is counted, for how long, and when to come back."""

from collections.abc import Callable
from typing import Any

import pytest

from bubblehouse_mock.clock import FrozenClock
from bubblehouse_mock.mock import BubblehouseMock

Tool = Callable[..., Any]


@pytest.fixture
def read(call: Tool) -> Tool:
    """Read a balance with a customer token or a shop token; status and message."""

    def read(shopid: str = "1001", *, by_shop: bool = False) -> tuple[int, str]:
        body, sub = ({"customer": {"shopid": shopid}}, "demo-shop") if by_shop else ({}, f"demo-shop/{shopid}")
        answer = call("CustomerBalance3", body, sub=sub)
        return answer.status, answer.body.get("message", "")

    return read


def test_off_in_the_demo(read: Tool) -> None:
    assert {read()[0] for _ in range(500)} == {200}


@pytest.fixture
def _on(mock: BubblehouseMock) -> None:
    mock.configure(rate_limits_enabled=True)


@pytest.mark.usefixtures("_on")
class TestOn:
    @pytest.mark.parametrize("by_shop", [False, True])
    def test_per_second_and_customer(self, read: Tool, clock: FrozenClock, *, by_shop: bool) -> None:
        over = (429, "You are over the read limit per second for this customer")
        assert [read(by_shop=by_shop)[0] for _ in range(2)] == [200, 200]
        assert read(by_shop=by_shop) == over
        assert read("1002", by_shop=by_shop)[0] == 200
        clock.advance(seconds=1)
        assert read(by_shop=by_shop)[0] == 200

    def test_a_customer_is_one_and_the_same_by_any_token(self, read: Tool) -> None:
        assert [read(by_shop=True)[0], read()[0], read(by_shop=True)[0], read()[0]] == [200, 200, 429, 429]

    def test_reads_and_writes_are_counted_apart(self, call: Tool, read: Tool) -> None:
        assert [read()[0] for _ in range(3)] == [200, 200, 429]
        spend = [call("RedeemPoints1", {"pts": 100}, sub="demo-shop/1001") for _ in range(3)]
        assert [it.status for it in spend] == [200, 200, 429]
        assert spend[2].body["message"] == "You are over the write limit per second for this customer"

    def test_refused_calls_dont_count(self, read: Tool, clock: FrozenClock, mock: BubblehouseMock) -> None:
        mock.configure(rate_limits={"read": {"per_day": {"customer": 3}}})
        assert [read()[0] for _ in range(10)].count(200) == 2
        clock.advance(seconds=1)
        assert [read()[0] for _ in range(2)] == [200, 429]

    def test_per_day_and_customer(self, call: Tool, mock: BubblehouseMock, clock: FrozenClock) -> None:
        mock.configure(rate_limits={"read": {"per_second": {"customer": 9}, "per_day": {"customer": 3}}})
        answers = [call("CustomerBalance3", sub="demo-shop/1001") for _ in range(4)]
        assert [it.status for it in answers] == [200, 200, 200, 429]
        assert answers[3].body["message"] == "You are over the read limit per day for this customer"
        assert answers[3].headers["retry-after"] == str(12 * 3600)
        clock.advance(seconds=12 * 3600 - 1)
        assert call("CustomerBalance3", sub="demo-shop/1001").headers["retry-after"] == "1"
        clock.advance(seconds=1)
        assert call("CustomerBalance3", sub="demo-shop/1001").status == 200

    def test_per_shop(self, read: Tool, mock: BubblehouseMock) -> None:
        mock.configure(rate_limits={"read": {"per_second": {"shop": 3}}})
        assert [read(shopid)[0] for shopid in ("1001", "1002", "1003")] == [200, 200, 200]
        assert read("1004") == (429, "You are over the read limit per second for this shop")

    def test_retry_after_is_true(self, call: Tool, clock: FrozenClock) -> None:
        clock.advance(seconds=0.25)
        answers = [call("CustomerBalance3", sub="demo-shop/1001") for _ in range(3)]
        wait = answers[2].headers["retry-after"]
        assert wait == "1"
        clock.advance(seconds=int(wait))
        assert call("CustomerBalance3", sub="demo-shop/1001").status == 200

    def test_a_refused_write_changes_nothing(self, call: Tool, balance: Tool) -> None:
        answers = [call("RedeemPoints1", {"pts": 100}, sub="demo-shop/1001") for _ in range(5)]
        assert [it.status for it in answers].count(200) == 2
        assert balance()["pts_available"] == 10_300
