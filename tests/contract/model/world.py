"""The shop in which stories play: a fixture with absolute times, which mock and model read, each on its own."""

from datetime import UTC, datetime
from typing import Any, Final

from tests.contract.proof.target import Key, Secret

BEGINNING: Final = datetime(2400, 2, 28, 22, 30, tzinfo=UTC)
"""When every story begins. Far ahead, since no clock is put back; and before a leap day and the end of a month."""

KEYS: Final = {
    "shop": Key("model-shop", Secret("bW9kZWwtc2hvcC1zZWNyZXQtZm9yLXRlc3RzLW9ubHktMQ==")),
    "partner": Key("model-partner", Secret("bW9kZWwtcGFydG5lci1zZWNyZXQtZm9yLXRlc3RzLW9ubHk=")),
}
SPARE_KEY: Final = Key("model-spare", Secret("bW9kZWwtc2hvcC1zZWNyZXQtZm9yLXRlc3RzLW9ubHktMg=="))
"""The shop's second key, which is revoked and given back as the story goes."""

EARLY_BIRD: Final = "20b31881b3009140"
COLLECTOR: Final = "20b31881b3009141"
NOBODYS_ACHIEVEMENT: Final = "20b31881b3009149"

OBSOLETE_VERSION: Final = "v20220101"
INACCESSIBLE_VERSION: Final = "v20300101"

ZONES: Final = (
    "UTC",
    "America/New_York",
    "America/Havana",  # in spring, a day without midnight
    "Asia/Beirut",  # the same, and in autumn 23 o'clock comes twice
    "Asia/Kolkata",
    "Pacific/Kiritimati",
    "Pacific/Auckland",
)


def fixture(shop: str) -> dict[str, Any]:
    """Return the shop as a fixture.

    Args:
        shop: Its slug.
    """
    keys = [(KEYS["shop"], "shop"), (SPARE_KEY, "shop"), (KEYS["partner"], "partner")]
    return {
        "shop": shop,
        "keys": [{"key_id": key.id, "secret": str(key.secret), "kind": kind} for key, kind in keys],
        "settings": {
            "time_zone": "America/New_York",
            "point_value": "0.01",
            "minimum_redemption": 100,
            "redemption_limit": {"total": 1300, "period": "daily"},
            "points_expire_at": "2400-03-10T05:00:00Z",
            "obsolete_versions": [OBSOLETE_VERSION],
            "inaccessible_versions": [INACCESSIBLE_VERSION],
        },
        "programme": _PROGRAMME,
        "customers": _CUSTOMERS,
    }


_FEATURE = {"bhid": "20b31881b3009110", "title": "Points for each dollar", "value": "2x"}
_PROGRAMME: Final[dict[str, Any]] = {
    "tiers": [
        {"name": "Bronze"},
        {"name": "Silver", "threshold_pts": 3000, "features": [_FEATURE]},
        {
            "name": "Gold",
            "threshold_pts": 5000,
            "threshold_spend": "1000",
            "features": [_FEATURE | {"value": "3x"}],
            "redemption_limit": {"total": 1500, "period": "monthly"},
        },
        {
            "name": "Platinum",
            "threshold_spend": "5000.5",
            "threshold_events": ["ambassador"],
            "redemption_limit": {"total": 2000, "period": "yearly"},
        },
    ],
    "sources": [
        {"bhid": "20b31881b3009120", "slugs": ["follow-us"], "title": "Follow us"},
        {"bhid": "20b31881b3009121", "slugs": ["great-month", "best-month"], "title": "Best month"},
        {"bhid": "20b31881b3009122", "slugs": ["quiz"], "title": "Quiz", "available": False},
    ],
    "offers": [
        {"id": "bag", "type": "product", "title": "Bag", "desc": "For the rest", "points": 800, "section": "gifts"},
        {"id": "wrapping", "type": "product", "title": "Gift wrapping", "section": "gifts"},
        {"id": "mug", "type": "product", "title": "Mug", "points": 5, "section": "gifts", "active": False},
    ],
    "milestones": [
        {"bhid": "20b31881b3009130", "slugs": ["first-box"], "name": "First box", "cycle": 1},
        {"bhid": "20b31881b3009131", "slugs": ["half-year"], "name": "Half a year", "cycle": 6},
    ],
    "achievements": [
        {"bhid": EARLY_BIRD, "title": "Early bird", "reward_desc": "10% off", "amount": "10"},
        {"bhid": COLLECTOR, "title": "Collector", "reward_desc": "A free gift"},
        {"bhid": NOBODYS_ACHIEVEMENT, "title": "First of all"},
    ],
}


def _earned(number: str, pts: int, at: str, **more: str) -> dict[str, Any]:
    return {
        "bhid": f"20b31881b3009{number}",
        "type": "earned_from_order",
        "pts": pts,
        "at": at,
        "desc": "Order",
        **more,
    }


