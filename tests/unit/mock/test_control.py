"""The control plane: looking at the shop, changing it, starting over."""

from collections.abc import Callable
from typing import Any

import pytest

from bubblehouse_mock.clock import FrozenClock
from bubblehouse_mock.contract import Contract
from bubblehouse_mock.messages import MAX_CONTROL_BODY
from bubblehouse_mock.mock import BubblehouseMock
from bubblehouse_mock.state import FixtureError

Tool = Callable[..., Any]


def test_config_has_what_a_client_needs(control: Tool) -> None:
    config = control("config").body
    assert config["base_url"].endswith("/api")
    (shop,) = config["shops"]
    assert shop["shop"] == "demo-shop"
    assert [(it["key_id"], it["kind"], it["revoked"]) for it in shop["keys"]] == [
        ("demo-key-1", "shop", False),
        ("demo-key-2", "shop", False),
        ("demo-key-revoked", "shop", True),
        ("demo-partner-key", "partner", False),
    ]
    assert all(it["secret"] for it in shop["keys"])
    assert shop["customers"][0] == {
        "bhid": "0000018abc000001",
        "shopid": "1001",
        "email": "rich@example.com",
        "tier": "Gold",
        "pts_available": 10_500,
        "pts_pending": 40,
    }
    assert shop["versions"] == {
        "enabled": list(Contract().versions),
        "obsolete": ["v20220101"],
        "inaccessible": ["v20300101"],
    }


def test_reset_restores_the_fixture(call: Tool, control: Tool) -> None:
    before = control("state").body
    call("RedeemPoints1", {"customer": {"shopid": "1001"}, "pts": 500})
    control("settings", {"points_enabled": False, "rate_limits_enabled": True})
    control("customers", {"shopid": "2001"})
    assert control("state").body != before
    assert control("reset", {}).body == control("config").body
    assert control("state").body == before


def test_reset_forgets_the_calls_counted(call: Tool, control: Tool) -> None:
    for expected in (429, 429):
        control("settings", {"rate_limits_enabled": True, "rate_limit_delay": 0})
        assert [call("CustomerBalance3", sub="demo-shop/1001").status for _ in range(3)] == [200, 200, expected]
        control("reset", {})


def test_the_state_is_a_fixture(control: Tool, call: Tool, clock: FrozenClock) -> None:
    call("RedeemPoints1", {"customer": {"shopid": "1001"}, "pts": 500})
    call("UseAchievementDiscount1", {"customer": {"shopid": "1001"}, "achievement_bhid": "20b31881b3000141"})
    state = control("state").body
    again = BubblehouseMock(fixture=state, clock=clock, strict=True)
    assert again.control.state() == state


