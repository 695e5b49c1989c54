"""CustomerBalance3: a customer's standing, with all that can be asked for beside it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from tests.contract.model.reference.expected import (
    ABSENT,
    ABSENT_OR_EMPTY,
    AnyOrder,
    Between,
    Expected,
    Json,
    Money,
    Text,
)
from tests.contract.model.reference.limits import limit_of, remaining, tier_index
from tests.contract.model.reference.people import Coupon, Person
from tests.contract.model.reference.settings import exact
from tests.contract.model.reference.shop import Shop

_ALL_DONE = 10_000  # permyriad


def balance(shop: Shop, person: Person, arguments: Json) -> Expected:
    """CustomerBalance3."""
    settings, now = shop.settings, shop.now
    available, pending = person.available(now), person.pending(now)
    expire_at = settings["points_expire_at"]
    expiring = expire_at is not None and datetime.fromisoformat(expire_at) > now
    common, index = settings["redemption_limit"], tier_index(shop, person)
    in_force = limit_of(shop, person)
    answer: Json = {
        "pts_available": available,
        "pts_available_value": _money(settings.worth(available)),
        "pts_pending": pending,
        "pts_pending_value": _money(settings.worth(pending)),
        "pts_earned": person.earned,
        "pts_redeemed": person.redeemed,
        "pts_expired": person.expired,
        "total_spend": Money(exact(person.facts.get("total_spend", 0))),
        "upgrade_spend": Money(exact(person.facts.get("upgrade_spend", 0))),
        "loyalty_anniversary_day": person.facts.get("joined_on", ABSENT),
        "pts_global_expiration": _time(datetime.fromisoformat(expire_at)) if expiring else ABSENT,
        "program_enabled": settings["program_enabled"],
        "cur_tier": _tier(shop, person, index) | {"features": ABSENT} if index >= 0 else ABSENT,
        "next_tier": _tier(shop, person, index + 1) | {"features": ABSENT} if index + 1 < len(shop.tiers) else ABSENT,
        "redemption_limit": ABSENT if in_force is None else remaining(shop, person, in_force),
        "global_redemption_limit": ABSENT if common is None else remaining(shop, person, common),
        "unused_rewards": ABSENT,
        **dict.fromkeys(("sources", "offers", "tiers", "milestones"), ABSENT),
        "referral_stats": ABSENT,
    }
    if arguments.get("include_unused_rewards"):
        answer["unused_rewards"] = AnyOrder(tuple(_reward(it) for it in person.coupons if it.status == "unused"))
    if arguments.get("include_full_program"):
        answer |= dict(_programme(shop, person))
    if arguments.get("include_referrals") and settings["referrals_enabled"]:
        nothing = {"sent": 0, "approved": 0, "rejected": 0, "earned_pts": 0}
        answer["referral_stats"] = person.facts.get("referral_stats", nothing)
    return Expected(answer=answer)


def _money(amount: Fraction | None) -> Any:
    return ABSENT if amount is None else Money(amount)


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _reward(coupon: Coupon) -> Json:
    texts: Json = dict(coupon.texts) or {"type": Text(), "desc": Text()}
    return {
        "code": coupon.code,
        "since": _time(coupon.since),
        "pts": ABSENT if coupon.pts is None else coupon.pts,
        "amount": _money(coupon.amount),
        **texts,
    }


def _tier(shop: Shop, person: Person, index: int) -> Json:
    """A tier as the customer sees it. It has an end for who is in it and will lose it."""
    tier = shop.tiers[index]
    asked, lacking = dict(_asked(tier)), dict(_lacking(tier, person))
    present = tier_index(shop, person)
    # What is lacking of a tier that one is in, or above, means nothing, say the docs.
    reqs = asked | lacking if index > present else asked
    if index != present or tier["name"] != person.tier or person.tier_deadline is None:
        return {"name": tier["name"], "expiration": ABSENT, "reqs": reqs}
    expiration = {
        "deadline": _time(person.tier_deadline),
        "downgraded_tier_name": shop.tiers[index - 1]["name"],
        "keep_reqs": asked | lacking,
        "keep_extended_deadline": _time(datetime.fromisoformat(person.facts["tier_extended_deadline"])),
    }
    return {"name": tier["name"], "expiration": expiration, "reqs": reqs}


def _asked(tier: Json) -> Iterator[tuple[str, Any]]:
    yield "threshold_pts", tier.get("threshold_pts", ABSENT)
    yield "threshold_spend", Money(exact(tier["threshold_spend"])) if "threshold_spend" in tier else ABSENT
    yield "threshold_events", tier.get("threshold_events", ABSENT_OR_EMPTY)


def _lacking(tier: Json, person: Person) -> Iterator[tuple[str, Any]]:
    """Yield what a customer lacks for a tier. How `progress` is reckoned nobody says."""
    pts = max(0, tier.get("threshold_pts", 0) - person.earned)
    spend = exact(tier.get("threshold_spend", 0)) - exact(person.facts.get("upgrade_spend", 0))
    events = [it for it in tier.get("threshold_events", ()) if it not in person.facts.get("events", ())]
    yield "extra_pts", pts or ABSENT
    yield "extra_spend", Money(spend) if spend > 0 else ABSENT
    yield "extra_events", events or ABSENT_OR_EMPTY
    if pts or spend > 0 or events:
        yield "progress", Between(0, _ALL_DONE - 1)


def _programme(shop: Shop, person: Person) -> Iterator[tuple[str, Any]]:
    done = person.facts.get("completed_sources", ())
    yield (
        "sources",
        [
            {
                **{name: it[name] for name in ("bhid", "slugs", "title")},
                "can_complete": it.get("available", True) and it["bhid"] not in done,
                "is_completed": it["bhid"] in done,
            }
            for it in shop.programme["sources"]
        ],
    )
    spending = shop.settings["points_enabled"] and shop.settings["points_spending_enabled"]
    available = person.available(shop.now)
    yield (
        "offers",
        [
            {
                **{name: it[name] for name in ("id", "type", "title", "section")},
                "desc": it.get("desc", ABSENT_OR_EMPTY),
                "points": it.get("points", 0),
                "available": it.get("active", True) and it.get("points", 0) <= (available if spending else 0),
            }
            for it in shop.programme["offers"]
        ],
    )
    yield "tiers", [_of_the_programme(shop, person, index) for index in range(len(shop.tiers))]
    yield "milestones", shop.programme["milestones"]


def _of_the_programme(shop: Shop, person: Person, index: int) -> Json:
    """A tier with its features and its own limit, which is whole for all but the customer's own."""
    tier = shop.tiers[index]
    limit: Any = tier.get("redemption_limit", ABSENT)
    if limit is not ABSENT:
        mine = index == tier_index(shop, person)
        limit = remaining(shop, person, limit) if mine else limit | {"remaining": limit["total"]}
    features = tier.get("features", ABSENT_OR_EMPTY)
    return _tier(shop, person, index) | {"features": features, "redemption_limit": limit}
