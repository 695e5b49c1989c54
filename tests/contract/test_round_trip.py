"""The one write that is safe anywhere: points are redeemed and given back, and the balance is as it was."""

from collections.abc import Callable

import pytest
from tests.contract.proof.provoke import DRIVERS, Call, Kitchen
from tests.contract.proof.target import Target

from bubblehouse_loyalty import errors
from bubblehouse_loyalty.models import CustomerBalanceResult3, RedeemPoints1Output, Unredeem1Output

_FEW = 100


@pytest.mark.parametrize("drive", DRIVERS.values(), ids=DRIVERS)
@pytest.mark.parametrize("kind", ["CustomerToken", "ShopToken", "PartnerTokenForCustomer", "PartnerTokenForShop"])
def test_points_are_redeemed_and_given_back(
    kind: str, drive: Callable[[Call], object], kitchen: Kitchen, http_target: Target
) -> None:
    if not http_target.writes:
        pytest.skip("writes are not allowed")
    if not http_target.can_mint(kind):
        pytest.skip("there is no key for this kind of token")
    if http_target.control is not None:
        http_target.control.reset()

    def balance() -> CustomerBalanceResult3:
        read = drive(kitchen.successful("CustomerBalance3", "ShopToken", arguments={"include_full_program": True}))
        assert isinstance(read, CustomerBalanceResult3)
        return read

    before = balance()
    try:
        # Without a code, so that it can be undone whatever happens to codes.
        redeem = kitchen.successful("RedeemPoints1", kind, arguments={"pts": _FEW, "no_coupon": True})
        redeemed = drive(redeem)
    except (errors.InsufficientPointsError, errors.PointsBelowRedeemableMinimumError) as error:
        pytest.skip(f"the test customer can't redeem {_FEW} points: {error.id}")
    assert isinstance(redeemed, RedeemPoints1Output)
    undo = kitchen.successful("Unredeem1", kind, arguments={"change_bhid": redeemed.change_bhid})
    try:
        between = balance()
    finally:
        undone = drive(undo)
    assert isinstance(undone, Unredeem1Output)
    assert (redeemed.code, redeemed.pts, undone.success) == ("", _FEW, True)
    assert before.pts_available - between.pts_available == _FEW
    assert between.pts_redeemed - before.pts_redeemed == _FEW
    assert balance() == before