class TestSettings:
    def test_are_patched(self, control: Tool) -> None:
        before = control("settings").body
        answer = control("settings", {"minimum_redemption": 7, "redemption_limit": {"total": 9}})
        assert answer.status == 200
        assert answer.body == {
            **before,
            "minimum_redemption": 7,
            "redemption_limit": {"total": 9, "period": "daily"},
        }
        assert control("settings", {"redemption_limit": None}).body["redemption_limit"] is None

    @pytest.mark.parametrize(
        ("patch", "says"),
        [
            ({"points_enabld": True}, "points_enabld"),
            ({"points_enabled": "no"}, "points_enabled: 'no' is neither true nor false"),
            ({"minimum_redemption": 0}, "minimum_redemption: 0 is below 1"),
            ({"minimum_redemption": True}, "minimum_redemption: True is not a whole number"),
            ({"minimum_order_value": 50}, "minimum_order_value: 50 is not a decimal number in quotes"),
            ({"minimum_order_value": "-5"}, "minimum_order_value"),
            ({"redemption_limit": {"total": 5, "period": "weekly"}}, "redemption_limit.period: 'weekly' is not one of"),
            ({"redemption_limit": {"total": -5}}, "redemption_limit.total: -5 is below 0"),
            ({"time_zone": "Mars/Olympus"}, "Mars/Olympus"),
            ({"time_zone": "../../etc/passwd"}, "time zone"),
            ({"rate_limits": {"read": {"per_minute": {"shop": 1}}}}, "per_minute"),
            ({"rate_limits": {"read": {"per_second": {"shop": 0}}}}, "rate_limits.read.per_second.shop: 0 is below 1"),
            ({"obsolete_versions": "v1"}, "obsolete_versions: 'v1' is not a list"),
            ({"points_expire_at": "tomorrow"}, "points_expire_at"),
            ({"points_expire_at": "2030-01-01T00:00:00"}, "with Z or an offset"),
        ],
    )
    def test_a_bad_patch_changes_nothing(self, control: Tool, patch: dict[str, Any], says: str) -> None:
        before = control("settings").body
        answer = control("settings", patch)
        assert answer.error == (400, "invalid_request")
        assert says in answer.body["message"]
        assert control("settings").body == before

    def test_from_python(self, mock: BubblehouseMock) -> None:
        mock.configure(points_enabled=False)
        assert mock.state.settings.points_enabled is False
        with pytest.raises(FixtureError, match="points_enabld"):
            mock.configure(points_enabld=False)


class TestCustomers:
    def test_are_taken_in_as_fixtures_have_them(self, control: Tool, balance: Tool) -> None:
        answer = control(
            "customers", {"shopid": "2001", "changes": [{"type": "earned_from_order", "pts": 700, "at": "-1d"}]}
        )
        assert answer.status == 200
        assert len(answer.body["bhid"]) == len(answer.body["changes"][0]["bhid"]) == 16
        assert balance("2001")["pts_available"] == 700

    @pytest.mark.parametrize(
        ("data", "says"),
        [
            ({}, "shopid or an email"),
            ({"shopid": "1001"}, "another customer has the shopid"),
            ({"email": "Rich@example.com"}, "another customer has the email"),
            ({"shopid": "2001", "bhid": "0000018abc000001"}, "is taken"),
            ({"shopid": "20/01"}, "shopid: '20/01' has a slash"),
            ({"shopid": "2001", "tier": "Tin"}, "no tier 'Tin'"),
            (
                {"shopid": "2001", "tier_deadline": "0001-01-01T00:00:00+14:00"},
                "tier_deadline: '0001-01-01T00:00:00+14",
            ),
            (
                {"shopid": "2001", "tier_deadline": "-999999d"},
                "tier_deadline: '-999999d' lies beyond the years 1 to 9999",
            ),
            ({"shopid": "2001", "referral_stats": {"sent": -1}}, "referral_stats.sent: -1 is below 0"),
            ({"shopid": "2001", "referral_stats": {"earned_pts": -1}}, "referral_stats.earned_pts: -1 is below 0"),
            ({"shopid": "2001", "points": 5}, "there is no 'points' here"),
            ({"shopid": "2001", "changes": [{"type": "points_expired", "pts": -1, "at": "-1d"}]}, "only 0 are there"),
            (
                {"shopid": "2001", "coupons": [{"code": "DEMO-USED", "type": "x", "desc": "x", "since": "-1d"}]},
                "is taken",
            ),
        ],
    )
    def test_a_refused_one_leaves_no_trace(self, control: Tool, data: dict[str, Any], says: str) -> None:
        before = control("state").body
        for _ in range(2):  # the same refusal again: nothing of the first try is remembered
            answer = control("customers", data)
            assert answer.error == (400, "invalid_request")
            assert says in answer.body["message"]
        assert control("state").body == before

    def test_a_mended_one_is_taken_after_a_refusal(self, control: Tool) -> None:
        data = {"shopid": "2001", "bhid": "00000000000000aa"}
        assert control("customers", {**data, "tier": "Tin"}).status == 400
        assert control("customers", data).status == 200


