"""Where the mock gets the time: one function, so that a test or the control plane can be the one who tells it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

Clock: TypeAlias = Callable[[], datetime]
"""Returns the present moment, aware and in UTC."""


def system_clock() -> datetime:
    """Return the computer's own time."""
    return datetime.now(UTC)


class FrozenClock:
    """A clock that stands still until it is moved.

    Args:
        now: The moment it shows, aware.

    Raises:
        ValueError: The moment has no time zone.
    """

    def __init__(self, now: datetime) -> None:
        if now.tzinfo is None:
            raise ValueError(f"now={now.isoformat()} has no time zone; add tzinfo=datetime.UTC")
        self._now = now.astimezone(UTC)

    def __call__(self) -> datetime:
        """Return the moment it shows."""
        return self._now

    def advance(self, *, days: float = 0, hours: float = 0, seconds: float = 0) -> None:
        """Move the clock; negative amounts move it back."""
        self._now += timedelta(days=days, hours=hours, seconds=seconds)
