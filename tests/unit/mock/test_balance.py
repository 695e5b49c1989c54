"""CustomerBalance3: what it tells, and what only when it is asked for."""

from collections.abc import Callable
from typing import Any

from bubblehouse_mock.clock import FrozenClock
from bubblehouse_mock.mock import BubblehouseMock

Tool = Callable[..., Any]


def test_totals_come_from_the_ledger(balance: Tool) -> None:
    told = balance()
    assert {name: value for name, value in told.items() if name.startswith("pts_")} == {
        "pts_available": 10_500,
        "pts_available_value": "105.000000",
        "pts_pending": 40,
        "pts_pending_value": "0.400000",
        "pts_earned": 12_040,
        "pts_redeemed": 1000,
        "pts_expired": 500,
        "pts_global_expiration": "2027-05-20T12:00:00Z",
    }
    assert (told["total_spend"], told["upgrade_spend"]) == ("2310.500000", "1842.990000")
    assert told["loyalty_anniversary_day"] == "2023-03-15"
    assert told["program_enabled"] is True


def test_points_without_a_money_value(balance: Tool, mock: BubblehouseMock) -> None:
    mock.configure(point_value=None)
    told = balance()
    assert told["pts_available_value"] is None
    assert told["pts_pending_value"] is None


def test_points_are_worth_what_redeeming_them_would_give(balance: Tool, mock: BubblehouseMock) -> None:
    mock.configure(point_value_buckets=[{"threshold": 40, "value": "1"}, {"threshold": 10_000, "value": "250.5"}])
    told = balance()
    assert (told["pts_available"], told["pts_available_value"]) == (10_500, "263.025000")
    assert (told["pts_pending"], told["pts_pending_value"]) == (40, "1.000000")
    told = balance("1002")
    assert (told["pts_available"], told["pts_available_value"]) == (50, "1.250000")
    assert (told["pts_pending"], told["pts_pending_value"]) == (0, "0.000000")


def test_parts_come_only_when_asked_for(balance: Tool) -> None:
    plain = balance()
    switches = {
        "include_unused_rewards": {"unused_rewards"},
        "include_full_program": {"sources", "offers", "tiers", "milestones"},
        "include_referrals": {"referral_stats"},
    }
    for switch, parts in switches.items():
        assert balance(**{switch: True}).keys() - plain.keys() == parts
        assert balance(**{switch: False}) == plain


def test_unused_rewards_are_those_that_can_be_used(balance: Tool) -> None:
    rewards = balance(include_unused_rewards=True)["unused_rewards"]
    assert [it["code"] for it in rewards] == ["DEMO-UNUSED", "DEMO-GIFT-CARD"]
    assert rewards[0] == {
        "type": "points",
        "desc": "Redeemed points",
        "reward_desc": "5.00 off",
        "code": "DEMO-UNUSED",
        "since": "2026-03-21T12:00:00Z",
        "pts": 500,
        "amount": "5.000000",
    }


def test_the_full_program_shows_the_customers_part_in_it(balance: Tool) -> None:
    told = balance(include_full_program=True)
    assert [(it["title"], it["can_complete"], it["is_completed"]) for it in told["sources"]] == [
        ("Follow us", False, True),
        ("Best savings month", True, False),
        ("Summer quiz", False, False),
    ]
    assert [(it["id"], it["points"], it["available"]) for it in told["offers"]] == [
        ("tote-bag", 800, True),
        ("gift-wrapping", 0, True),
        ("sold-out-mug", 500, False),
    ]
    assert [(it["name"], it["cycle"]) for it in told["milestones"]] == [("First box", 1), ("Half a year", 6)]
    assert [it["name"] for it in told["tiers"]] == ["Bronze", "Silver", "Gold", "Platinum"]
    poor = balance("1002", include_full_program=True)
    assert [it["available"] for it in poor["offers"]] == [False, True, False]


def test_an_offer_tells_its_product_and_rules_where_it_has_some(mock: BubblehouseMock, balance: Tool) -> None:
    state: Any = mock.control.state()
    told = {
        "product": {"bhid": "p", "id": "1", "inactive": False, "localizations": [{"locale": "nb", "title": "Krus"}]},
        "variant": {"bhid": "v", "id": "2", "title": "Large"},
        "visibility": "tier == 'Gold'",
        "availability": "",
    }
    state["programme"]["offers"][0] |= told
    mock.control.load(state)
    first, second, *_ = balance(include_full_program=True)["offers"]
    assert {name: first.get(name) for name in told} == {**told, "availability": None}
    assert told.keys() & second.keys() == set()


