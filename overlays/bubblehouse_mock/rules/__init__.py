"""The functions that are more than an example: one file each, registered here by the function's name."""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from bubblehouse_mock.jsontext import JsonObject
from bubblehouse_mock.rules import customer_balance_3, redeem_points_1, unredeem_1, use_achievement_discount_1
from bubblehouse_mock.rules.call import Call

__all__ = ["RULES", "Call", "Rule"]

Rule: TypeAlias = Callable[[Call], JsonObject]
"""Answers a call, or raises RefusalError. Both verbs of a function share one."""

RULES: Final[Mapping[str, Rule]] = {
    "CustomerBalance3": customer_balance_3.answer,
    "RedeemPoints1": redeem_points_1.answer,
    "Unredeem1": unredeem_1.answer,
    "UseAchievementDiscount1": use_achievement_discount_1.answer,
}
