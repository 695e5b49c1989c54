"""Tiers as they stand now, and how much a customer may still redeem in the day, month or year."""

from collections.abc import Sequence

from tests.contract.model.reference import moments
from tests.contract.model.reference.expected import Json
from tests.contract.model.reference.people import Person, Redemption
from tests.contract.model.reference.shop import Shop


def tier_index(shop: Shop, person: Person) -> int:
    """Return the place of a customer's tier; -1 for none. Once the tier's deadline has come, it is the one below."""
    if person.tier is None:
        return -1
    index = [tier["name"] for tier in shop.tiers].index(person.tier)
    lost = person.tier_deadline is not None and person.tier_deadline <= shop.now
    return index - 1 if lost else index


def limit_of(shop: Shop, person: Person) -> Json | None:
    """Return the limit in force for a customer: the tier's own where it has one, or else the shop's."""
    index = tier_index(shop, person)
    own: Json | None = shop.tiers[index].get("redemption_limit") if index >= 0 else None
    common: Json | None = shop.settings["redemption_limit"]
    return own or common


def spent(shop: Shop, person: Person, period: str, without: Sequence[Redemption] = ()) -> int:
    """Return the points that a customer redeemed in the present day, month or year. What was undone doesn't count."""
    zone = shop.settings["time_zone"]
    present = moments.period_of(shop.now, period, zone)
    return sum(
        it.pts
        for it in person.redemptions.values()
        if not it.fate and it not in without and moments.period_of(it.at, period, zone) == present
    )


def remaining(shop: Shop, person: Person, limit: Json) -> Json:
    """Return a limit as the balance has it for a customer; never less than nothing is left of it."""
    left = max(0, limit["total"] - spent(shop, person, limit["period"]))
    return {"total": limit["total"], "remaining": left, "period": limit["period"]}
