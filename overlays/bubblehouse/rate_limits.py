"""Rate limits kept on this side, so that the server needn't refuse a call: when may the next one go out? No I/O.

Docs: https://app.bubblehouse.com/apidocs/calling/limits
"""

from bisect import bisect_left, bisect_right, insort
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Protocol, cast, get_args

from bubblehouse import checks
from bubblehouse.api import Period, RateLimit, Scope
from bubblehouse.errors import ClientRateLimitError, ConfigurationError
from bubblehouse.locks import ForkSafeLock
from bubblehouse.operation import Kind

# Calls that leave here a second apart may arrive a little closer to each other, and midnight isn't quite the same
# moment everywhere.
_MARGIN: Final = 0.05
_SECOND: Final = 1.0 + _MARGIN
_DAY: Final = 86_400
_REMEMBERED: Final = 10_000  # customers; some 5 MB at the very most


def chosen(documented: Iterable[RateLimit], given: object) -> "RateLimiter | None":
    """Return what keeps the limits that a client's argument `rate_limits` asks for.

    Args:
        documented: The limits that the contract knows.
        given: True for those, False for none, or limits that take the place of documented ones.

    Raises:
        ConfigurationError: It is something else.
    """
    if isinstance(given, bool):
        return RateLimiter(documented) if given else None
    if not isinstance(given, Iterable):
        raise ConfigurationError("rate_limits", f"must be True, False or RateLimits, not {type(given).__name__}")
    limits = {
        (it.kind, it.scope, it.period): it for it in (*documented, *map(_checked, cast("Iterable[object]", given)))
    }
    return RateLimiter(limits.values())


def _checked(limit: object) -> RateLimit:
    if not isinstance(limit, RateLimit):
        raise ConfigurationError("rate_limits", f"must hold RateLimits, not {type(limit).__name__}")
    for value, choices in (
        (limit.kind, get_args(Kind)),
        (limit.scope, get_args(Scope)),
        (limit.period, get_args(Period)),
    ):
        if value not in choices:
            raise ConfigurationError("rate_limits", f"must be for one of {', '.join(choices)}, not {value!r}")
    if checks.count("rate_limits", limit.calls) < 1:
        raise ConfigurationError("rate_limits", "must leave at least 1 call")
    return limit


class _Window(Protocol):
    """The calls that count against one limit, those included that are booked and yet to go out."""

    limit: RateLimit

    def earliest(self, moment: float) -> float:
        """Return when a call may go out that wants to at a moment: then, or later."""
        ...

    def book(self, moment: float) -> None:
        """Count a call that goes out at a moment."""
        ...

    def release(self, moment: float) -> None:
        """Forget such a call: it doesn't go out."""
        ...

    def expire(self, now: float, wall: float) -> None:
        """Forget what is too long ago to matter."""
        ...


@dataclass(slots=True)
class _AnySecond:
    """Never more calls than the limit in any second, wherever the server's own seconds begin."""

    limit: RateLimit
    _moments: list[float] = field(default_factory=list[float])  # sorted

    def earliest(self, moment: float) -> float:
        moments, calls = self._moments, self.limit.calls
        # So many calls in a row, together with this one, must span a second.
        for first in range(bisect_right(moments, moment - _SECOND), len(moments) - calls + 1):
            begin, end = moments[first], moments[first + calls - 1]
            if max(moment, end) - min(moment, begin) < _SECOND:
                moment = begin + _SECOND
        return moment

    def book(self, moment: float) -> None:
        insort(self._moments, moment)

    def release(self, moment: float) -> None:
        del self._moments[bisect_left(self._moments, moment)]

    def expire(self, now: float, wall: float) -> None:
        del wall
        del self._moments[: bisect_right(self._moments, now - _SECOND)]


