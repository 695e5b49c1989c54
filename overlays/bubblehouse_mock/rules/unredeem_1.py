"""Unredeem1: a redemption is undone."""

from bubblehouse_mock.jsontext import JsonObject
from bubblehouse_mock.refusal import RefusalError
from bubblehouse_mock.rules.call import Call
from bubblehouse_mock.rules.reversal import revert


def answer(call: Call) -> JsonObject:
    """Give the points of one redemption back.

    Only a change of this customer is found at all. Any other kind of change than a redemption (points earned, expired,
    given back) is found and can't be undone.

    Raises:
        RefusalError: not_found, change_already_reverted or invalid_redemption_for_unredeem.
    """
    bhid, ledger = call.text("change_bhid"), call.customer.ledger
    change = ledger.find(bhid)
    if change is None:
        raise RefusalError("not_found", "This customer has no such balance change")
    if ledger.is_reverted(bhid):
        raise RefusalError("change_already_reverted")
    if change.type != "redeemed_towards_order":
        raise RefusalError("invalid_redemption_for_unredeem", f"The change is no redemption, but {change.type}")
    coupon = call.customer.coupon_of(bhid)
    if not change.external and (coupon is None or coupon.status != "unused"):
        raise RefusalError("invalid_redemption_for_unredeem", "The code of this redemption has been used")
    return {"success": True, "pts": revert(call, bhid, "Redemption undone")}
