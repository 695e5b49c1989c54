"""What a server of somebody else's is spared: too many calls, and calls when it has long fallen silent."""

import time
from collections import Counter
from collections.abc import Callable, Mapping

from tests.contract.proof.target import Pace
from tests.contract.proof.watch.exchange import Exchange
from tests.contract.proof.watch.tap import RefusedError

_SILENT_IN_A_ROW = 3  # calls without a complete answer
_SILENT_AT_ALL = 10
_LONGEST_RUN = 3600.0  # seconds


class Guard:
    """Holds calls back, or refuses them. Once one is refused, so are all that follow.

    Args:
        pace: Keeps calls apart.
        limits: How many calls of each kind, `read` and `write`, may be sent at all; none where that is no matter.
        kind_of: Tells whether a function reads or writes.
        longest: Seconds for the whole run.
    """

    def __init__(
        self,
        pace: Pace,
        limits: Mapping[str, int],
        kind_of: Callable[[str], str],
        longest: float = _LONGEST_RUN,
    ) -> None:
        self._pace = pace
        self._limits = limits
        self._kind_of = kind_of
        self._longest = longest
        self._started = time.monotonic()
        self._sent: Counter[str] = Counter()
        self._in_a_row = self._at_all = 0
        self.reason = ""

    def admit(self, exchange: Exchange) -> None:
        """Wait until a call may be sent.

        Raises:
            RefusedError: It may not.
        """
        kind = self._kind_of(exchange.function)
        if not self.reason:
            if self._sent[kind] >= self._limits.get(kind, self._sent[kind] + 1):
                self.reason = f"the documented limit is {self._limits[kind]} {kind}s a day, and so many were sent"
            elif time.monotonic() - self._started > self._longest:
                self.reason = f"the run took longer than {self._longest:g} s"
        if self.reason:
            raise RefusedError(f"the run was given up: {self.reason}")
        self._sent[kind] += 1
        self._pace.begin()

    def note(self, exchange: Exchange) -> None:
        """Learn what became of a call."""
        if exchange.status is not None:
            self._in_a_row = 0
            return
        self._in_a_row, self._at_all = self._in_a_row + 1, self._at_all + 1
        if not self.reason and (self._in_a_row >= _SILENT_IN_A_ROW or self._at_all >= _SILENT_AT_ALL):
            self.reason = f"{self._at_all} calls got no complete answer, the last one because of {exchange.problem}"