class TestChanges:
    def test_points_come_and_go(self, control: Tool, balance: Tool) -> None:
        assert control("customers/1002/changes", {"pts": 250}).body["type"] == "manual_correction"
        assert control("customers/0000018abc000002/changes", {"type": "points_expired", "pts": -100}).status == 200
        told = balance("1002")
        assert (told["pts_available"], told["pts_earned"], told["pts_expired"]) == (200, 300, 100)

    def test_pending_points(self, control: Tool, balance: Tool) -> None:
        control("customers/1002/changes", {"type": "earned_from_order", "pts": 70, "available_at": "+1h"})
        assert balance("1002")["pts_pending"] == 70

    @pytest.mark.parametrize(
        ("data", "says"),
        [
            ({"pts": -51}, "51 points can't go: only 50 are there"),
            ({"pts": "5"}, "pts: '5' is not a whole number"),
            ({}, "'pts' is missing"),
            ({"pts": 5, "type": "points_expired"}, "takes points"),
            ({"pts": 5, "type": "gift"}, "type: 'gift' is not one of"),
            ({"pts": -5, "type": "birthday_gift"}, "birthday_gift gives points; pts=-5 is negative"),
            ({"pts": -5, "type": "earned_from_order"}, "earned_from_order gives points"),
            ({"pts": -5, "type": "earned_from_source"}, "earned_from_source gives points"),
            ({"pts": -5, "available_at": "+1d"}, "available_at belongs to points that come; pts=-5 is negative"),
            ({"pts": 2**63}, "pts: the number is beyond 64 bits"),
            ({"pts": -(2**63) - 1}, "pts: the number is beyond 64 bits"),
            ({"pts": 2**63 - 1}, "more points than 64 bits can hold"),
            ({"pts": 1, "bhid": "20b31881b3000210"}, "the id '20b31881b3000210' is taken"),
            ({"pts": 1, "bhid": "20b31881b3000203"}, "the id '20b31881b3000203' is taken"),  # another customer's
            ({"pts": 1, "bhid": "0000018abc000001"}, "the id '0000018abc000001' is taken"),
            ({"pts": 5, "at": "-1d"}, "at can't be given here"),
            ({"pts": 400, "type": "redemption_reverted", "reverts": "20b31881b3000221"}, "reverts can't be given here"),
        ],
    )
    def test_bad_ones(self, control: Tool, balance: Tool, data: dict[str, Any], says: str) -> None:
        answer = control("customers/1002/changes", data)
        assert answer.error == (400, "invalid_request")
        assert says in answer.body["message"]
        assert balance("1002")["pts_available"] == 50

    def test_an_id_is_taken_once(self, control: Tool, balance: Tool) -> None:
        named = {"bhid": "00000000000000aa"}
        assert control("customers/1002/changes", {"pts": -51, **named}).status == 400  # leaves the id free
        assert control("customers/1002/changes", {"pts": 5, **named}).body["bhid"] == "00000000000000aa"
        assert control("customers/1001/changes", {"pts": 5, **named}).status == 400
        assert (balance("1002")["pts_available"], balance("1001")["pts_available"]) == (55, 10_500)

    def test_what_the_shop_gave_out_is_taken(self, control: Tool, call: Tool) -> None:
        redemption = call("RedeemPoints1", {"customer": {"shopid": "1001"}, "pts": 500}).body
        for name in (redemption["change_bhid"], redemption["code"]):
            answer = control("customers/1002/changes", {"pts": 5, "bhid": name})
            assert answer.error == (400, "invalid_request")
            assert f"the id {name!r} is taken" in answer.body["message"]


