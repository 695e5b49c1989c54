"""Mutants of undoing: what comes back, to whom, and how often."""

from dataclasses import replace

from tests.mutants.door import POOR, RICH
from tests.mutants.mutant import Family
from tests.mutants.patching import Function, around, drop, refuses, rule, says, with_

from bubblehouse_mock.jsontext import JsonObject
from bubblehouse_mock.refusal import RefusalError
from bubblehouse_mock.rules import Call, Rule, unredeem_1
from bubblehouse_mock.state import Change, Shop

_UNDO, _USE, _BALANCE = "Unredeem1", "UseAchievementDiscount1", "CustomerBalance3"
_USED, _EXTERNAL, _EARNED = "20b31881b3000204", "20b31881b3000205", "20b31881b3000201"


def _with_other(change: Function) -> Function:
    """Undo with some step of it done otherwise."""

    def make(revert: Function) -> Function:
        def reverted(call: Call, change_bhid: str | None, desc: str) -> int:
            done: int = change(revert, call, change_bhid, desc)
            return done

        return reverted

    return make


def _no_refund(_: Function, call: Call, bhid: str | None, __: str) -> int:
    """Note down that it is undone, and give nothing back."""
    found = call.customer.ledger.find(bhid or "")
    call.customer.ledger._reversals[bhid or ""] = found  # type: ignore[assignment]
    return -found.pts if found else 0


def _unrecorded(_: Function, call: Call, bhid: str | None, __: str) -> int:
    """Give points back, and don't note down for what."""
    found = call.customer.ledger.find(bhid or "")
    pts = -found.pts if found else 0
    call.customer.ledger.redeemed -= pts
    return pts


def _to_another(_: Function, call: Call, bhid: str | None, desc: str) -> int:
    pts = _no_refund(_, call, bhid, desc)
    other = next(it for it in call.shop.customers.values() if it is not call.customer)
    call.shop.grant_points(other, Change(type="manual_correction", pts=pts, at=call.now))
    return pts


def _half(revert: Function, call: Call, bhid: str | None, desc: str) -> int:
    pts: int = revert(call, bhid, desc)
    call.customer.ledger.redeemed += pts // 2
    return pts


def _earned_again(revert: Function, call: Call, bhid: str | None, desc: str) -> int:
    pts: int = revert(call, bhid, desc)
    call.customer.ledger.redeemed += pts
    call.customer.ledger.earned += pts
    return pts


def _again(original: Rule) -> Rule:
    """Undo what was undone once more."""

    def answer(call: Call) -> JsonObject:
        bhid, ledger = call.text("change_bhid"), call.customer.ledger
        if ledger.is_reverted(bhid):
            found = ledger.find(bhid)
            pts = -found.pts if found else 0
            call.shop.grant_points(call.customer, Change(type="manual_correction", pts=pts, at=call.now))
            return {"success": True, "pts": pts}
        return original(call)

    return answer


def _anybodys(original: Rule) -> Rule:
    """Find the redemption wherever it is."""

    def answer(call: Call) -> JsonObject:
        bhid = call.text("change_bhid")
        owner = next((it for it in call.shop.customers.values() if it.ledger.find(bhid)), call.customer)
        return original(replace(call, customer=owner))

    return answer


def _not_found_is_no_success(original: Rule) -> Rule:
    def answer(call: Call) -> JsonObject:
        try:
            return original(call)
        except RefusalError as refusal:
            if refusal.error_id != "not_found":
                raise
            return {"success": False}

    return answer


def _anything(original: Rule) -> Rule:
    """Undo changes that are no redemptions, too."""

    def answer(call: Call) -> JsonObject:
        found = call.customer.ledger.find(call.text("change_bhid"))
        if found is not None and found.type.startswith("earned"):
            return {"success": True, "pts": -found.pts}
        return original(call)

    return answer


def _used_too(original: Rule) -> Rule:
    def answer(call: Call) -> JsonObject:
        coupon = call.customer.coupon_of(call.text("change_bhid"))
        if coupon is not None and coupon.status == "used":
            call.shop.set_code_status(call.customer, coupon.code, "unused")
        return original(call)

    return answer


def _not_external(original: Rule) -> Rule:
    def answer(call: Call) -> JsonObject:
        found = call.customer.ledger.find(call.text("change_bhid"))
        if found is not None and found.external:
            raise RefusalError("invalid_redemption_for_unredeem")
        return original(call)

    return answer


_of = Family("ledger", "server", "model")

