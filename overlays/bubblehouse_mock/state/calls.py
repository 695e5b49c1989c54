"""How many calls came, for rate limits."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

_SECONDS: Final = {"second": 1, "day": 86_400}


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


_Key: TypeAlias = tuple[str, str, str, str]


class CallCounter:
    """Counts accepted calls. Calls that are refused don't count, so whoever waits as told gets through."""

    def __init__(self) -> None:
        self._windows: dict[_Key, tuple[int, int]] = {}

    def admit(self, quotas: Iterable[Quota], now: datetime) -> tuple[Quota, int] | None:
        """Count one call against all quotas, or none of them.

        Args:
            quotas: What the call counts against.
            now: When it came.

        Returns:
            None where it was counted; otherwise the first exhausted quota and the whole seconds until its next window.
        """
        seconds = now.timestamp()
        counted: dict[_Key, tuple[int, int]] = {}
        for quota in quotas:
            length = _SECONDS[quota.period]
            window = int(seconds // length)
            key = (quota.scope, quota.subject, quota.kind, quota.period)
            last_window, calls = self._windows.get(key, (window, 0))
            calls = calls if last_window == window else 0
            if calls >= quota.calls:
                return quota, max(1, math.ceil((window + 1) * length - seconds))
            counted[key] = (window, calls + 1)
        self._windows.update(counted)
        return None
