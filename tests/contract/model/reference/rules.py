"""The three functions that write: what they refuse, in which order, and what they change."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from tests.contract.model.reference.expected import ABSENT_OR_EMPTY, AnyOrder, Expected, Json, Money, Text
from tests.contract.model.reference.limits import limit_of, spent
from tests.contract.model.reference.people import Coupon, Owned, Person, Redemption
from tests.contract.model.reference.shop import Shop

_WORTHLESS: Final = "points_spending_disabled"
"""What points are that have no value, since the answer has to say what they are worth: the docs don't speak of that
case, nor when it is judged."""


def redeem(shop: Shop, person: Person, arguments: Json) -> Expected:
    """RedeemPoints1."""
    pts, no_coupon = arguments["pts"], arguments.get("no_coupon", False)
    # It is the new code that replaces the earlier one; without a code there is nothing to put in its place.
    replaces = shop.settings["provisional_redemptions"] and not no_coupon
    replaced = person.replaceable() if replaces else []
    broken = (*switches(shop), *_amounts(shop, person, arguments, replaced))
    if broken:
        refused = broken[:1] if shop.settings.worth(pts) is not None else (broken[0], _WORTHLESS)
        return Expected(refused=refused, broken=broken, moves=(f"RedeemPoints1 refused: {broken[0]}",))
    amount = shop.settings.worth(pts)
    if amount is None:
        return Expected(refused=(_WORTHLESS,), moves=("RedeemPoints1 refused: points without value",))
    state = "external" if no_coupon else "provisional code" if replaces else "code"

    gone = tuple(it.coupon.code for it in replaced if it.coupon)

    def learn(answer: Json) -> None:
        for redemption in replaced:
            _give_back(redemption, "replaced")
        coupon = None
        if not no_coupon:
            coupon = Coupon(code=answer["code"], since=shop.now, pts=pts, amount=amount)
            coupon.provisional = state == "provisional code"
            person.coupons.append(coupon)
            shop.codes.add(coupon.code)
        bhid = answer["change_bhid"]
        person.redemptions[bhid] = Redemption(bhid=bhid, pts=pts, at=shop.now, coupon=coupon)
        shop.bhids.add(bhid)

    return Expected(
        answer={
            "code": "" if no_coupon else Text(frozenset(shop.codes)),
            "pts": pts,
            "amount": Money(amount),
            "change_bhid": Text(frozenset(shop.bhids)),
            "remove_coupon_codes": AnyOrder(gone) if gone else ABSENT_OR_EMPTY,
        },
        learn=learn,
        moves=(f"RedeemPoints1: points → {state}", *["RedeemPoints1: provisional code → replaced"] * len(replaced)),
    )


def switches(shop: Shop) -> Iterator[str]:
    """Yield what a call is refused for, whoever makes it."""
    if not shop.settings["points_enabled"]:
        yield "points_disabled"
    if not shop.settings["points_spending_enabled"]:
        yield "points_spending_disabled"


def _amounts(shop: Shop, person: Person, arguments: Json, replaced: list[Redemption]) -> Iterator[str]:
    settings, pts = shop.settings, arguments["pts"]
    least, most = settings["minimum_redemption"], settings["maximum_redemption"]
    if settings["only_redemption_buckets"]:
        on_step = pts in settings["redemption_buckets"]
    else:
        on_step = (pts - least) % settings["redemption_step"] == 0
        if pts < least:
            yield "points_below_redeemable_minimum"
    if most is not None and pts > most:
        yield "points_above_redeemable_maximum"
    if not on_step:
        yield "points_not_on_redeemable_step"
    subtotal, order_value = arguments.get("cart_subtotal"), settings["minimum_order_value"]
    if subtotal is not None and order_value is not None and _money(subtotal) < Fraction(order_value):
        yield "minimum_order_value_not_met"
    # What a provisional redemption replaces comes back with it, so it is there to be spent and counts no more.
    if pts > person.available(shop.now) + sum(it.pts for it in replaced):
        yield "insufficient_points"
    limit = limit_of(shop, person)
    if limit is not None and pts + spent(shop, person, limit["period"], replaced) > limit["total"]:
        yield "redemption_limit_exceeded"


def _money(given: str | int) -> Fraction:
    """Read money as requests have it: decimals, or a whole number of millionths."""
    return Fraction(given) if isinstance(given, str) else Fraction(given, 1_000_000)


def unredeem(shop: Shop, person: Person, arguments: Json) -> Expected:
    """Unredeem1."""
    bhid = arguments["change_bhid"]
    redemption = person.redemptions.get(bhid)
    if redemption is None:
        if bhid in person.others:
            return _stays("a change that is no redemption", "invalid_redemption_for_unredeem")
        return _stays("another's" if bhid in shop.bhids else "a change that nobody has", "not_found")
    state = redemption.state
    if redemption.fate:
        return _stays(state, "change_already_reverted")
    if state == "used code":
        return _stays(state, "invalid_redemption_for_unredeem")
    return Expected(
        answer={"success": True, "pts": redemption.pts},
        learn=lambda _: _give_back(redemption, "undone"),
        moves=(f"Unredeem1: {state} → undone",),
    )


def _stays(state: str, error_id: str) -> Expected:
    return Expected(refused=(error_id,), moves=(f"Unredeem1 refused: {state}",))


def _give_back(redemption: Redemption, fate: str) -> None:
    redemption.fate = fate
    if redemption.coupon is not None:
        redemption.coupon.status = "withdrawn"


def use_achievement(shop: Shop, person: Person, arguments: Json) -> Expected:
    """UseAchievementDiscount1."""
    bhid = arguments["achievement_bhid"]
    states = [it.state(shop.now) for it in person.owned if it.achievement == bhid]
    active = [it for it in person.owned if it.achievement == bhid and it.state(shop.now) in {"owned", "counted"}]
    if not active:
        state = states[-1] if states else "nobody's" if bhid not in shop.achievements else "never owned"
        return Expected(refused=("achievement_not_owned",), moves=(f"UseAchievementDiscount1 refused: {state}",))
    return Expected(
        answer={"code": Text(frozenset(shop.codes))},
        learn=lambda answer: _used(shop, person, active[0], answer["code"]),
        moves=(f"UseAchievementDiscount1: {_effect(active[0])}",),
    )


def _effect(owned: Owned) -> str:
    if owned.remaining is None:
        return "owned → owned"
    return "counted → used up" if owned.remaining == 1 else "counted → a use fewer"


def _used(shop: Shop, person: Person, owned: Owned, code: str) -> None:
    if owned.remaining is not None:
        owned.remaining -= 1
    amount = shop.achievements[owned.achievement].get("amount")
    coupon = Coupon(code=code, since=shop.now, amount=None if amount is None else Fraction(amount))
    person.coupons.append(coupon)
    shop.codes.add(code)
