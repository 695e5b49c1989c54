"""What may be sent again, and when. Pure decisions: no clock, no I/O."""

import random
import re
from collections.abc import Callable
from enum import Enum, auto
from typing import Final

from bubblehouse.errors import APIConnectionError, APIError, CallError
from bubblehouse.operation import Kind
from bubblehouse.tokens import REFUSED
from bubblehouse.transport import Response

_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 8.0


class Next(Enum):
    """What follows a failed attempt."""

    RAISE = auto()
    """The failure is final, and the call changed nothing."""
    REPEAT = auto()
    """The same request may be sent again."""
    RENEW = auto()
    """It may be sent again with another token."""
    UNKNOWN = auto()
    """It may have been applied: sending it again could do it twice."""


def decide(kind: Kind, failure: CallError) -> Next:
    """Decide what follows a failed attempt.

    A write is only ever repeated where it was certainly not applied. A status from 500 up says that something failed
    on the way, not where: a gateway may have lost the answer of a server that did the work. A status below 500 is the
    server or a gateway declining; 3xx come from what stands before the API, which itself answers 200, 4xx or 5xx.

    Args:
        kind: Whether the call changes anything.
        failure: What happened.
    """
    if isinstance(failure, APIError) and failure.status == 401 and failure.id == REFUSED:  # noqa: PLR2004 - a status
        return Next.RENEW
    if kind == "write" and _may_be_applied(failure):
        return Next.UNKNOWN
    return Next.REPEAT if _may_pass(failure) else Next.RAISE


def _may_be_applied(failure: CallError) -> bool:
    if isinstance(failure, APIConnectionError):
        return failure.sent
    return not (isinstance(failure, APIError) and 300 <= failure.status < 500)  # noqa: PLR2004 - statuses


def _may_pass(failure: CallError) -> bool:
    if isinstance(failure, APIError):
        return failure.status == 429 or 500 <= failure.status < 600  # noqa: PLR2004 - statuses
    return isinstance(failure, APIConnectionError)


def pause(retries: int, retry_after: float | None, chance: Callable[[], float] = random.random) -> float:
    """Return how many seconds to wait before sending again.

    Args:
        retries: How often the call was sent again before.
        retry_after: What the server asked for. It is never cut short.
        chance: Returns a number from 0 up to 1. Waiting for a random time keeps clients that failed together from
            coming back together.
    """
    if retry_after is not None:
        return retry_after
    return chance() * min(_LONGEST_PAUSE, _FIRST_PAUSE * (1 << min(retries, 16)))


def retry_after(response: Response, now: Callable[[], float]) -> float | None:
    """Return how many seconds the server asks to wait, or None where it doesn't say, or not so that it can be read.

    Args:
        response: The answer. Its `Retry-After` is a number of seconds or an HTTP date.
        now: Returns the time as `time.time` does; used where the answer has no `Date` of its own, since clocks differ.
    """
    value = response.header("Retry-After")
    if value is None:
        return None
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", value.strip(), re.ASCII):
        return float(value)
    moment = _timestamp(value)
    if moment is None:
        return None
    sent = _timestamp(response.header("Date") or "")
    return max(0.0, moment - (now() if sent is None else sent))


def _timestamp(value: str) -> float | None:
    import datetime as dt  # noqa: PLC0415 - with email.utils a slow import, for a header that hardly ever comes
    from email.utils import parsedate_to_datetime  # noqa: PLC0415

    try:
        moment = parsedate_to_datetime(value)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
        return aware.timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
