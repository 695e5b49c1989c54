"""Calls that come at the same time leave behind what they would leave one after the other."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from tests.contract.proof.provoke import Call, Kitchen, call_sync
from tests.contract.proof.target import Target

from bubblehouse_loyalty import errors
from bubblehouse_loyalty.models import (
    CustomerBalanceResult3,
    RedeemPoints1Output,
    Unredeem1Output,
    UseAchievementDiscount1Output,
)

_AT_ONCE = 4
_ROUNDS = 3
"""A race is won by chance. One that is there is found with so many."""


@pytest.fixture(autouse=True)
def fresh(http_target: Target) -> None:
    if http_target.control is None:
        pytest.skip("it spends points")
    http_target.control.reset()
    http_target.control.settings({"redemption_limit": None})


def _at_once(calls: list[Call]) -> list[object]:
    """Make calls at the same time, and return what each returned or raised."""
    barrier = Barrier(len(calls))

    def make(call: Call) -> object:
        barrier.wait()
        try:
            return call_sync(call)
        except errors.APIError as error:
            return error

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(make, calls))


def _balance(kitchen: Kitchen) -> CustomerBalanceResult3:
    found = call_sync(kitchen.successful("CustomerBalance3", "ShopToken"))
    assert isinstance(found, CustomerBalanceResult3)
    return found


def _split(outcomes: list[object], success: type, refusal: type) -> int:
    """See that all outcomes are of the two kinds, and return how many are successes."""
    strangers = [it for it in outcomes if not isinstance(it, (success, refusal))]
    assert strangers == []
    return sum(isinstance(it, success) for it in outcomes)


def _redeem(kitchen: Kitchen, pts: int) -> Callable[[], Call]:
    return lambda: kitchen.successful("RedeemPoints1", "ShopToken", arguments={"pts": pts})


@pytest.mark.parametrize("_", range(_ROUNDS))
def test_the_same_points_are_spent_once(_: int, kitchen: Kitchen) -> None:
    before = _balance(kitchen).pts_available
    outcomes = _at_once([_redeem(kitchen, before)() for _ in range(_AT_ONCE)])
    assert _split(outcomes, RedeemPoints1Output, errors.InsufficientPointsError) == 1
    assert _balance(kitchen).pts_available == 0


@pytest.mark.parametrize("_", range(_ROUNDS))
def test_redemptions_at_once_have_ids_and_codes_of_their_own(_: int, kitchen: Kitchen) -> None:
    before = _balance(kitchen).pts_available
    outcomes = _at_once([_redeem(kitchen, 100 + number)() for number in range(_AT_ONCE)])
    made = [it for it in outcomes if isinstance(it, RedeemPoints1Output)]
    assert len(made) == _AT_ONCE
    assert len({it.change_bhid for it in made}) == len({it.code for it in made}) == _AT_ONCE
    assert _balance(kitchen).pts_available == before - sum(it.pts for it in made)


@pytest.mark.parametrize("_", range(_ROUNDS))
def test_a_redemption_is_undone_once(_: int, kitchen: Kitchen) -> None:
    before = _balance(kitchen).pts_available
    redeemed = call_sync(_redeem(kitchen, 100)())
    assert isinstance(redeemed, RedeemPoints1Output)
    undo = {"change_bhid": redeemed.change_bhid}
    calls = [kitchen.successful("Unredeem1", "ShopToken", arguments=undo) for _ in range(_AT_ONCE)]
    assert _split(_at_once(calls), Unredeem1Output, errors.ChangeAlreadyRevertedError) == 1
    assert _balance(kitchen).pts_available == before


@pytest.mark.parametrize("_", range(_ROUNDS))
def test_a_use_of_an_achievement_is_used_once(_: int, kitchen: Kitchen, http_target: Target) -> None:
    state = http_target.control.state() if http_target.control is not None else {}
    owner, owned = next(
        (person, it)
        for person in state["customers"]
        for it in person["achievements"]
        if it["remaining_uses"] and it["deactivated_at"] is None
    )
    arguments = {"customer": {"shopid": owner["shopid"]}, "achievement_bhid": owned["achievement"]}
    calls = [
        kitchen.successful("UseAchievementDiscount1", "ShopToken", arguments=arguments)
        for _ in range(owned["remaining_uses"] + 1)
    ]
    used = _split(_at_once(calls), UseAchievementDiscount1Output, errors.AchievementNotOwnedError)
    assert used == owned["remaining_uses"]
