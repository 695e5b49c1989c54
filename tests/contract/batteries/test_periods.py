"""Periods of a redemption limit begin at midnight of the shop's own time, also where clocks were changed since."""

import pytest
from tests.contract.proof.contract import Json
from tests.contract.proof.target import Control
from tests.contract.proof.wire import Wire

# In New York, clocks go forward on 14 March 2027 and back on 7 November. A redemption half an hour before or after a
# period begins, a look into that period later, and whether it counts.
_CASES = [
    ("daily", "2027-03-14T04:30:00Z", "2027-03-14T16:00:00Z", False),
    ("daily", "2027-03-14T05:30:00Z", "2027-03-14T16:00:00Z", True),
    ("daily", "2027-11-07T03:30:00Z", "2027-11-07T17:00:00Z", False),
    ("daily", "2027-11-07T04:30:00Z", "2027-11-07T17:00:00Z", True),
    ("monthly", "2027-03-01T04:30:00Z", "2027-03-20T16:00:00Z", False),
    ("monthly", "2027-11-01T04:30:00Z", "2027-11-20T16:00:00Z", True),
    ("yearly", "2027-01-01T04:30:00Z", "2027-07-01T16:00:00Z", False),
    ("yearly", "2027-01-01T05:30:00Z", "2027-07-01T16:00:00Z", True),
]
_TOTAL = 1000


@pytest.mark.parametrize(("period", "then", "later", "counts"), _CASES)
def test_a_redemption_counts_where_it_was_within_the_period(
    period: str,
    then: str,
    later: str,
    counts: bool,  # noqa: FBT001 - a case's
    wire: Wire,
    control: Control,
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
    assert limit_at(then, pts) == {**limit, "remaining": _TOTAL - pts}
    assert limit_at(later) == {**limit, "remaining": _TOTAL - pts if counts else _TOTAL}
