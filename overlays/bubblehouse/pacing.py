"""When an attempt may go out: after what a 429 asked for, and within the rate limits kept on this side. No I/O."""

import json
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Final, cast

from bubblehouse.errors import RateLimitError
from bubblehouse.locks import ForkSafeLock
from bubblehouse.operation import Kind

if TYPE_CHECKING:
    from bubblehouse.flow import Timing
    from bubblehouse.rate_limits import RateLimiter

_LONGEST: Final = 86_400.0
"""Seconds. No documented limit is for longer than a day, and one odd header must not stop a client for good."""


class Holdback:
    """What 429s told one client: until when no attempt goes out, whoever makes it. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = ForkSafeLock()
        self._held: dict[Kind, tuple[float, RateLimitError]] = {}

    def note(self, kind: Kind, error: RateLimitError, now: float) -> None:
        """Take note of a 429.

        Args:
            kind: Whether reads or writes were refused; they are counted apart.
            error: The error. One without `Retry-After` says nothing of others.
            now: The present moment on a clock that only ever grows.
        """
        if error.retry_after is None:
            return
        import copy  # noqa: PLC0415 - 429s are few

        until = now + min(error.retry_after, _LONGEST)
        told = copy.copy(error)  # a copy has no traceback, which would keep a whole call in memory
        with self._lock:
            if until > self.until(kind):
                self._held[kind] = until, told

    @property
    def told_anything(self) -> bool:
        """Whether there ever was a 429 that told something."""
        return bool(self._held)

    def until(self, kind: Kind) -> float:
        """Return the moment before which nothing goes out; long ago where nothing was told.

        Args:
            kind: Whether it is reads or writes.
        """
        held = self._held.get(kind)
        return float("-inf") if held is None else held[0]

    def error(self, kind: Kind) -> RateLimitError:
        """Return an error that says what was told, for a call that can't wait.

        Args:
            kind: Whether it is reads or writes; there was a 429 for it.
        """
        import copy  # noqa: PLC0415 - as above

        error = copy.copy(self._held[kind][1])
        error.add_note("That was the answer to an earlier call. This one was not sent: it could not wait for so long.")
        return error


class Pacing:
    """When the attempts of a client, and of those derived from it, may go out.

    Attributes:
        customer: The customer that the client's tokens speak for.
        holdback: What 429s told.

    Args:
        limiter: Keeps the rate limits; None where nobody asked for that.
        customer: As above.
        holdback: As above; one that nothing was told yet, unless given.
    """

    __slots__ = ("_limiter", "customer", "holdback")

    def __init__(
        self, limiter: "RateLimiter | None" = None, customer: str | None = None, holdback: Holdback | None = None
    ) -> None:
        self._limiter = limiter
        self.customer: str | None = customer
        self.holdback: Holdback = Holdback() if holdback is None else holdback

    def for_customer(self, customer: str, *, together: bool = False) -> "Pacing":
        """Return the pacing of a client for one customer: the same limits, and 429s of its own unless told otherwise.

        Args:
            customer: The customer's id.
            together: Whether a 429 holds back all that this pacing does. Whose limit it was, the customer's or the
                shop's, no answer tells in a way that can be relied on.
        """
        return Pacing(self._limiter, customer, self.holdback if together else None)

    @property
    def is_open(self) -> bool:
        """Whether anything may go out at once: no limits are kept, and no 429 ever told anything."""
        return self._limiter is None and not self.holdback.told_anything

    def waits(
        self,
        kind: Kind,
        content: bytes,
        timing: "Timing",
        left: Callable[[], float],
    ) -> Generator[float]:
        """Yield how many seconds to wait, until an attempt may go out. A place that isn't used is given back.

        Args:
            kind: Whether the call is a read or a write.
            content: The call's body, which may name a customer.
            timing: The clocks.
            left: Returns the seconds that are left for the call.

        Raises:
            RateLimitError: A 429 told to wait for longer than the call can.
            ClientRateLimitError: The limits kept here leave no room in time.
        """
        customer = None if self._limiter is None else self.customer or customer_of(content)
        while True:
            while (seconds := self.holdback.until(kind) - timing.monotonic()) > 0:
                if seconds >= left():
                    raise self._held_back(kind, seconds)
                yield seconds
            if self._limiter is None:
                return
            now = timing.monotonic()
            booking = self._limiter.reserve(kind, customer, now=now, wall=timing.time(), patience=left())
            used = False
            try:
                while (seconds := booking.moment - timing.monotonic()) > 0:
                    yield seconds
                used = self.holdback.until(kind) <= timing.monotonic()
            finally:
                if not used:
                    self._limiter.release(booking)
            if used:
                return

    def _held_back(self, kind: Kind, seconds: float) -> RateLimitError:
        error = self.holdback.error(kind)
        error.retry_after = seconds
        return error


def customer_of(content: bytes) -> str | None:
    """Return the customer that a call's body names: the first id that its `customer` has, or None.

    Args:
        content: The body.
    """
    customer = json.loads(content).get("customer")
    ids = cast("dict[str, object]", customer).values() if isinstance(customer, dict) else ()
    return next((it for it in ids if isinstance(it, str) and it), None)