@dataclass(slots=True)
class _EachDay:
    """Never more calls than the limit in a day of UTC. The wall clock tells days, and may be set."""

    limit: RateLimit
    _calls: dict[int, int] = field(default_factory=dict[int, int])  # by day
    _offset: float = 0.0  # of the wall clock, from the clock of moments

    def earliest(self, moment: float) -> float:
        while self._calls.get(day := self._day(moment), 0) >= self.limit.calls:
            moment = (day + 1) * _DAY + _MARGIN - self._offset
        return moment

    def book(self, moment: float) -> None:
        day = self._day(moment)
        self._calls[day] = self._calls.get(day, 0) + 1

    def release(self, moment: float) -> None:
        day = self._day(moment)
        if day in self._calls:
            self._calls[day] -= 1

    def expire(self, now: float, wall: float) -> None:
        self._offset = wall - now
        today = self._day(now)
        for day in [day for day in self._calls if day < today]:
            del self._calls[day]

    def _day(self, moment: float) -> int:
        return int((moment + self._offset) // _DAY)


@dataclass(frozen=True, slots=True)
class Booking:
    """A call that has its place.

    Attributes:
        moment: When it may go out.
        windows: What it counts against.
    """

    moment: float
    windows: tuple[_Window, ...] = field(repr=False)


class RateLimiter:
    """Gives each call its place, in the order in which they ask. Safe to share between threads.

    So many customers are remembered; of more, the one that wasn't called for longest is forgotten, and then it is the
    server that counts.

    Args:
        limits: The limits to keep.
        remembered: How many customers are remembered, for reads and writes apart.
    """

    def __init__(self, limits: Iterable[RateLimit], *, remembered: int = _REMEMBERED) -> None:
        self._limits = tuple(limits)
        self._remembered = remembered
        self._lock = ForkSafeLock()
        self._shop = {kind: self._windows(kind, "shop") for kind in get_args(Kind)}
        self._customers: dict[Kind, OrderedDict[str, tuple[_Window, ...]]] = {
            kind: OrderedDict() for kind in get_args(Kind)
        }

    def reserve(self, kind: Kind, customer: str | None, *, now: float, wall: float, patience: float) -> Booking:
        """Give a call its place.

        Args:
            kind: Whether it is a read or a write.
            customer: Whose call it is; None where nobody knows, so that it counts for the shop alone.
            now: The present moment on a clock that only ever grows.
            wall: The same moment as `time.time` tells it.
            patience: Seconds that the call can wait.

        Returns:
            The place.

        Raises:
            ClientRateLimitError: It would have to wait longer. Nothing is booked.
        """
        with self._lock:
            windows = self._shop[kind] if customer is None else self._shop[kind] + self._of(kind, customer)
            for window in windows:
                window.expire(now, wall)
            moment, culprit = _settle(windows, now)
            if culprit is not None and moment - now >= patience:
                raise ClientRateLimitError(culprit, retry_after=moment - now)
            for window in windows:
                window.book(moment)
        return Booking(moment, windows)

    def release(self, booking: Booking) -> None:
        """Take a place back: the call doesn't go out.

        Args:
            booking: The place.
        """
        with self._lock:
            for window in booking.windows:
                window.release(booking.moment)

    def _of(self, kind: Kind, customer: str) -> tuple[_Window, ...]:
        customers = self._customers[kind]
        if customer not in customers:
            customers[customer] = self._windows(kind, "customer")
            if len(customers) > self._remembered:
                customers.popitem(last=False)
        customers.move_to_end(customer)
        return customers[customer]

    def _windows(self, kind: Kind, scope: Scope) -> tuple[_Window, ...]:
        return tuple(
            _AnySecond(limit) if limit.period == "second" else _EachDay(limit)
            for limit in self._limits
            if (limit.kind, limit.scope) == (kind, scope)
        )


def _settle(windows: Iterable[_Window], now: float) -> tuple[float, RateLimit | None]:
    """Return the first moment that suits all windows, and the limit that put it off the most."""
    moment, furthest, culprit = now, 0.0, None
    settled = False
    while not settled:
        settled = True
        for window in windows:
            earliest = window.earliest(moment)
            if earliest > moment:
                settled = False
                if earliest - moment > furthest:
                    furthest, culprit = earliest - moment, window.limit
                moment = earliest
    return moment, culprit