def test_offers_for_points_need_points_that_can_be_spent(balance: Tool, mock: BubblehouseMock) -> None:
    mock.configure(points_spending_enabled=False)
    offers = balance(include_full_program=True)["offers"]
    assert [it["available"] for it in offers] == [False, True, False]


def test_features_and_limits_stand_only_in_the_full_programs_tiers(balance: Tool, call: Tool) -> None:
    call("RedeemPoints1", {"customer": {"shopid": "1001"}, "pts": 1000})
    told = balance(include_full_program=True)
    for tier in (told["cur_tier"], told["next_tier"]):
        assert not {"features", "redemption_limit"} & tier.keys()
    tiers = {it["name"]: it for it in told["tiers"]}
    assert [it["title"] for it in tiers["Gold"]["features"]] == ["Points for each dollar", "Free shipping"]
    assert tiers["Gold"]["redemption_limit"] == {"total": 50_000, "remaining": 49_000, "period": "monthly"}
    assert tiers["Platinum"]["redemption_limit"] == {"total": 100_000, "remaining": 100_000, "period": "yearly"}
    assert "redemption_limit" not in tiers["Silver"]


def test_tiers_tell_what_is_missing(balance: Tool) -> None:
    told = balance()
    assert told["cur_tier"]["name"] == "Gold"
    assert told["cur_tier"]["reqs"] == {"threshold_pts": 5000, "threshold_spend": "1000.000000"}
    assert told["next_tier"] == {
        "name": "Platinum",
        "expiration": None,
        "reqs": {
            "threshold_spend": "5000.000000",
            "threshold_events": ["ambassador"],
            "extra_spend": "3157.010000",
            "extra_events": ["ambassador"],
            "extra_desc": "3157.01 more to spend, ambassador",
        },
    }
    assert balance("1002")["next_tier"]["reqs"] == {
        "threshold_pts": 1000,
        "extra_pts": 950,
        "extra_desc": "950 more points",
        "progress": 500,
    }


def test_a_tier_ends_at_its_deadline(balance: Tool, clock: FrozenClock) -> None:
    expiration = balance()["cur_tier"]["expiration"]
    assert (expiration["downgraded_tier_name"], expiration["deadline"]) == ("Silver", "2026-12-06T12:00:00Z")
    assert expiration["keep_extended_deadline"] == "2027-12-06T12:00:00Z"
    assert expiration["keep_reqs"]["progress"] == 10_000
    clock.advance(days=200)
    told = balance()
    assert (told["cur_tier"]["name"], told["next_tier"]["name"]) == ("Silver", "Gold")
    assert told["cur_tier"]["expiration"] is None
    assert told["redemption_limit"] == told["global_redemption_limit"]


def test_without_tier_limit_and_joining_day(balance: Tool, mock: BubblehouseMock) -> None:
    mock.configure(redemption_limit=None, points_expire_at=None)
    told = balance("1004")
    assert (told["cur_tier"], told["next_tier"]["name"]) == (None, "Bronze")
    assert (told["redemption_limit"], told["global_redemption_limit"]) == (None, None)
    assert not {"loyalty_anniversary_day", "pts_global_expiration"} & told.keys()


def test_the_highest_tier_has_no_next_one(balance: Tool, control: Tool) -> None:
    control("customers", {"shopid": "2001", "tier": "Platinum"})
    assert balance("2001")["next_tier"] is None


def test_referrals_only_where_the_shop_has_them(balance: Tool, mock: BubblehouseMock) -> None:
    stats = {"sent": 4, "approved": 2, "rejected": 1, "earned_pts": 400}
    assert balance(include_referrals=True)["referral_stats"] == stats
    mock.configure(referrals_enabled=False)
    assert "referral_stats" not in balance(include_referrals=True)


class TestGet:
    def test_answers_as_post(self, call: Tool) -> None:
        query = (
            "include_full_program=true&include_unused_rewards=true&include_referrals=true"
            "&customer=%7B%22shopid%22%3A%221001%22%7D"
        )
        body = {"include_full_program": True, "include_unused_rewards": True, "include_referrals": True}
        posted = call("CustomerBalance3", {**body, "customer": {"shopid": "1001"}})
        got = call("CustomerBalance3", method="GET", query=query)
        assert (got.status, got.body) == (200, posted.body)

    def test_needs_no_query_with_a_customer_token(self, call: Tool) -> None:
        answer = call("CustomerBalance3", method="GET", sub="demo-shop/1001")
        assert (answer.status, answer.body["pts_available"]) == (200, 10_500)

    def test_false_is_false(self, call: Tool) -> None:
        answer = call("CustomerBalance3", method="GET", sub="demo-shop/1001", query="include_full_program=false")
        assert "tiers" not in answer.body