def _redeemed(number: str, pts: int, at: str, **more: object) -> dict[str, Any]:
    return {"bhid": f"20b31881b3009{number}", "type": "redeemed_towards_order", "pts": -pts, "at": at, **more}


def _code(code: str, redemption: str, pts: int, since: str, status: str = "unused") -> dict[str, Any]:
    return {
        "code": code,
        "type": "points",
        "desc": "Redeemed points",
        "reward_desc": f"{pts / 100:.2f} off",
        "since": since,
        "pts": pts,
        "amount": f"{pts / 100:.2f}",
        "change_bhid": f"20b31881b3009{redemption}",
        "status": status,
    }


_CUSTOMERS: Final[list[dict[str, Any]]] = [
    {
        "bhid": "0000018abc009001",
        "shopid": "ann",
        "email": "ann@example.com",
        "joined_on": "2399-03-15",
        "total_spend": "310.5",
        "upgrade_spend": "242.99",
        "events": ["first-order"],
        "tier": "Bronze",
        "referral_stats": {"sent": 4, "approved": 2, "rejected": 1, "earned_pts": 400},
        "completed_sources": ["20b31881b3009120"],
        "changes": [
            _earned("201", 3200, "2399-06-01T10:00:00Z"),
            {"bhid": "20b31881b3009202", "type": "points_expired", "pts": -150, "at": "2399-07-01T10:00:00Z"},
            _redeemed("203", 200, "2400-01-31T23:30:00Z"),
            _redeemed("205", 100, "2400-02-01T12:00:00Z", external=True),
            _redeemed("206", 120, "2400-02-02T12:00:00Z"),
            {
                "bhid": "20b31881b3009207",
                "type": "redemption_reverted",
                "pts": 120,
                "at": "2400-02-03T12:00:00Z",
                "reverts": "20b31881b3009206",
            },
            _redeemed("204", 300, "2400-02-28T03:00:00Z"),
        ],
        "coupons": [
            _code("MODEL-UNUSED", "203", 200, "2400-01-31T23:30:00Z"),
            _code("MODEL-USED", "204", 300, "2400-02-28T03:00:00Z", "used"),
            _code("MODEL-UNDONE", "206", 120, "2400-02-02T12:00:00Z", "withdrawn"),
            {
                "code": "MODEL-GIFT",
                "type": "gift_card",
                "desc": "Birthday",
                "reward_desc": "Gift card",
                "since": "2400-02-10T00:00:00Z",
                "amount": "25",
            },
        ],
    },
    {
        "bhid": "0000018abc009002",
        "shopid": "bob",
        "email": "Bob@Example.com",
        "total_spend": "1310.25",
        "upgrade_spend": "1310.25",
        "tier": "Gold",
        "tier_deadline": "2400-03-20T04:00:00Z",
        "tier_extended_deadline": "2401-03-20T04:00:00Z",
        "achievements": [
            {"achievement": COLLECTOR, "obtained_at": "2400-01-01T00:00:00Z", "remaining_uses": 2},
        ],
        "changes": [
            _earned("210", 9000, "2399-05-01T00:00:00Z"),
            _earned("211", 500, "2400-02-28T00:00:00Z", available_at="2400-03-01T05:00:00Z"),
        ],
    },
    {
        "bhid": "0000018abc009003",
        "shopid": "cy",
        "joined_on": "2400-01-20",
        "tier": "Platinum",
        "tier_deadline": "2401-01-01T05:00:00Z",
        "tier_extended_deadline": "2402-01-01T05:00:00Z",
        "achievements": [
            {"achievement": EARLY_BIRD, "obtained_at": "2400-01-01T00:00:00Z"},
            {
                "achievement": COLLECTOR,
                "obtained_at": "2400-01-01T00:00:00Z",
                "remaining_uses": 5,
                "expires_at": "2400-03-02T00:00:00Z",
            },
        ],
        "changes": [
            _earned("220", 2600, "2399-12-01T00:00:00Z"),
            _earned("221", 700, "2400-02-28T12:00:00Z", available_at="2400-02-29T12:00:00Z"),
        ],
    },
    {
        "bhid": "0000018abc009004",
        "email": "dee@example.com",
        "joined_on": "2399-11-02",
        "tier": "Silver",
        "changes": [_earned("230", 1300, "2400-01-02T00:00:00Z")],
    },
    {
        "bhid": "0000018abc009005",
        "shopid": "eve",
        "email": "eve@example.com",
        "achievements": [
            {
                "achievement": EARLY_BIRD,
                "obtained_at": "2399-01-01T00:00:00Z",
                "deactivated_at": "2400-01-01T00:00:00Z",
            },
            {
                "achievement": COLLECTOR,
                "obtained_at": "2399-01-01T00:00:00Z",
                "remaining_uses": 0,
                "last_used_at": "2399-12-31T00:00:00Z",
            },
        ],
        "changes": [
            _earned("240", 60, "2400-02-20T00:00:00Z"),
            _earned("241", 900, "2400-02-27T00:00:00Z", available_at="2400-03-12T00:00:00Z"),
        ],
    },
]
