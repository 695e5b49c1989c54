"""Ids and codes that a shop gives out: the same ones in the same order from each fresh start."""

from collections import Counter
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Final

_FIRST_BHID: Final = 0x20B3_1881_B301_0001  # looks like the ids in the vendor's examples
_FIRST_CODE: Final = _FIRST_BHID & 0xFFFF_FFFF
_CODE: Final = "LOYAL-"
_MOST: Final = 2**31  # a name far beyond is a stranger's, and the count does not jump there


class IdSource:
    """Counts ids and codes up. What the next one is follows from those that are taken, and never is one of them."""

    def __init__(self) -> None:
        self._next = 0
        self._taken: set[str] = set()
        self._new: list[str] = []  # taken as they were offered; they are in the set once somebody asks for another name
        self._offered: str | None = None  # what would be next
        self._attempted: list[str] | None = None

    def bhid(self) -> str:
        """Return the next Bubblehouse id: 16 lower-case hexadecimal digits. It is the next one until it is taken."""
        # It is free, since all of ours that are taken come before it.
        name = self._offered = f"{_FIRST_BHID + self._next:016x}"
        return name

    def code(self) -> str:
        """Return the next discount code. It is the next one until it is taken."""
        name = self._offered = f"{_CODE}{_FIRST_CODE + self._next:08X}"
        return name

    def is_taken(self, name: str) -> bool:
        """Tell whether an id or code is taken."""
        if name == self._offered:
            return False
        self._taken.update(self._new)
        self._new.clear()
        return name in self._taken

    def take(self, name: str) -> None:
        """Take an id or code that is not taken."""
        if name == self._offered and self._attempted is None:
            self._new.append(name)
            self._next, self._offered = self._next + 1, None
            return
        self._taken.add(name)
        if self._attempted is not None:
            self._attempted.append(name)
        place = _place(name)
        if place >= self._next:
            self._next, self._offered = place + 1, None

    def reserve(self, names: Sequence[str]) -> str | None:
        """Take ids and codes, all or none. Return the first that is taken already, or None."""
        for name, count in Counter(names).items():
            if count > 1 or self.is_taken(name):
                return name
        for name in names:
            self.take(name)
        return None

    @contextmanager
    def attempt(self) -> Generator[None]:
        """Take back what is taken within, where that ends with an exception."""
        before, attempted = self._next, list[str]()
        self._attempted = attempted
        try:
            yield
        except BaseException:
            self._taken.difference_update(attempted)
            self._next, self._offered = before, None
            raise
        finally:
            self._attempted = None


def _place(name: str) -> int:
    """Return which of our own ids or codes a name is, counted from 0; -1 for none of them."""
    is_code = name.startswith(_CODE)
    try:
        place = int(name.removeprefix(_CODE), 16) - (_FIRST_CODE if is_code else _FIRST_BHID)
    except ValueError:
        return -1
    return place if 0 <= place < _MOST else -1
