"""RedeemPoints1: points become a discount code."""

from decimal import Decimal
from functools import lru_cache

from bubblehouse_mock import money
from bubblehouse_mock.jsontext import JsonObject
from bubblehouse_mock.refusal import RefusalError
from bubblehouse_mock.rules.call import Call
from bubblehouse_mock.rules.redemption_limits import limit_for, remaining
from bubblehouse_mock.rules.reversal import revert
from bubblehouse_mock.state import Change, Coupon, Settings


def answer(call: Call) -> JsonObject:
    """Take points and make a code, unless the caller has its own.

    A shop whose points have no money value can't spend them here: there is nothing that a code could be worth.

    Raises:
        RefusalError: One of the function's refusals, checked in the order that the contract assumes.
    """
    shop, customer, now = call.shop, call.customer, call.now
    pts, external = call.integer("pts"), call.flag("no_coupon")
    replaced = customer.replaceable_coupons if shop.settings.provisional_redemptions and not external else []
    _check_settings(call, pts)
    _check_balance(call, pts, replaced)
    amount = shop.settings.worth(pts)
    if amount is None:
        raise RefusalError("points_spending_disabled", "The shop's points have no money value")

    for coupon in replaced:
        revert(call, coupon.change_bhid, "Replaced by another redemption")
    # By position, in the order of the fields: with their names, each of the two would take more than twice as long.
    redemption = Change(
        "redeemed_towards_order", -pts, now, shop.ids.bhid(), f"Redeemed {pts} points", None, None, external
    )
    change = shop.grant_points(customer, redemption)
    code = ""
    if not external:
        provisional = shop.settings.provisional_redemptions
        coupon = Coupon("", "points", "Redeemed points", now, _gives(amount), pts, amount, change.bhid, provisional)
        code = shop.issue_code(customer, coupon).code
    output: JsonObject = {"code": code, "pts": pts, "amount": money.render(amount), "change_bhid": change.bhid}
    if replaced:
        output["remove_coupon_codes"] = [coupon.code for coupon in replaced]
    return output


@lru_cache(maxsize=1024)
def _gives(amount: Decimal) -> str:
    # One text for all codes of that worth, of which there may be a million.
    return f"{money.rounded(amount)} off"


def _check_settings(call: Call, pts: int) -> None:
    settings = call.shop.settings
    if not settings.points_enabled:
        raise RefusalError("points_disabled")
    if not settings.points_spending_enabled:
        raise RefusalError("points_spending_disabled")
    _check_amount(settings, pts)
    subtotal, least = call.money("cart_subtotal"), settings.minimum_order_value
    if subtotal is not None and least is not None and subtotal < least:
        raise RefusalError("minimum_order_value_not_met", f"The minimum order value is {money.render(least)}")


def _check_amount(settings: Settings, pts: int) -> None:
    least, most, step = settings.minimum_redemption, settings.maximum_redemption, settings.redemption_step
    only = settings.redemption_buckets if settings.only_redemption_buckets else None
    if only is None and pts < least:
        raise RefusalError("points_below_redeemable_minimum", f"The minimum is {least} points")
    if most is not None and pts > most:
        raise RefusalError("points_above_redeemable_maximum", f"The maximum is {most} points")
    if only is None and (pts - least) % step:
        raise RefusalError("points_not_on_redeemable_step", f"Amounts rise from {least} points in steps of {step}")
    if only is not None and pts not in only:
        amounts = ", ".join(map(str, sorted(only)))
        raise RefusalError("points_not_on_redeemable_step", f"The only amounts are {amounts} points")


def _check_balance(call: Call, pts: int, replaced: list[Coupon]) -> None:
    """Refuse what the customer hasn't got or may not spend. Points of the codes that are replaced come back first."""
    shop, customer, now = call.shop, call.customer, call.now
    available = customer.ledger.available(now)
    for coupon in replaced:
        available += coupon.pts or 0
    if pts > available:
        raise RefusalError("insufficient_points", f"The customer has {available} points")
    limit = limit_for(shop, customer, now)
    if limit is None:
        return
    left = remaining(limit, shop, customer, now, leaving_out={coupon.change_bhid or "" for coupon in replaced})
    if pts > left:
        raise RefusalError(
            "redemption_limit_exceeded", f"The {limit.period} limit leaves {left} of {limit.total} points"
        )