def test_codes_can_be_used_and_unused_but_not_revived(control: Tool) -> None:
    assert control("codes/DEMO-UNUSED", {"status": "used"}).body["status"] == "used"
    assert control("codes/DEMO-UNUSED", {"status": "unused"}).body["status"] == "unused"
    assert control("codes/DEMO-UNDONE", {"status": "used"}).error == (400, "invalid_request")
    assert control("codes/DEMO-UNUSED", {"status": "withdrawn"}).error == (400, "invalid_request")
    assert control("codes/DEMO-UNUSED", {"status": ["used"]}).error == (400, "invalid_request")
    assert control("codes/NOTHING", {"status": "used"}).error == (404, "not_found")


def test_only_achievements_of_the_programme(control: Tool) -> None:
    assert control("customers/1002/achievements", {"achievement": "0"}).error == (400, "invalid_request")
    negative = control("customers/1002/achievements", {"achievement": "20b31881b3000140", "remaining_uses": -1})
    assert negative.error == (400, "invalid_request")
    assert "remaining_uses: -1 is below 0" in negative.body["message"]
    assert control("customers/9999/achievements", {"achievement": "20b31881b3000140"}).error == (404, "not_found")


@pytest.mark.parametrize(
    ("place", "method", "raw", "status"),
    [
        ("", "GET", b"", 404),
        ("nothing", "GET", b"", 404),
        ("config/", "GET", b"", 404),
        ("customers/1001", "POST", b"{}", 405),
        ("customers/", "GET", b"", 404),
        ("customers/9999", "GET", b"", 404),
        ("shops/none/customers", "GET", b"", 404),
        ("config", "POST", b"{}", 405),
        ("reset", "GET", b"", 405),
        ("settings", "DELETE", b"", 405),
        ("settings", "POST", b"{}", 405),
        ("settings", "PATCH", b"{", 400),
        ("settings", "PATCH", b"[]", 400),
        ("settings", "PATCH", b"\xff", 400),
        ("settings", "PATCH", b" " * (MAX_CONTROL_BODY + 1), 413),
    ],
)
def test_other_requests(control: Tool, place: str, method: str, raw: bytes, status: int) -> None:
    answer = control(place, method=method, raw=raw)
    assert answer.status == status
    assert answer.body["message"]
    assert ("allow" in answer.headers) == (status == 405)


@pytest.mark.parametrize(
    ("place", "query", "says"),
    [
        ("journal", "limit=x", "limit='x' is not a whole number"),
        ("journal", "limit=-1", "limit='-1' is not a whole number"),
        ("journal", "after=1&after=2", "after is given twice"),
        ("journal", "before=1", "there is no 'before' here; there are after, limit"),
        ("journal", "limit=%ff", "not URL-encoded UTF-8"),
        ("config", "x=1", "there is no 'x' here; there are no parameters"),
    ],
)
def test_bad_queries(control: Tool, place: str, query: str, says: str) -> None:
    answer = control(place, query=query)
    assert answer.error == (400, "invalid_request")
    assert says in answer.body["message"]


class TestLists:
    def test_of_customers_come_in_parts(self, control: Tool) -> None:
        first = control("customers", query="limit=2").body
        assert (first["total"], [it["shopid"] for it in first["customers"]]) == (5, ["1001", "1002"])
        second = control("customers", query=f"limit=3&after={first['next']}").body
        assert ([it["shopid"] for it in second["customers"]], second["next"]) == (["1003", "1004", ""], None)

    def test_of_customers_can_be_searched(self, control: Tool) -> None:
        found = control("customers", query="search=RICH").body
        assert (found["total"], found["customers"][0]["shopid"], found["next"]) == (1, "1001", None)
        assert control("customers", query="search=nobody").body["customers"] == []
        assert control("customers", query="after=nobody").error == (404, "not_found")

    def test_have_all_of_one_customer(self, control: Tool) -> None:
        for name in ("1001", "0000018abc000001"):
            told = control(f"customers/{name}").body
            assert (told["pts_available"], told["pts_pending"], told["pts_redeemed"]) == (10_500, 40, 1000)
            assert len(told["customer"]["changes"]) == 8
