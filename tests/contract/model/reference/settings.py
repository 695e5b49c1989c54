"""A shop's settings, as the model reads them."""

from fractions import Fraction
from functools import cache
from typing import Any, Final

Json = dict[str, Any]

_DEFAULTS: Final[Json] = {
    "time_zone": "UTC",
    "program_enabled": True,
    "points_enabled": True,
    "points_spending_enabled": True,
    "point_value": None,
    "point_value_buckets": [],
    "minimum_redemption": 1,
    "maximum_redemption": None,
    "redemption_step": 1,
    "redemption_buckets": [],
    "only_redemption_buckets": False,
    "minimum_order_value": None,
    "redemption_limit": None,
    "provisional_redemptions": False,
    "points_expire_at": None,
    "referrals_enabled": True,
    "obsolete_versions": [],
    "inaccessible_versions": [],
}


exact = cache(Fraction)
"""Reads a decimal number exactly. There are few that stories use, and each of them is read with each call."""


class Settings:
    """The settings.

    Args:
        given: Those that are not left as they are by themselves.
    """

    def __init__(self, given: Json) -> None:
        self.values: Json = _DEFAULTS | given

    def patch(self, changes: Json) -> None:
        """Change some; None takes one away."""
        for name, value in changes.items():
            self.values[name] = _DEFAULTS[name] if value is None else value

    def __getitem__(self, name: str) -> Any:
        """Return one."""
        return self.values[name]

    def worth(self, points: int) -> Fraction | None:
        """Return what points are worth: the rate with the highest threshold that they reach; None for nothing."""
        if self["point_value"] is None:
            return None
        reached = [it for it in self["point_value_buckets"] if it["threshold"] <= points]
        if not reached:
            return points * exact(self["point_value"])
        best = max(reached, key=lambda it: int(it["threshold"]))
        return Fraction(points * exact(best["value"]), best["threshold"])
