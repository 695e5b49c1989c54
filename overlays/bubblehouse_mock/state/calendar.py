"""Days, months and years as the shop's own time zone has them."""

from datetime import UTC, datetime, tzinfo
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

Period: TypeAlias = Literal["daily", "monthly", "yearly"]


def zone(name: str) -> tzinfo:
    """Return a time zone by its IANA name. UTC needs no time zone database.

    Raises:
        ValueError: This computer knows no such zone.
    """
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(
            f"no time zone {name!r} on this computer; give an IANA name such as Europe/Berlin, or install tzdata"
        ) from None


def period_start(moment: datetime, period: Period, time_zone: str) -> datetime:
    """Return when the period that a moment lies in began: midnight, the 1st of the month, or 1 January."""
    midnight = moment.astimezone(zone(time_zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    if period == "daily":
        return midnight
    return midnight.replace(day=1) if period == "monthly" else midnight.replace(month=1, day=1)
