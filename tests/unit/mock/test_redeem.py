"""RedeemPoints1: when points can be spent, what they become, and what a refusal leaves behind."""

from collections.abc import Callable
from typing import Any

import pytest

from bubblehouse_mock.clock import FrozenClock
from bubblehouse_mock.jsontext import JsonValue
from bubblehouse_mock.mock import BubblehouseMock

Tool = Callable[..., Any]

RICH = {"shopid": "1001"}
PLAIN = {"shopid": "1004"}  # 2500 points, no tier
CHEAP = {"cart_subtotal": "1"}
ONLY = {"redemption_buckets": [250, 50], "only_redemption_buckets": True, "redemption_step": 100}


def test_points_become_a_code_worth_their_value(call: Tool, balance: Tool) -> None:
    before = balance()
    answer = call("RedeemPoints1", {"customer": RICH, "pts": 500, "cart_subtotal": "42.99"})
    after = balance(include_unused_rewards=True)
    assert answer.status == 200
    assert answer.body["pts"] == 500
    assert answer.body["amount"] == "5.000000"
    assert "remove_coupon_codes" not in answer.body
    assert after["pts_available"] == before["pts_available"] - 500
    assert after["pts_redeemed"] == before["pts_redeemed"] + 500
    reward = next(it for it in after["unused_rewards"] if it["code"] == answer.body["code"])
    assert (reward["pts"], reward["amount"], reward["since"]) == (500, "5.000000", "2026-05-20T12:00:00Z")


def test_a_caller_with_its_own_coupon_gets_no_code(call: Tool, balance: Tool) -> None:
    rewards = balance(include_unused_rewards=True)["unused_rewards"]
    answer = call("RedeemPoints1", {"customer": RICH, "pts": 500, "no_coupon": True})
    assert (answer.status, answer.body["code"]) == (200, "")
    assert len(answer.body["change_bhid"]) == 16
    assert balance(include_unused_rewards=True)["unused_rewards"] == rewards
    assert balance()["pts_available"] == 10_000


def test_a_whole_number_may_be_written_as_a_float(call: Tool) -> None:
    answer = call("RedeemPoints1", raw=b'{"customer": {"shopid": "1001"}, "pts": 5.0e2}')
    assert answer.status == 200
    assert answer.body["pts"] == 500
    assert isinstance(answer.body["pts"], int)


@pytest.mark.parametrize(
    ("settings", "body", "error"),
    [
        ({"points_enabled": False}, {"pts": 1}, "points_disabled"),
        ({"points_spending_enabled": False}, {"pts": 1}, "points_spending_disabled"),
        ({"point_value": None}, {"pts": 100}, "points_spending_disabled"),
        ({}, {"pts": 99}, "points_below_redeemable_minimum"),
        ({"maximum_redemption": 500}, {"pts": 501}, "points_above_redeemable_maximum"),
        ({"maximum_redemption": 500}, {"pts": 10**30}, "points_above_redeemable_maximum"),
        ({"maximum_redemption": 500, "redemption_step": 2}, {"pts": 501}, "points_above_redeemable_maximum"),
        ({"redemption_step": 50}, {"pts": 125}, "points_not_on_redeemable_step"),
        ({"redemption_step": 150}, {"pts": 150}, "points_not_on_redeemable_step"),
        (ONLY, {"pts": 99}, "points_not_on_redeemable_step"),
        (ONLY, {"pts": 100}, "points_not_on_redeemable_step"),
        (ONLY, {"pts": 251}, "points_not_on_redeemable_step"),
        ({"redemption_step": 2, "minimum_order_value": "50"}, {"pts": 101, **CHEAP}, "points_not_on_redeemable_step"),
        ({"minimum_order_value": "50"}, {"pts": 100, "cart_subtotal": "49.999999"}, "minimum_order_value_not_met"),
        ({"minimum_order_value": "50"}, {"pts": 100, "cart_subtotal": 49_999_999}, "minimum_order_value_not_met"),
        ({"minimum_order_value": "50"}, {"pts": 100, "cart_subtotal": "-60"}, "minimum_order_value_not_met"),
        ({}, {"pts": 10_501}, "insufficient_points"),
        ({}, {"pts": 10**30}, "insufficient_points"),
        ({}, {"pts": 1e300}, "insufficient_points"),
        ({"programme": None}, {"customer": PLAIN, "pts": 2001}, "redemption_limit_exceeded"),
    ],
)
def test_refusals_change_nothing(
    call: Tool, mock: BubblehouseMock, settings: dict[str, Any], body: dict[str, Any], error: str
) -> None:
    mock.configure(**{name: value for name, value in settings.items() if name != "programme"})
    before = mock.control.state()
    assert call("RedeemPoints1", {"customer": RICH, **body}).error == (422, error)
    assert mock.control.state() == before


