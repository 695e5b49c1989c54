"""Ids and codes that a shop gives out: the same ones in the same order from each fresh start."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

_FIRST: Final = 0x20B3_1881_B301_0001  # looks like the ids in the vendor's examples


class IdSource:
    """Counts ids and codes up. Those that a fixture has already are never given again."""

    def __init__(self) -> None:
        self._next = 0
        self._taken: set[str] = set()

    def reserve(self, names: Sequence[str]) -> str | None:
        """Note ids and codes as given, all or none. Return the first that was given before, or None."""
        for name, count in Counter(names).items():
            if count > 1 or name in self._taken:
                return name
        self._taken.update(names)
        return None

    def release(self, names: Iterable[str]) -> None:
        """Take a reservation back."""
        self._taken.difference_update(names)

    def bhid(self) -> str:
        """Return a fresh Bubblehouse id: 16 lower-case hexadecimal digits."""
        return self._fresh("{:016x}", _FIRST)

    def code(self) -> str:
        """Return a fresh discount code."""
        return self._fresh("LOYAL-{:08X}", _FIRST & 0xFFFF_FFFF)

    def _fresh(self, form: str, first: int) -> str:
        while True:
            name = form.format(first + self._next)
            self._next += 1
            if name not in self._taken:
                self._taken.add(name)
                return name
