"""Periods of a redemption limit begin at midnight of the shop's own time, also where clocks were changed since."""

import pytest
from tests.contract.proof.contract import Json
from tests.contract.proof.target import Control
from tests.contract.proof.wire import Wire

# In New York, clocks go forward on 14 March 2027 and back on 7 November. A redemption half an hour before a period
# begins, and a look into that period later.
_CASES = [
    ("daily", "2027-03-14T04:30:00Z", "2027-03-14T16:00:00Z"),
    ("daily", "2027-11-07T03:30:00Z", "2027-11-07T17:00:00Z"),
    ("monthly", "2027-03-01T04:30:00Z", "2027-03-20T16:00:00Z"),
    ("monthly", "2027-11-01T03:30:00Z", "2027-11-20T16:00:00Z"),
    ("yearly", "2027-01-01T04:30:00Z", "2027-07-01T16:00:00Z"),
]
_TOTAL = 1000


@pytest.mark.parametrize(("period", "before", "after"), _CASES)
def test_what_was_redeemed_before_it_does_not_count(
    period: str, before: str, after: str, wire: Wire, control: Control
) -> None:
    def limit_at(moment: str, pts: int = 0) -> Json:
        control.act("POST", "clock/freeze", {"at": moment})
        for name, arguments in (("RedeemPoints1", {"pts": pts}), ("CustomerBalance3", {})):
            if name == "CustomerBalance3" or pts:
                operation = wire.contract.operations[name]
                token = wire.target.token("ShopToken", "", claims={"exp": 2**31})
                named = {"customer": {"shopid": wire.scene.spender.shopid}, **arguments}
                answer = wire.send(wire.request(operation, named, token), operation)
                assert answer.status == 200, answer.body
        found: Json = answer.body["redemption_limit"]
        return found

    control.reset()
    limit = {"total": _TOTAL, "period": period}
    control.settings({"time_zone": "America/New_York", "redemption_limit": limit})
    pts = wire.scene.amount
    assert limit_at(before, pts) == {**limit, "remaining": _TOTAL - pts}
    assert limit_at(after) == {**limit, "remaining": _TOTAL}