@pytest.mark.parametrize(
    ("settings", "body"),
    [
        ({}, {"pts": 100}),
        ({}, {"pts": 10_500}),
        ({"minimum_order_value": "50"}, {"pts": 100, "cart_subtotal": "50"}),
        ({"minimum_order_value": "50"}, {"pts": 100, "cart_subtotal": 50_000_000}),
        ({"minimum_order_value": "50"}, {"pts": 100}),
        ({}, {"customer": PLAIN, "pts": 2000}),
        ({"maximum_redemption": 500}, {"pts": 500}),
        ({"redemption_step": 150}, {"pts": 100}),
        ({"redemption_step": 150}, {"pts": 400}),
        ({"redemption_buckets": [500]}, {"pts": 101}),
        (ONLY, {"pts": 50}),
        (ONLY, {"pts": 250}),
    ],
)
def test_what_just_fits_is_allowed(
    call: Tool, mock: BubblehouseMock, settings: dict[str, Any], body: dict[str, Any]
) -> None:
    mock.configure(**settings)
    assert call("RedeemPoints1", {"customer": RICH, **body}).status == 200


def test_pending_points_can_be_spent_once_they_mature(call: Tool, balance: Tool, clock: FrozenClock) -> None:
    spend = {"customer": {"shopid": "1003"}, "pts": 500}
    assert balance("1003")["pts_pending"] == 500
    assert call("RedeemPoints1", spend).error == (422, "insufficient_points")
    clock.advance(days=13)
    assert balance("1003")["pts_pending"] == 0
    assert call("RedeemPoints1", spend).status == 200


@pytest.mark.parametrize(
    ("point_value", "pts", "amount"),
    [
        ("0.01", 333, "3.330000"),
        ("0.0000015", 101, "0.000152"),  # 151.5 millionths: half is rounded up
        ("0.0000005", 101, "0.000051"),  # 50.5 millionths: up, not to the even neighbour
        ("0.0000014", 101, "0.000141"),  # 141.4 millionths
        ("0.333333333333", 100, "33.333333"),
    ],
)
def test_conversion_is_exact_to_the_millionth(
    call: Tool, mock: BubblehouseMock, point_value: str, pts: int, amount: str
) -> None:
    mock.configure(point_value=point_value)
    assert call("RedeemPoints1", {"customer": RICH, "pts": pts}).body["amount"] == amount


BUCKETS: JsonValue = [
    {"threshold": 400, "value": "25"},
    {"threshold": 1000, "value": "100"},
    {"threshold": 700, "value": "49"},
]


@pytest.mark.parametrize(
    ("pts", "amount"),
    [
        (399, "3.990000"),
        (400, "25.000000"),  # this and the next are the docs' own example
        (500, "31.250000"),
        (699, "43.687500"),
        (700, "49.000000"),
        (999, "69.930000"),
        (1000, "100.000000"),
        (10_001, "1000.100000"),
    ],
)
def test_the_highest_threshold_that_is_reached_sets_the_rate(
    call: Tool, mock: BubblehouseMock, pts: int, amount: str
) -> None:
    mock.configure(point_value_buckets=BUCKETS)
    assert call("RedeemPoints1", {"customer": RICH, "pts": pts}).body["amount"] == amount


@pytest.mark.parametrize(
    ("threshold", "value", "pts", "amount"),
    [
        (300, "1", 500, "1.666667"),
        (300, "1", 400, "1.333333"),
        (200, "0.000001", 300, "0.000002"),  # 1.5 millionths: half is rounded up
        (200, "0.000001", 299, "0.000001"),
        (9 * 10**18, "1", 10_000, "100.000000"),  # far from reached
    ],
)
def test_a_better_rate_is_exact_to_the_millionth(
    call: Tool, mock: BubblehouseMock, threshold: int, value: str, pts: int, amount: str
) -> None:
    mock.configure(point_value_buckets=[{"threshold": threshold, "value": value}])
    assert call("RedeemPoints1", {"customer": RICH, "pts": pts}).body["amount"] == amount


