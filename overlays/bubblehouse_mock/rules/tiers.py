"""Which tier a customer is in, and what separates one from a tier."""

from datetime import datetime
from decimal import Decimal

from bubblehouse_mock.state import Customer, Shop
from bubblehouse_mock.state.programme import Tier


def current_index(shop: Shop, customer: Customer, now: datetime) -> int:
    """Return the place of the customer's tier in the rising order; -1 for none.

    After its deadline it is one lower, and the lowest tier is never lost.
    """
    index = shop.programme.tier_index(customer.tier)
    lost = customer.tier_deadline is not None and customer.tier_deadline <= now
    return index - 1 if lost and index > 0 else index


def current_tier(shop: Shop, customer: Customer, now: datetime) -> Tier | None:
    """Return the tier the customer is in, or None."""
    index = current_index(shop, customer, now)
    return shop.programme.tiers[index] if index >= 0 else None


def progress(tier: Tier, customer: Customer) -> int:
    """Return how much of a tier's requirements is done, in ten-thousandths: that of the one that is furthest behind."""
    shares = [
        Decimal(done) / Decimal(threshold)
        for done, threshold in (
            (customer.ledger.earned, tier.threshold_pts),
            (customer.upgrade_spend, tier.threshold_spend),
            (len(tier.threshold_events) - len(missing_events(tier, customer)), len(tier.threshold_events)),
        )
        if threshold
    ]
    return int(min([Decimal(1), *shares]) * 10_000)


def missing_events(tier: Tier, customer: Customer) -> list[str]:
    """Return the events that must still happen."""
    return [event for event in tier.threshold_events if event not in customer.events]