MUTANTS = [
    _of.mutant(
        "anybody-undoes",
        "Another customer can undo a redemption.",
        rule(_UNDO, _anybodys),
        lambda it: it.undo(it.redeem()["change_bhid"], POOR),
        layer="batteries",
        anchor=41,
    ),
    _of.mutant(
        "not-found-is-200",
        "A redemption that nobody knows is answered with 200 and success=false.",
        rule(_UNDO, _not_found_is_no_success),
        lambda it: it.undo("0000000000000000"),
        layer="matrix",
        anchor=42,
    ),
    _of.mutant(
        "not-found-is-customer",
        "A redemption that nobody knows is answered with the id for a customer whom nobody knows.",
        refuses("not_found", as_id="no_customers_match_customer_identity"),
        lambda it: it.undo("0000000000000000"),
        layer="matrix",
        anchor=43,
    ),
    _of.mutant(
        "undone-twice",
        "A redemption can be undone twice, and its points come back twice.",
        rule(_UNDO, _again),
        lambda it: it.undo(it.undone()),
        layer="matrix",
        anchor=44,
    ),
    _of.mutant(
        "undone-twice-id",
        "Undoing a redemption twice is refused with the other id of its status.",
        refuses("change_already_reverted", as_id="invalid_redemption_for_unredeem"),
        lambda it: it.undo(it.undone()),
        layer="matrix",
        anchor=45,
    ),
    _of.mutant(
        "undoing-unrecorded",
        "That a redemption was undone is not noted down.",
        around(unredeem_1, "revert", _with_other(_unrecorded)),
        lambda it: it.undo(it.undone()),
        layer="matrix",
        anchor=46,
    ),
    _of.mutant(
        "no-refund",
        "Undoing a redemption gives no points back.",
        around(unredeem_1, "revert", _with_other(_no_refund)),
        lambda it: (it.undone(), it.balance()),
        layer="round-trip",
        anchor=47,
    ),
    _of.mutant(
        "refund-to-another",
        "Undoing a redemption gives its points to another customer.",
        around(unredeem_1, "revert", _with_other(_to_another)),
        lambda it: (it.undone(), it.balance(), it.balance(RICH)),
        layer="round-trip",
        anchor=48,
    ),
    _of.mutant(
        "half-a-refund",
        "Undoing a redemption gives half of its points back.",
        around(unredeem_1, "revert", _with_other(_half)),
        lambda it: (it.undone(), it.balance()),
        layer="round-trip",
        anchor=49,
    ),
    _of.mutant(
        "refund-untold",
        "Undoing a redemption doesn't tell how many points came back.",
        says(drop("pts"), function=_UNDO),
        lambda it: it.undone(),
        anchor=50,
    ),
    _of.mutant(
        "no-success",
        "Undoing a redemption succeeds, and says that it didn't.",
        says(with_({"success": False}), function=_UNDO),
        lambda it: it.undone(),
        layer="round-trip",
        anchor=51,
    ),
    _of.mutant(
        "refund-is-earned",
        "Points that come back count as earned.",
        around(unredeem_1, "revert", _with_other(_earned_again)),
        lambda it: (it.undone(), it.balance()),
        layer="round-trip",
    ),
    _of.mutant(
        "code-stays",
        "The code of an undone redemption stays among the unused rewards.",
        around(
            Shop,
            "set_code_status",
            lambda change: (
                lambda self, customer, code, status: change(
                    self, customer, code, "unused" if status == "withdrawn" else status
                )
            ),
        ),
        lambda it: (it.undone(), it.balance(include_unused_rewards=True)),
    ),
    _of.mutant(
        "used-undone",
        "A redemption whose code was used can be undone.",
        rule(_UNDO, _used_too),
        lambda it: it.undo(_USED, RICH),
        layer="matrix",
    ),
    _of.mutant(
        "external-kept",
        "A redemption without a code can't be undone.",
        rule(_UNDO, _not_external),
        lambda it: it.undo(_EXTERNAL, RICH),
        layer="round-trip",
    ),
    _of.mutant(
        "earning-undone",
        "Points that were earned can be undone like a redemption.",
        rule(_UNDO, _anything),
        lambda it: it.undo(_EARNED, RICH),
        layer="batteries",
    ),
    _of.mutant(
        "empty-undo",
        "Undoing the last redemption works without naming it.",
        rule(
            _UNDO,
            lambda original: (
                lambda call: original(
                    call
                    if call.text("change_bhid")
                    else replace(call, input={**call.input, "change_bhid": call.customer.changes[-1].bhid})
                )
            ),
        ),
        lambda it: (it.redeem(), it.undo("")),
        layer="batteries",
    ),
    _of.mutant(
        "used-code-refusal",
        "Undoing a redemption whose code was used is refused as if it were undone.",
        refuses("invalid_redemption_for_unredeem", as_id="change_already_reverted"),
        lambda it: it.undo(_USED, RICH),
        layer="matrix",
    ),
]
