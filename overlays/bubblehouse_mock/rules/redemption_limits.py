"""How many points a customer may redeem within a day, month or year of the shop."""

from collections.abc import Collection
from datetime import datetime

from bubblehouse_mock.rules.tiers import current_tier
from bubblehouse_mock.state import Customer, Shop
from bubblehouse_mock.state.calendar import period_start
from bubblehouse_mock.state.settings import RedemptionLimit


def limit_for(shop: Shop, customer: Customer, now: datetime) -> RedemptionLimit | None:
    """Return the limit that holds for a customer: the tier's own, or else the shop's."""
    tier = current_tier(shop, customer, now) if shop.programme.tiers else None
    own = tier.redemption_limit if tier is not None else None
    return own or shop.settings.redemption_limit


def remaining(
    limit: RedemptionLimit, shop: Shop, customer: Customer, now: datetime, *, leaving_out: Collection[str] = ()
) -> int:
    """Return how many points the customer may still redeem under a limit.

    Args:
        limit: The limit.
        shop: The shop, for its time zone.
        customer: The customer. Redemptions that were undone don't count.
        now: The present moment.
        leaving_out: Ids of redemptions that don't count either.
    """
    start = period_start(now, limit.period, shop.settings.time_zone)
    return max(0, limit.total - customer.ledger.redeemed_since(start, leaving_out=leaving_out))
