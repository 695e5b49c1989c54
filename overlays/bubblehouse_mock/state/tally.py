"""Points by moment, summed up from any moment on."""

from bisect import bisect_left, bisect_right
from datetime import datetime


class Tally:
    """Adds points to moments and tells the sum from a moment on, in logarithmic time however many there are.

    Only a moment that is new and before others takes longer: those after it move up. Asking changes nothing.
    """

    __slots__ = ("_moments", "_sums")

    def __init__(self) -> None:
        # A Fenwick tree: the n-th sum, counted from 1, is that of the last k moments up to the n-th, where k is the
        # largest power of two that divides n.
        self._moments: list[datetime] = []
        self._sums: list[int] = []

    def add(self, moment: datetime, points: int) -> None:
        """Add points, or take some off where they are negative."""
        place = bisect_left(self._moments, moment)
        if place == len(self._moments):
            self._append(moment, points)
        elif self._moments[place] == moment:
            self._raise(place + 1, points)
        else:
            self._insert(place, moment, points)

    def since(self, moment: datetime) -> int:
        """Return the sum of the moment and all later ones."""
        return self._from(bisect_left(self._moments, moment))

    def after(self, moment: datetime) -> int:
        """Return the sum of all moments later than this one."""
        if not self._moments or self._moments[-1] <= moment:  # as it mostly is where they are still to come
            return 0
        return self._from(bisect_right(self._moments, moment))

    def _from(self, place: int) -> int:
        count = len(self._sums)
        return self._first(count) - self._first(place) if place < count else 0

    def _first(self, count: int) -> int:
        total = 0
        while count:
            total += self._sums[count - 1]
            count &= count - 1
        return total

    def _append(self, moment: datetime, points: int) -> None:
        count = len(self._sums)
        least, total = (count + 1) & count, points
        while count > least:
            total += self._sums[count - 1]
            count &= count - 1
        self._moments.append(moment)
        self._sums.append(total)

    def _insert(self, place: int, moment: datetime, points: int) -> None:
        totals = [self._first(count) for count in range(place, len(self._sums) + 1)]
        later = [(it, totals[n + 1] - totals[n]) for n, it in enumerate(self._moments[place:])]
        del self._moments[place:], self._sums[place:]
        for each in [(moment, points), *later]:
            self._append(*each)

    def _raise(self, count: int, points: int) -> None:
        while count <= len(self._sums):
            self._sums[count - 1] += points
            count += count & -count
