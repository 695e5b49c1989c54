"""Tells a person at a terminal how far a run over many customers is."""

import sys
import time
from collections.abc import Callable
from typing import Final, TextIO

_PAUSE: Final = 0.1  # seconds from one line to the next: nobody reads faster
_WIDTH: Final = 60  # characters, so that a line covers the one before


class ProgressLine:
    """Keeps one line of a terminal up to date: `1,200 of 100,000 done, 3 failed`. Anywhere else it prints nothing.

    Args:
        stream: Where it is printed; stderr unless given.
        clock: Returns seconds that only ever grow.
    """

    def __init__(self, stream: TextIO | None = None, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._clock = clock
        self._next = float("-inf")

    def __call__(self, done: int, failed: int, total: int | None) -> None:
        """Print how far the run is, and end the line where it is at its end.

        Args:
            done: How many customers are done.
            failed: How many of them failed.
            total: How many there are, or None where nobody knows.
        """
        at_end = done == total
        if not self._stream.isatty() or (self._clock() < self._next and not at_end):
            return
        self._next = self._clock() + _PAUSE
        text = f"{done:,} done" if total is None else f"{done:,} of {total:,} done"
        text += f", {failed:,} failed" if failed else ""
        self._stream.write(f"\r{text:<{_WIDTH}}" + ("\n" if at_end else ""))
        self._stream.flush()
