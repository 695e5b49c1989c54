"""Mutants of what may be redeemed: bounds, steps, limits, and what is switched off."""

from dataclasses import replace
from typing import Any

from tests.mutants.door import POOR, RICH
from tests.mutants.mutant import Family
from tests.mutants.patching import (
    Function,
    around,
    ignoring,
    instead,
)

from bubblehouse_mock.refusal import RefusalError
from bubblehouse_mock.rules import Call, redeem_points_1, redemption_limits
from bubblehouse_mock.state import Ledger, Settings


def _balance_first(check: Function) -> Function:
    def checked(call: Call, pts: int) -> None:
        if pts > call.customer.ledger.available(call.now):
            raise RefusalError("insufficient_points")
        check(call, pts)

    return checked


def _bound(**changes: Any) -> Function:
    """Let amounts be checked against other bounds than are set."""

    def make(check: Function) -> Function:
        def checked(settings: Settings, pts: int) -> None:
            check(replace(settings, **{name: of(settings) for name, of in changes.items()}), pts)

        return checked

    return make


def _step_from_zero(check: Function) -> Function:
    def checked(settings: Settings, pts: int) -> None:
        check(replace(settings, redemption_step=1), pts)
        if pts % settings.redemption_step:
            raise RefusalError("points_not_on_redeemable_step")

    return checked


_of = Family("ledger", "server", "model")

MUTANTS = [
    _of.mutant(
        "minimum",
        "One point below the shop's minimum will do.",
        around(
            redeem_points_1, "_check_amount", _bound(minimum_redemption=lambda it: max(1, it.minimum_redemption - 1))
        ),
        lambda it: it.redeem(99),
        layer="matrix",
    ),
    _of.mutant(
        "above-minimum",
        "The shop's minimum itself is too little.",
        around(redeem_points_1, "_check_amount", _bound(minimum_redemption=lambda it: it.minimum_redemption + 1)),
        lambda it: it.redeem(100),
        layer="matrix",
    ),
    _of.mutant(
        "maximum",
        "The shop's maximum is not enforced.",
        around(redeem_points_1, "_check_amount", _bound(maximum_redemption=lambda _: None)),
        lambda it: (it.configure(maximum_redemption=200), it.redeem(300)),
        layer="matrix",
    ),
    _of.mutant(
        "below-maximum",
        "The shop's maximum itself is too much.",
        around(
            redeem_points_1,
            "_check_amount",
            _bound(maximum_redemption=lambda it: it.maximum_redemption and it.maximum_redemption - 1),
        ),
        lambda it: (it.configure(maximum_redemption=200), it.redeem(200)),
    ),
    _of.mutant(
        "step",
        "The shop's step is not enforced.",
        around(redeem_points_1, "_check_amount", _bound(redemption_step=lambda _: 1)),
        lambda it: (it.configure(redemption_step=50), it.redeem(120)),
        layer="matrix",
    ),
    _of.mutant(
        "step-from-zero",
        "Steps are counted from zero rather than from the minimum.",
        around(redeem_points_1, "_check_amount", _step_from_zero),
        lambda it: (it.configure(minimum_redemption=110, redemption_step=50), it.redeem(160)),
    ),
    _of.mutant(
        "any-bucket",
        "A shop that allows certain amounts alone takes others, too.",
        around(redeem_points_1, "_check_amount", _bound(only_redemption_buckets=lambda _: False)),
        lambda it: (it.configure(redemption_buckets=[500], only_redemption_buckets=True), it.redeem(120)),
    ),
    _of.mutant(
        "points-off",
        "Points can be spent where the shop has switched them off.",
        around(redeem_points_1, "_check_settings", ignoring("points_disabled")),
        lambda it: (it.configure(points_enabled=False), it.redeem()),
        layer="matrix",
    ),
    _of.mutant(
        "spending-off",
        "Points can be spent where the shop has switched that off.",
        around(redeem_points_1, "_check_settings", ignoring("points_spending_disabled")),
        lambda it: (it.configure(points_spending_enabled=False), it.redeem()),
        layer="matrix",
    ),
    _of.mutant(
        "order-of-checks",
        "A balance that is too small is told before an amount that is.",
        around(redeem_points_1, "_check_settings", _balance_first),
        lambda it: it.redeem(60, POOR),
    ),
    _of.mutant(
        "no-limit",
        "The redemption limit is not enforced.",
        around(redeem_points_1, "_check_balance", ignoring("redemption_limit_exceeded")),
        lambda it: it.redeem(2100),
        layer="matrix",
    ),
    _of.mutant(
        "limit-one-more",
        "The redemption limit allows one point more.",
        around(redeem_points_1, "remaining", lambda remaining: lambda *given, **named: remaining(*given, **named) + 1),
        lambda it: it.redeem(2001),
        layer="matrix",
    ),
    _of.mutant(
        "limit-one-less",
        "The last point of the redemption limit can't be spent.",
        around(redeem_points_1, "remaining", lambda remaining: lambda *given, **named: remaining(*given, **named) - 1),
        lambda it: it.redeem(2000),
    ),
    _of.mutant(
        "limit-and-undone",
        "Redemptions that were undone go on counting against the limit.",
        instead(
            Ledger,
            "redeemed_since",
            lambda ledger, start, leaving_out=(): (
                -sum(it.pts for it in ledger.changes if it.type == "redeemed_towards_order" and it.at >= start)
            ),
        ),
        lambda it: (it.undone(1500), it.redeem(1500)),
    ),
    _of.mutant(
        "limit-of-tier",
        "The limit of a customer's own tier is ignored.",
        around(redeem_points_1, "limit_for", lambda _: lambda shop, customer, now: shop.settings.redemption_limit),
        lambda it: it.redeem(3000, RICH),
    ),
    _of.mutant(
        "limit-forever",
        "The redemption limit never begins anew.",
        around(
            redemption_limits,
            "period_start",
            lambda start: lambda moment, period, zone: start(moment, "yearly", zone),
        ),
        lambda it: (it.redeem(1500), it.later(days=1), it.redeem(200), it.balance()),
    ),
    _of.mutant(
        "limit-in-utc",
        "The redemption limit begins anew at midnight in UTC rather than in the shop's time zone.",
        around(redemption_limits, "period_start", lambda start: lambda moment, period, _: start(moment, period, "UTC")),
        lambda it: (
            it.configure(time_zone="Asia/Tokyo"),
            it.redeem(1500),
            it.later(hours=4),
            it.balance(),
        ),
    ),
]
