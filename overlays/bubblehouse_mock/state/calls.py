"""How many calls came, for rate limits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias

_SECOND: Final = 1_000_000  # microseconds, in which all is reckoned here: no wait is a hair too short
_PERIODS: Final = {"second": _SECOND, "day": 86_400 * _SECOND}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Quota:
    """How many calls of one kind somebody may make in each period.

    Args:
        scope: `customer` or `shop`.
        subject: Which one.
        kind: `read` or `write`.
        period: `second` or `day`; both are counted in fixed windows, days as those of UTC.
        calls: How many.
    """

    scope: str
    subject: str
    kind: str
    period: str
    calls: int

    @property
    def key(self) -> tuple[str, ...]:
        """What its calls are counted under, within its period."""
        return self.period, self.scope, self.subject, self.kind


@dataclass(frozen=True, slots=True)
class Booking:
    """A call's place among all others: what it takes to count it, here or, once more, elsewhere.

    Args:
        came: When the call came, in microseconds since 1970.
        at: When it is let through, likewise.
        keys: What it counts against, as `Quota.key`.
    """

    came: int
    at: int
    keys: tuple[tuple[str, ...], ...]

    @property
    def delay(self) -> float:
        """The seconds that the call has to wait."""
        return (self.at - self.came) / _SECOND


@dataclass(frozen=True, slots=True)
class Exhausted:
    """No place can be had soon enough.

    Args:
        quota: The one that leaves no room for the longest.
        retry_after: The whole seconds after which there is room.
    """

    quota: Quota
    retry_after: int


_Window: TypeAlias = tuple[int, int]  # the length of a period, and how many of them had passed when it began


class CallCounter:
    """Counts calls in the windows in which they are let through, be it later than they came.

    Calls that are refused don't count, so whoever waits as told gets through. Windows that are past are forgotten.
    """

    def __init__(self) -> None:
        self._windows: dict[_Window, dict[tuple[str, ...], int]] = {}

    def admit(self, quotas: Sequence[Quota], now: datetime, delay: int) -> Booking | Exhausted:
        """Find the earliest moment at which all quotas have room for a call. It is not counted before it is booked.

        Args:
            quotas: What the call counts against.
            now: When it came.
            delay: The most seconds that it can be made to wait.

        Returns:
            What to book; or, where that moment is too far off, what leaves no room.
        """
        came = at = (now - _EPOCH) // _MICROSECOND
        longest: Quota | None = None
        while (full := self._full(quotas, at)) is not None:
            length, passed = _window(full.period, at)
            longest, at = full, (passed + 1) * length
        if longest is not None and at - came > delay * _SECOND:
            return Exhausted(longest, -((came - at) // _SECOND))
        return Booking(came, at, tuple(quota.key for quota in quotas))

    def book(self, booking: Booking) -> None:
        """Count a call that was admitted."""
        for key in booking.keys:
            window = _window(key[0], booking.at)
            if window not in self._windows:
                self._forget(booking.came)
                self._windows[window] = {}
            calls = self._windows[window]
            calls[key] = calls.get(key, 0) + 1

    def _full(self, quotas: Sequence[Quota], at: int) -> Quota | None:
        for quota in quotas:
            calls = self._windows.get(_window(quota.period, at))
            if calls is not None and calls.get(quota.key, 0) >= quota.calls:
                return quota
        return None

    def _forget(self, came: int) -> None:
        """Forget the windows that had ended when a call came."""
        for length, passed in [*self._windows]:
            if (passed + 1) * length <= came:
                del self._windows[length, passed]


def _window(period: str, at: int) -> _Window:
    length = _PERIODS[period]
    return length, at // length
