"""What the model can ask of a server whose state is its own: a balance that adds up, and points that come back."""

import random
from collections.abc import Callable, Iterator
from itertools import product

import pytest
from tests.contract.proof.options import Options
from tests.contract.proof.provoke import DRIVERS, Call, Kitchen
from tests.contract.proof.recipes import as_query
from tests.contract.proof.target import Target

from bubblehouse_loyalty import errors
from bubblehouse_loyalty.models import CustomerBalanceResult3, RedeemPoints1Output, Unredeem1Output

_FEW = 100
_REDEMPTIONS = 3  # of the 200 writes a day that a customer has
_FLAGS = ("include_unused_rewards", "include_full_program", "include_referrals")
_WITH_A_FLAG = {
    "include_unused_rewards": ("unused_rewards",),
    "include_full_program": ("sources", "offers", "tiers", "milestones"),
    "include_referrals": ("referral_stats",),
}

Drive = Callable[[Call], object]


def _balance(kitchen: Kitchen, drive: Drive, *flags: str, verb: str = "POST") -> CustomerBalanceResult3:
    arguments = dict.fromkeys(_FLAGS) | dict.fromkeys(flags, True)
    alter = as_query if verb == "GET" else lambda it: it
    read = drive(kitchen.successful("CustomerBalance3", "ShopToken", arguments=arguments, request=alter))
    assert isinstance(read, CustomerBalanceResult3)
    return read


@pytest.fixture(autouse=True)
def fresh(http_target: Target) -> None:
    if http_target.control is not None:
        http_target.control.reset()


def test_a_balance_adds_up(kitchen: Kitchen) -> None:
    balance = _balance(kitchen, DRIVERS["sync"], "include_unused_rewards", "include_full_program")
    spent_or_gone = balance.pts_redeemed + balance.pts_expired
    assert balance.pts_available + balance.pts_pending == balance.pts_earned - spent_or_gone
    assert min(balance.pts_available, balance.pts_pending, balance.pts_redeemed, balance.pts_expired) >= 0
    for limit in (balance.redemption_limit, balance.global_redemption_limit):
        assert not limit or 0 <= limit.remaining <= limit.total
    codes = [reward.code for reward in balance.unused_rewards or ()]
    assert len(set(codes)) == len(codes)


def test_a_balance_is_the_same_however_it_is_read(kitchen: Kitchen) -> None:
    parts = {part for several in _WITH_A_FLAG.values() for part in several}
    read = [_balance(kitchen, drive, verb=verb) for drive, verb in product(DRIVERS.values(), ("POST", "GET"))]
    assert all(balance == read[0] for balance in read)
    assert parts.isdisjoint(read[0].to_dict())


@pytest.mark.parametrize("flag", _FLAGS)
def test_a_flag_adds_its_own_parts_alone(flag: str, kitchen: Kitchen) -> None:
    without = _balance(kitchen, DRIVERS["sync"]).to_dict()
    added = _balance(kitchen, DRIVERS["async"], flag).to_dict()
    assert set(added) - set(without) <= set(_WITH_A_FLAG[flag])
    assert {name: added[name] for name in without} == without


class _Purse:
    """Points of the test customer, of whom each redemption is undone whatever happens."""

    def __init__(self, kitchen: Kitchen) -> None:
        self._kitchen = kitchen
        self.open: list[str] = []

    def redeem(self, drive: Drive, *, no_coupon: bool) -> RedeemPoints1Output:
        arguments = {"pts": _FEW, "no_coupon": no_coupon}
        redeemed = drive(self._kitchen.successful("RedeemPoints1", "ShopToken", arguments=arguments))
        assert isinstance(redeemed, RedeemPoints1Output)
        self.open.append(redeemed.change_bhid)
        return redeemed

    def undo(self, drive: Drive, change: str) -> Unredeem1Output:
        arguments = {"change_bhid": change}
        undone = drive(self._kitchen.successful("Unredeem1", "ShopToken", arguments=arguments))
        assert isinstance(undone, Unredeem1Output)
        self.open.remove(change)
        return undone


@pytest.fixture
def purse(kitchen: Kitchen, http_target: Target) -> Iterator[_Purse]:
    if not http_target.writes:
        pytest.skip("writes are not allowed")
    purse = _Purse(kitchen)
    yield purse
    for change in tuple(purse.open):
        purse.undo(DRIVERS["sync"], change)


def test_points_come_back_in_any_order(purse: _Purse, kitchen: Kitchen, options: Options) -> None:
    dice = random.Random(options.seed)  # noqa: S311 - a story, no secret
    drives = list(DRIVERS.values())
    before = _balance(kitchen, drives[0], "include_unused_rewards")
    least = _FEW * _REDEMPTIONS
    if before.pts_available < least:
        pytest.skip(f"the test customer has no {least} points")
    try:
        made = [purse.redeem(dice.choice(drives), no_coupon=dice.random() < 0.5) for _ in range(_REDEMPTIONS)]
    except (errors.PointsBelowRedeemableMinimumError, errors.RedemptionLimitExceededError) as error:
        pytest.skip(f"the test customer can't redeem {_FEW} points {_REDEMPTIONS} times: {error.id}")
    assert _balance(kitchen, drives[1]).pts_available == before.pts_available - least
    assert len({it.change_bhid for it in made}) == _REDEMPTIONS
    dice.shuffle(made)
    for redemption in made:
        undone = purse.undo(dice.choice(drives), redemption.change_bhid)
        assert (undone.success, undone.pts) == (True, _FEW)
    with pytest.raises(errors.ChangeAlreadyRevertedError):
        purse.undo(dice.choice(drives), made[0].change_bhid)
    assert _balance(kitchen, drives[0], "include_unused_rewards") == before
