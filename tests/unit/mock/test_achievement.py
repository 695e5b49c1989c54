"""UseAchievementDiscount1: who can turn an achievement into a code."""

from collections.abc import Callable
from typing import Any

import pytest

from bubblehouse_mock.clock import FrozenClock

Tool = Callable[..., Any]

EARLY_BIRD, COLLECTOR = "20b31881b3000140", "20b31881b3000141"


def test_the_code_becomes_an_unused_reward(call: Tool, balance: Tool) -> None:
    answer = call("UseAchievementDiscount1", {"customer": {"shopid": "1001"}, "achievement_bhid": EARLY_BIRD})
    assert answer.status == 200
    rewards = balance(include_unused_rewards=True)["unused_rewards"]
    reward = next(it for it in rewards if it["code"] == answer.body["code"])
    assert (reward["type"], reward["desc"], reward["amount"]) == ("achievement", "Early bird", "10.000000")
    assert "pts" not in reward
    assert balance()["pts_available"] == 10_500


def test_uses_are_used_up(call: Tool) -> None:
    use = {"customer": {"shopid": "1001"}, "achievement_bhid": COLLECTOR}
    codes = {call("UseAchievementDiscount1", use).body["code"] for _ in range(3)}
    assert len(codes) == 3
    assert call("UseAchievementDiscount1", use).error == (422, "achievement_not_owned")


def test_without_a_limit_it_can_be_used_again_and_again(call: Tool) -> None:
    use = {"customer": {"shopid": "1001"}, "achievement_bhid": EARLY_BIRD}
    assert len({call("UseAchievementDiscount1", use).body["code"] for _ in range(5)}) == 5


@pytest.mark.parametrize(
    ("shopid", "achievement"),
    [
        ("1003", EARLY_BIRD),  # expired
        ("1003", COLLECTOR),  # one taken away, one used up
        ("1002", EARLY_BIRD),  # never owned
        ("1001", "20b31881b3009999"),  # no such achievement
        ("1001", ""),
    ],
)
def test_not_owned_actively(call: Tool, shopid: str, achievement: str) -> None:
    answer = call("UseAchievementDiscount1", {"customer": {"shopid": shopid}, "achievement_bhid": achievement})
    assert answer.error == (422, "achievement_not_owned")


def test_ownership_ends_at_its_time(call: Tool, clock: FrozenClock) -> None:
    use = {"customer": {"shopid": "1001"}, "achievement_bhid": COLLECTOR}
    clock.advance(days=300, seconds=-1)
    assert call("UseAchievementDiscount1", use).status == 200
    clock.advance(seconds=1)
    assert call("UseAchievementDiscount1", use).error == (422, "achievement_not_owned")


def test_a_granted_achievement_can_be_used(call: Tool, control: Tool) -> None:
    control("customers/1002/achievements", {"achievement": EARLY_BIRD, "remaining_uses": 1})
    use = {"customer": {"shopid": "1002"}, "achievement_bhid": EARLY_BIRD}
    assert call("UseAchievementDiscount1", use).status == 200
    assert call("UseAchievementDiscount1", use).error == (422, "achievement_not_owned")
