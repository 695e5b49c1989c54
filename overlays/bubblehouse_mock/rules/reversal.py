"""Undoing a redemption: its points come back and its code is withdrawn."""

from bubblehouse_mock.rules.call import Call
from bubblehouse_mock.state import Change, LedgerError


def revert(call: Call, change_bhid: str | None, desc: str) -> int:
    """Undo an open redemption of the call's customer.

    Args:
        call: The call that asks for it.
        change_bhid: The redemption.
        desc: Why, for people.

    Returns:
        The points that came back.

    Raises:
        LedgerError: It is no open redemption of this customer.
    """
    original = call.customer.ledger.find(change_bhid or "")
    if original is None:
        raise LedgerError(f"there is no change {change_bhid}")
    back = Change(type="redemption_reverted", pts=-original.pts, at=call.now, desc=desc, reverts=original.bhid)
    call.shop.grant_points(call.customer, back)
    coupon = call.customer.coupon_of(original.bhid)
    if coupon is not None:
        call.shop.set_code_status(call.customer, coupon.code, "withdrawn")
    return back.pts
