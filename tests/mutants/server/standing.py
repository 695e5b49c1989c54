"""Mutants of achievements, and of what the balance says of it all."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from tests.mutants.door import COLLECTOR, EARLY_BIRD, FORMER, PLAIN, RICH, Door
from tests.mutants.mutant import Family
from tests.mutants.patching import Function, around, drop, given, ignoring, instead, refuses, rule, says, with_

from bubblehouse_mock.rules import customer_balance_3, redemption_limits, tiers
from bubblehouse_mock.state import Customer, Ledger, Ownership, Shop
from bubblehouse_mock.state.calendar import period_start, zone

_UNDO, _USE, _BALANCE = "Unredeem1", "UseAchievementDiscount1", "CustomerBalance3"


def _active(**changes: Any) -> Function:
    """Judge an ownership as if some of it were otherwise."""
    return lambda is_active: lambda self, now: is_active(replace(self, **changes), now)


def _unlimited_refused(is_active: Function) -> Function:
    return lambda self, now: self.remaining_uses is not None and is_active(self, now)


def _by_the_offset_of_now(period_start: Function) -> Function:
    def started(moment: datetime, period: str, time_zone: str) -> object:
        local = moment.astimezone(zone(time_zone))
        start = period_start(moment, period, time_zone)
        return start.replace(tzinfo=timezone(local.utcoffset() or timedelta()))

    return started


def _before_the_clocks_change(door: Door) -> object:
    """Redeem half an hour before a day on which clocks go forward, and look at noon."""
    limit = {"total": 1000, "period": "daily"}
    door.configure(time_zone="America/New_York", redemption_limit=limit)
    before = datetime(2027, 3, 14, 4, 30, tzinfo=UTC)
    door.later(seconds=(before - door.clock()).total_seconds()).redeem()
    return door.later(hours=12).balance()


_of = Family("ledger", "server", "model")

MUTANTS = [
    _of.mutant(
        "achievement-expired",
        "An achievement can be used after it expired.",
        around(Ownership, "is_active", _active(expires_at=None)),
        lambda it: it.use(EARLY_BIRD, FORMER),
    ),
    _of.mutant(
        "achievement-taken-away",
        "An achievement can be used after it was taken away.",
        around(Ownership, "is_active", _active(deactivated_at=None)),
        lambda it: it.use(COLLECTOR, FORMER),
    ),
    _of.mutant(
        "achievement-used-up",
        "An achievement can be used more often than it allows.",
        around(Ownership, "is_active", _active(remaining_uses=None)),
        lambda it: [it.use(COLLECTOR) for _ in range(4)],
    ),
    _of.mutant(
        "achievement-unlimited",
        "An achievement without a limit of uses can't be used.",
        around(Ownership, "is_active", _unlimited_refused),
        lambda it: it.use(),
    ),
    _of.mutant(
        "achievement-uncounted",
        "A use of an achievement is not counted.",
        instead(Shop, "use_achievement", lambda *_: None),
        lambda it: [it.use(COLLECTOR) for _ in range(4)],
    ),
    _of.mutant(
        "achievement-of-others",
        "An achievement can be used by whoever doesn't own it.",
        rule(
            _USE,
            lambda original: (
                lambda call: original(
                    replace(call, customer=next(it for it in call.shop.customers.values() if it.shopid == RICH))
                )
            ),
        ),
        lambda it: it.use(EARLY_BIRD, PLAIN),
        layer="matrix",
    ),
    _of.mutant(
        "achievement-code-lost",
        "The code of an achievement is not among the unused rewards.",
        around(
            Customer,
            "add_coupon",
            lambda add: lambda self, coupon: None if coupon.type == "achievement" else add(self, coupon),
        ),
        lambda it: (it.use(), it.balance(RICH, include_unused_rewards=True)),
    ),
    _of.mutant(
        "pending-is-available",
        "Pending points are told as available.",
        instead(Ledger, "pending", lambda *_: 0),
        lambda it: it.balance(RICH),
    ),
    _of.mutant(
        "expired-is-redeemed",
        "Expired points are told as redeemed.",
        says(
            lambda body: body.update(pts_redeemed=body["pts_redeemed"] + body["pts_expired"], pts_expired=0),
            function=_BALANCE,
        ),
        lambda it: it.balance(RICH),
    ),
    _of.mutant(
        "rewards-anyway",
        "The unused rewards come unasked.",
        given(_BALANCE, with_({"include_unused_rewards": True})),
        lambda it: it.balance(RICH),
    ),
    _of.mutant(
        "no-rewards",
        "The unused rewards don't come when asked for.",
        given(_BALANCE, drop("include_unused_rewards")),
        lambda it: it.balance(RICH, include_unused_rewards=True),
    ),
    _of.mutant(
        "programme-anyway",
        "The full programme comes unasked.",
        given(_BALANCE, with_({"include_full_program": True})),
        lambda it: it.balance(RICH),
    ),
    _of.mutant(
        "no-programme",
        "The full programme doesn't come when asked for.",
        given(_BALANCE, drop("include_full_program")),
        lambda it: it.balance(RICH, include_full_program=True),
    ),
    _of.mutant(
        "no-referrals",
        "Referral statistics don't come when asked for.",
        given(_BALANCE, drop("include_referrals")),
        lambda it: it.balance(RICH, include_referrals=True),
    ),
    _of.mutant(
        "used-rewards",
        "Codes that were used stand among the unused rewards.",
        around(
            customer_balance_3,
            "_reward",
            lambda reward: lambda coupon: {**reward(coupon), "code": "DEMO-USED"},
        ),
        lambda it: it.balance(RICH, include_unused_rewards=True),
    ),
    _of.mutant(
        "tier-forever",
        "A tier is kept after its deadline.",
        instead(tiers, "current_index", lambda shop, customer, _: shop.programme.tier_index(customer.tier)),
        lambda it: (it.later(days=201), it.redeem(3000, RICH), it.balance(RICH)),
    ),
    _of.mutant(
        "tier-told",
        "The tier that a customer has lost is told as the current one.",
        instead(
            customer_balance_3, "current_index", lambda shop, customer, _: shop.programme.tier_index(customer.tier)
        ),
        lambda it: it.balance(FORMER),
    ),
    _of.mutant(
        "next-tier",
        "The tier after the next is told as the next one.",
        says(
            lambda body: body.update(next_tier={"name": "Diamond", "reqs": {}}) if body.get("next_tier") else None,
            function=_BALANCE,
        ),
        lambda it: it.balance(RICH),
    ),
    _of.mutant(
        "limit-told-whole",
        "The redemption limit that is told is always a whole one.",
        instead(customer_balance_3, "remaining", lambda limit, *_: limit.total),
        lambda it: (it.redeem(), it.balance()),
    ),
    _of.mutant(
        "limit-told-of-shop",
        "The shop's redemption limit is told to customers whose tier has its own.",
        around(customer_balance_3, "limit_for", lambda _: lambda shop, *__: shop.settings.redemption_limit),
        lambda it: it.balance(RICH),
    ),
    _of.mutant(
        "limit-below-zero",
        "What is left of a redemption limit is told below zero.",
        instead(
            customer_balance_3,
            "remaining",
            lambda limit, shop, customer, now: (
                limit.total - customer.ledger.redeemed_since(period_start(now, limit.period, shop.settings.time_zone))
            ),
        ),
        lambda it: (it.redeem(500), it.configure(redemption_limit={"total": 100, "period": "daily"}), it.balance()),
    ),
    _of.mutant(
        "offset-of-now",
        "A period begins at a midnight by the clock of now, though clocks were changed since.",
        around(redemption_limits, "period_start", _by_the_offset_of_now),
        _before_the_clocks_change,
        layer="batteries",
    ),
    _of.mutant(
        "slugs-turned",
        "The former slugs of a source stand before its present one.",
        says(lambda body: [it.update(slugs=it["slugs"][::-1]) for it in body.get("sources", ())], function=_BALANCE),
        lambda it: it.balance(include_full_program=True),
    ),
    _of.mutant(
        "anniversary",
        "The day that a customer joined is told a day late.",
        says(
            lambda body: (
                body.update(loyalty_anniversary_day="2023-03-16") if "loyalty_anniversary_day" in body else None
            ),
            function=_BALANCE,
        ),
        lambda it: it.balance(RICH),
    ),
    _of.mutant(
        "programme-enabled",
        "A programme that is switched off is told as running.",
        says(with_({"program_enabled": True}), function=_BALANCE),
        lambda it: (it.configure(program_enabled=False), it.balance()),
    ),
    _of.mutant(
        "limit-passes",
        "Whoever is over the redemption limit is told of too few points.",
        refuses("redemption_limit_exceeded", as_id="insufficient_points"),
        lambda it: it.redeem(2100),
        layer="matrix",
    ),
    _of.mutant(
        "ledger-refusal",
        "An achievement that isn't owned is answered as a success without a code.",
        rule(
            _USE,
            lambda original: lambda call: ignoring("achievement_not_owned")(original)(call) or {"code": ""},
        ),
        lambda it: it.use(EARLY_BIRD, PLAIN),
        layer="matrix",
    ),
]