class TestLimit:
    def test_counts_within_the_period_and_starts_anew(self, call: Tool, balance: Tool, clock: FrozenClock) -> None:
        assert call("RedeemPoints1", {"customer": PLAIN, "pts": 1500}).status == 200
        assert balance("1004")["redemption_limit"] == {"total": 2000, "remaining": 500, "period": "daily"}
        assert call("RedeemPoints1", {"customer": PLAIN, "pts": 501}).error == (422, "redemption_limit_exceeded")
        clock.advance(hours=11.99)
        assert call("RedeemPoints1", {"customer": PLAIN, "pts": 501}).error == (422, "redemption_limit_exceeded")
        clock.advance(hours=0.01)
        assert call("RedeemPoints1", {"customer": PLAIN, "pts": 501}).status == 200

    def test_midnight_belongs_to_the_new_day(self, call: Tool, clock: FrozenClock) -> None:
        clock.advance(hours=12)
        assert call("RedeemPoints1", {"customer": PLAIN, "pts": 2000}).status == 200
        assert call("RedeemPoints1", {"customer": PLAIN, "pts": 100}).error == (422, "redemption_limit_exceeded")

    def test_days_are_those_of_the_shop(self, call: Tool, mock: BubblehouseMock, clock: FrozenClock) -> None:
        mock.configure(time_zone="America/New_York")  # midnight there is 04:00 UTC in May
        clock.advance(hours=15.5)  # 03:30 UTC on the next day
        assert call("RedeemPoints1", {"customer": PLAIN, "pts": 2000}).status == 200
        assert call("RedeemPoints1", {"customer": PLAIN, "pts": 100}).error == (422, "redemption_limit_exceeded")
        clock.advance(hours=0.5)
        assert call("RedeemPoints1", {"customer": PLAIN, "pts": 100}).status == 200

    @pytest.mark.parametrize(("period", "days"), [("monthly", 11.5), ("yearly", 225.5)])
    def test_months_and_years(
        self, call: Tool, mock: BubblehouseMock, clock: FrozenClock, period: str, days: float
    ) -> None:
        mock.configure(redemption_limit={"total": 300, "period": period})
        assert call("RedeemPoints1", {"customer": PLAIN, "pts": 300}).status == 200
        clock.advance(days=days, seconds=-1)
        assert call("RedeemPoints1", {"customer": PLAIN, "pts": 100}).error == (422, "redemption_limit_exceeded")
        clock.advance(seconds=1)
        assert call("RedeemPoints1", {"customer": PLAIN, "pts": 100}).status == 200

    def test_a_tiers_own_limit_replaces_the_shops(self, call: Tool, balance: Tool) -> None:
        assert call("RedeemPoints1", {"customer": RICH, "pts": 5000}).status == 200
        told = balance()
        assert told["redemption_limit"] == {"total": 50_000, "remaining": 45_000, "period": "monthly"}
        assert told["global_redemption_limit"] == {"total": 2000, "remaining": 0, "period": "daily"}

    def test_what_is_undone_no_longer_counts(self, call: Tool) -> None:
        redeemed = call("RedeemPoints1", {"customer": PLAIN, "pts": 2000}).body
        call("Unredeem1", {"customer": PLAIN, "change_bhid": redeemed["change_bhid"]})
        assert call("RedeemPoints1", {"customer": PLAIN, "pts": 2000}).status == 200


class TestProvisional:
    @pytest.fixture(autouse=True)
    def _switched_on(self, mock: BubblehouseMock) -> None:
        mock.configure(provisional_redemptions=True)

    def test_replaces_the_earlier_unused_one(self, call: Tool, balance: Tool) -> None:
        first = call("RedeemPoints1", {"customer": PLAIN, "pts": 1500}).body
        second = call("RedeemPoints1", {"customer": PLAIN, "pts": 2000}).body
        assert second["remove_coupon_codes"] == [first["code"]]
        told = balance("1004", include_unused_rewards=True)
        assert (told["pts_available"], told["pts_redeemed"]) == (500, 2000)
        assert [it["code"] for it in told["unused_rewards"]] == [second["code"]]
        again = call("Unredeem1", {"customer": PLAIN, "change_bhid": first["change_bhid"]})
        assert again.error == (422, "change_already_reverted")

    def test_a_refusal_leaves_the_earlier_one_alone(self, call: Tool, mock: BubblehouseMock) -> None:
        call("RedeemPoints1", {"customer": PLAIN, "pts": 1500})
        before = mock.control.state()
        assert call("RedeemPoints1", {"customer": PLAIN, "pts": 2501}).error == (422, "insufficient_points")
        assert call("RedeemPoints1", {"customer": PLAIN, "pts": 2001}).error == (422, "redemption_limit_exceeded")
        assert mock.control.state() == before

    def test_a_used_code_stays(self, call: Tool, control: Tool) -> None:
        first = call("RedeemPoints1", {"customer": PLAIN, "pts": 500}).body
        control(f"codes/{first['code']}", {"status": "used"})
        assert "remove_coupon_codes" not in call("RedeemPoints1", {"customer": PLAIN, "pts": 500}).body

    def test_an_external_redemption_neither_replaces_nor_is_replaced(self, call: Tool, balance: Tool) -> None:
        call("RedeemPoints1", {"customer": PLAIN, "pts": 500})
        assert (
            "remove_coupon_codes" not in call("RedeemPoints1", {"customer": PLAIN, "pts": 500, "no_coupon": True}).body
        )
        assert len(call("RedeemPoints1", {"customer": PLAIN, "pts": 500}).body["remove_coupon_codes"]) == 1
        assert balance("1004")["pts_redeemed"] == 1000

    def test_points_of_an_earlier_period_free_nothing_of_this_one(self, call: Tool, clock: FrozenClock) -> None:
        call("RedeemPoints1", {"customer": PLAIN, "pts": 400})
        clock.advance(days=1)
        call("RedeemPoints1", {"customer": PLAIN, "pts": 1900, "no_coupon": True})
        answer = call("RedeemPoints1", {"customer": PLAIN, "pts": 200})
        assert answer.error == (422, "redemption_limit_exceeded")


def test_ids_and_codes_are_the_same_from_each_fresh_start(call: Tool, mock: BubblehouseMock) -> None:
    def two() -> list[Any]:
        return [call("RedeemPoints1", {"customer": RICH, "pts": 100}).body for _ in range(2)]

    first = two()
    assert len({it["change_bhid"] for it in first}) == len({it["code"] for it in first}) == 2
    mock.reset()
    assert two() == first
