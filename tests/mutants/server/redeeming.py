"""Mutants of what a redemption does to balance and codes."""

from dataclasses import replace
from typing import Any

from tests.mutants.door import POOR
from tests.mutants.mutant import Family
from tests.mutants.patching import (
    Function,
    around,
    drop,
    given,
    instead,
    put,
    rule,
    says,
    together,
    with_,
)

from bubblehouse_mock.jsontext import JsonObject
from bubblehouse_mock.refusal import RefusalError
from bubblehouse_mock.rules import Call, Rule, redeem_points_1
from bubblehouse_mock.state import Change, Coupon, Customer, Ledger, Shop

_REDEEM = "RedeemPoints1"
_NEW = "20b31881b301"  # begins the ids that the shop gives itself


def _more_available(points: int) -> Function:
    """Let the check see more or fewer points than there are."""

    def make(check: Function) -> Function:
        def checked(call: Call, pts: int, replaced: list[Any]) -> None:
            check(call, pts - points, replaced)

        return checked

    return make


def _taken(times: int) -> Function:
    """Take the points of each new redemption so many times."""

    def make(append: Function) -> Function:
        def appended(ledger: Ledger, change: Change) -> None:
            append(ledger, change)
            if change.type == "redeemed_towards_order" and change.bhid.startswith(_NEW):
                ledger.redeemed -= change.pts * (times - 1)

        return appended

    return make


def _overdraw(append: Function) -> Function:
    """Let any redemption be noted down, covered or not."""

    def appended(ledger: Ledger, change: Change) -> None:
        lacking = max(0, -change.pts - ledger.available(change.at))
        ledger.earned += lacking
        append(ledger, change)
        ledger.earned -= lacking

    return appended


def _same_id(original: Rule) -> Rule:
    """Answer the first redemption's id for all of a customer's."""

    def answer(call: Call) -> JsonObject:
        output = original(call)
        own = [it.bhid for it in call.customer.changes if it.type == "redeemed_towards_order"]
        first = next(bhid for bhid in own if bhid.startswith(_NEW))
        return {**output, "change_bhid": first}

    return answer


def _taken_before_checked(original: Rule) -> Rule:
    """Take the points first, and say no afterwards."""

    def answer(call: Call) -> JsonObject:
        try:
            return original(call)
        except RefusalError:
            pts = min(call.integer("pts"), call.customer.ledger.available(call.now))
            taken = Change(type="redeemed_towards_order", pts=-pts, at=call.now, external=True)
            call.shop.grant_points(call.customer, taken)
            raise

    return answer


def _used_at_once(add: Function) -> Function:
    def added(customer: Customer, coupon: Coupon) -> None:
        coupon.status = "used"
        add(customer, coupon)

    return added


def _named_alike(issue: Function) -> Function:
    return lambda shop, customer, coupon: replace(issue(shop, customer, coupon), code="LOYAL-0000")


_of = Family("ledger", "server", "model")

MUTANTS = [
    _of.mutant(
        "overdraw",
        "A customer can spend more points than there are.",
        together(
            instead(redeem_points_1, "_check_balance", lambda *_: None),
            around(Ledger, "append", _overdraw),
        ),
        lambda it: it.redeem(100, POOR),
        layer="matrix",
        anchor=25,
    ),
    _of.mutant(
        "one-too-many",
        "A customer can spend one point more than there are.",
        together(
            around(redeem_points_1, "_check_balance", _more_available(1)),
            around(Ledger, "append", _overdraw),
        ),
        lambda it: (it.configure(redemption_limit=None), it.redeem(2501)),
        anchor=26,
    ),
    _of.mutant(
        "one-too-few",
        "The last point can't be spent.",
        around(redeem_points_1, "_check_balance", _more_available(-1)),
        lambda it: (it.configure(redemption_limit=None), it.redeem(2500)),
        anchor=27,
    ),
    _of.mutant(
        "not-taken",
        "Redeemed points stay in the balance.",
        around(Ledger, "append", _taken(0)),
        lambda it: (it.redeem(), it.balance()),
        layer="round-trip",
        anchor=30,
    ),
    _of.mutant(
        "taken-twice",
        "Redeemed points are taken twice.",
        around(Ledger, "append", _taken(2)),
        lambda it: (it.redeem(), it.balance()),
        layer="round-trip",
        anchor=31,
    ),
    _of.mutant(
        "same-id",
        "All redemptions of a customer are answered with the id of the first.",
        rule(_REDEEM, _same_id),
        lambda it: (it.redeem(), it.redeem()),
        anchor=32,
    ),
    _of.mutant(
        "coupon-anyway",
        "A code is made although the caller wants none.",
        given(_REDEEM, drop("no_coupon")),
        lambda it: it.redeem(no_coupon=True),
        layer="round-trip",
        anchor=33,
    ),
    _of.mutant(
        "no-coupon",
        "No code is made although the caller wants one.",
        given(_REDEEM, with_({"no_coupon": True})),
        lambda it: it.redeem(),
    ),
    _of.mutant(
        "echo",
        "One point more is said to be spent than was.",
        says(put("pts", lambda pts: pts + 1), function=_REDEEM),
        lambda it: it.redeem(),
        layer="round-trip",
        anchor=37,
    ),
    _of.mutant(
        "another-id",
        "The id that a redemption is answered with is not the one that is stored.",
        says(put("change_bhid", lambda bhid: f"{int(bhid, 16) ^ 1:016x}"), function=_REDEEM),
        lambda it: it.undo(it.redeem()["change_bhid"]),
        layer="round-trip",
        anchor=39,
    ),
    _of.mutant(
        "empty-id",
        "A redemption is answered with the zero value of an id.",
        says(with_({"change_bhid": ""}), function=_REDEEM),
        lambda it: it.redeem(),
        layer="round-trip",
        anchor=40,
    ),
    _of.mutant(
        "pending-spent",
        "Points that are still pending can be spent.",
        instead(Ledger, "pending", lambda *_: 0),
        lambda it: it.redeem(100, "1003"),
    ),
    _of.mutant(
        "refused-and-taken",
        "A refused redemption takes points all the same.",
        rule(_REDEEM, _taken_before_checked),
        lambda it: (it.redeem(50), it.balance()),
        layer="matrix",
    ),
    _of.mutant(
        "provisional",
        "A provisional redemption doesn't replace the earlier one.",
        instead(Customer, "replaceable_coupons", property(lambda _: [])),
        lambda it: (it.configure(provisional_redemptions=True), it.redeem(), it.redeem()),
    ),
    _of.mutant(
        "provisional-kept",
        "A provisional redemption that is replaced doesn't give its points back.",
        instead(redeem_points_1, "revert", lambda *_: 0),
        lambda it: (it.configure(provisional_redemptions=True), it.redeem(), it.redeem(), it.balance()),
    ),
    _of.mutant(
        "provisional-untold",
        "Codes that a provisional redemption replaces are not listed.",
        says(drop("remove_coupon_codes"), function=_REDEEM),
        lambda it: (it.configure(provisional_redemptions=True), it.redeem(), it.redeem()),
    ),
    _of.mutant(
        "same-code",
        "All codes are the same.",
        around(Shop, "issue_code", _named_alike),
        lambda it: (it.redeem(), it.redeem()),
    ),
    _of.mutant(
        "code-lost",
        "The new code is not among the unused rewards.",
        around(Customer, "add_coupon", _used_at_once),
        lambda it: (it.redeem(), it.balance(include_unused_rewards=True)),
    ),
]
