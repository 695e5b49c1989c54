"""Where the mock gets the time: one function, so that a test or the control plane can be the one who tells it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

Clock: TypeAlias = Callable[[], datetime]
"""Returns the present moment, aware and in UTC."""


def system_clock() -> datetime:
    """Return the computer's own time."""
    return datetime.now(UTC)


class SkippingClock:
    """The computer's own time, of which some is skipped in place of waiting for it."""

    def __init__(self) -> None:
        self._skipped = timedelta()

    def __call__(self) -> datetime:
        """Return the present moment, and what was skipped."""
        return system_clock() + self._skipped

    @property
    def skipped(self) -> float:
        """The seconds that were skipped."""
        return self._skipped.total_seconds()

    def skip(self, seconds: float) -> None:
        """Let time have passed.

        Args:
            seconds: How much, from 0 up.

        Raises:
            ValueError: It is below 0.
        """
        if seconds < 0:
            raise ValueError(f"seconds={seconds:g} would turn time back; give 0 or more")
        self._skipped += timedelta(seconds=seconds)


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
