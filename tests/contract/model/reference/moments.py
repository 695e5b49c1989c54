"""Time: moments of a fixture, and the days, months and years of the shop's own calendar."""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

_LABELS: Final = {"daily": "%Y-%m-%d", "monthly": "%Y-%m", "yearly": "%Y"}
_LONGEST: Final = {"daily": timedelta(days=2), "monthly": timedelta(days=33), "yearly": timedelta(days=367)}


def read(text: str | None) -> datetime | None:
    """Read a moment."""
    return None if text is None else datetime.fromisoformat(text)


@lru_cache(maxsize=4096)
def period_of(moment: datetime, period: str, zone: str) -> str:
    """Name the day, month or year in which a moment lies, by the calendar of a time zone."""
    return moment.astimezone(ZoneInfo(zone)).strftime(_LABELS[period])


def next_period(moment: datetime, period: str, zone: str) -> datetime:
    """Return the first second of the day, month or year after the one in which a moment lies."""
    now = period_of(moment, period, zone)
    inside = moment.replace(microsecond=0)
    outside = inside + _LONGEST[period]
    while (gap := (outside - inside) // timedelta(seconds=1)) > 1:
        middle = inside + timedelta(seconds=gap // 2)
        if period_of(middle, period, zone) == now:
            inside = middle
        else:
            outside = middle
    return outside
