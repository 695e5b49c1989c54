"""Where the mock gets the time: one function, so that a test or the control plane can be the one who tells it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias

from bubblehouse_mock.jsontext import JsonObject

_LAST_YEAR: Final = 2999  # far enough, and whatever is added to a moment is still one
_MICROSECOND: Final = timedelta(microseconds=1)

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


class AdjustableClock:
    """Another clock that can be stopped and put forward, never back: what happened stays in the order of its times.

    Args:
        base: The clock that it goes by.
    """

    def __init__(self, base: Clock) -> None:
        self._base = base
        self._frozen: datetime | None = None
        self._offset = timedelta()

    def __call__(self) -> datetime:
        """Return the moment it shows."""
        if self._frozen is not None:
            return self._frozen
        return self._base() + self._offset if self._offset else self._base()

    @property
    def frozen(self) -> bool:
        """Whether it stands still."""
        return self._frozen is not None

    def freeze(self, moment: datetime | None = None) -> None:
        """Stop it.

        Args:
            moment: What it shows from now on, aware; what it shows now, unless given.

        Raises:
            ValueError: The moment has passed, or lies after the year 2999.
        """
        now = self()
        self._frozen = _checked(now if moment is None else moment.astimezone(UTC), now)

    def advance(self, by: timedelta) -> None:
        """Put it forward, whether it runs or stands.

        Raises:
            ValueError: That is negative, or leads beyond the year 2999.
        """
        now = self()
        try:
            then = _checked(now + by, now)
        except OverflowError:
            raise _too_late() from None
        if self._frozen is None:
            self._offset += by
        else:
            self._frozen = then

    def run(self) -> None:
        """Let it go on from what it shows."""
        if self._frozen is not None:
            self._offset = self._frozen - self._base()
            self._frozen = None

    def follow(self) -> None:
        """Let it show what the other clock does."""
        self._frozen, self._offset = None, timedelta()

    def setting(self) -> JsonObject:
        """Tell how it is set, as JSON."""
        frozen = None if self._frozen is None else self._frozen.isoformat()
        return {"frozen": frozen, "offset": self._offset // _MICROSECOND}

    def set(self, setting: JsonObject) -> None:
        """Set it as another one was, by what `setting` returned there."""
        frozen, offset = setting["frozen"], setting["offset"]
        self._frozen = datetime.fromisoformat(frozen) if isinstance(frozen, str) else None
        self._offset = offset * _MICROSECOND if isinstance(offset, int) else timedelta()


def _checked(then: datetime, now: datetime) -> datetime:
    if then < now:
        raise ValueError(f"{then.isoformat()} has passed: it is {now.isoformat()}, and time only goes forward")
    if then.year > _LAST_YEAR:
        raise _too_late()
    return then


def _too_late() -> ValueError:
    return ValueError(f"the mock's time ends with the year {_LAST_YEAR}")
