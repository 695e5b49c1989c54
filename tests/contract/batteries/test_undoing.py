"""Undoing: of all that ever happened to a customer's points, only redemptions that stand can be undone."""

from typing import Any

from tests.contract.proof.target import Control
from tests.contract.proof.wire import Wire

_REDEEMED = "redeemed_towards_order"


def _answers(wire: Wire, control: Control, person: dict[str, Any], bhids: list[str]) -> dict[str, tuple[int, str]]:
    """Try to undo each change by itself; what is answered, by change."""
    operation, found = wire.contract.operations["Unredeem1"], dict[str, tuple[int, str]]()
    for bhid in bhids:
        control.reset()
        before = control.state()
        arguments = {"customer": {"bhid": person["bhid"]}, "change_bhid": bhid}
        found[bhid] = wire.call(operation, arguments, "ShopToken", "").error
        assert found[bhid] == (200, "") or control.state() == before
    return found


def test_what_is_no_redemption_is_not_undone(wire: Wire, control: Control) -> None:
    control.reset()
    tried = 0
    for person in control.state()["customers"]:
        others = [it["bhid"] for it in person["changes"] if it["type"] != _REDEEMED]
        answers = _answers(wire, control, person, others)
        tried += len(answers)
        assert set(answers.values()) <= {(404, "not_found"), (422, "invalid_redemption_for_unredeem")}
    assert tried > 0


def test_a_redemption_is_undone_once_and_by_its_own_customer(wire: Wire, control: Control) -> None:
    control.reset()
    people = control.state()["customers"]
    for person in people:
        reverted = {it["reverts"] for it in person["changes"] if it["reverts"]}
        used = {it["change_bhid"] for it in person["coupons"] if it["status"] == "used"}
        redemptions = [it["bhid"] for it in person["changes"] if it["type"] == _REDEEMED]
        for bhid, answer in _answers(wire, control, person, redemptions).items():
            if bhid in reverted:
                assert answer == (422, "change_already_reverted")
            elif bhid in used:
                assert answer == (422, "invalid_redemption_for_unredeem")
            else:
                assert answer == (200, "")
        for other in people:
            if other is not person:
                assert {*_answers(wire, control, other, redemptions).values()} <= {(404, "not_found")}
