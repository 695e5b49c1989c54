"""One customer's points: changes that are only ever added, and what follows from them."""

from collections.abc import Collection, Iterable
from datetime import datetime
from sys import intern
from typing import Final, Literal, TypeAlias

from msgspec import Struct

from bubblehouse_mock.state.tally import Tally

ChangeType: TypeAlias = Literal[
    "earned_from_order",
    "earned_from_source",
    "birthday_gift",
    "manual_correction",
    "redeemed_towards_order",
    "redemption_reverted",
    "points_expired",
]

_TAKING: Final = {"redeemed_towards_order", "points_expired"}
_MAY_TAKE: Final = _TAKING | {"manual_correction"}
_MOST_POINTS: Final = 2**63 - 1  # the API's integers have 64 bits


class Change(Struct, gc=False):
    """One change of a balance.

    A shop may have a million, which hold nothing that could lead back to them: the garbage collector needn't look
    through them, again and again while calls wait. They aren't frozen, which would take time; nobody changes one.

    Args:
        type: What happened.
        pts: Points that came (positive) or went (negative).
        at: When.
        bhid: Its id; given by the shop where the fixture leaves it out.
        desc: Where it came from, for people.
        available_at: From when the points can be spent, where that is later.
        reverts: The id of the redemption that this change undoes.
        external: Whether it is a redemption for which the shop made no code.

    Raises:
        ValueError: The parts contradict each other.
    """

    type: ChangeType
    pts: int
    at: datetime
    bhid: str = ""
    desc: str = ""
    available_at: datetime | None = None
    reverts: str | None = None
    external: bool = False

    def __post_init__(self) -> None:
        if self.pts > 0 and self.type in _TAKING:
            raise ValueError(f"{self.type} takes points; pts={self.pts} is positive")
        if self.pts < 0 and self.type not in _MAY_TAKE:
            raise ValueError(f"{self.type} gives points; pts={self.pts} is negative")
        if self.available_at is not None and self.pts < 0:
            raise ValueError(f"available_at belongs to points that come; pts={self.pts} is negative")
        if (self.type == "redemption_reverted") != (self.reverts is not None):
            raise ValueError("`reverts` belongs to redemption_reverted, and only there")
        self.desc = intern(self.desc)  # a million changes have few texts, but what reads a file makes each anew


class LedgerError(ValueError):
    """A change would make the ledger wrong: points below zero, or a redemption undone twice."""


class Ledger:
    """The changes of one customer.

    Always true: available + pending = earned - redeemed - expired, and none of the five is negative. That holds also
    where time is moved back. A long ledger is as fast as a short one while time goes forward. What only some calls ask
    for, such as a change by its id, is not kept up with each change that is added, but once it is asked for.

    Args:
        changes: The changes so far, in the order in which they happened.

    Raises:
        LedgerError: They don't add up.
    """

    __slots__ = (
        "_by_bhid",
        "_found",
        "_maturing",
        "_open",
        "_reversals",
        "_tallied",
        "changes",
        "earned",
        "expired",
        "redeemed",
    )

    def __init__(self, changes: Iterable[Change] = ()) -> None:
        self.changes: list[Change] = []
        self.earned: int = 0
        self.redeemed: int = 0
        self.expired: int = 0
        self._reversals: dict[str, Change] = {}
        self._maturing: Tally | None = None  # until points come that can't be spent at once
        self._by_bhid: dict[str, Change] = {}
        self._found = 0  # so many changes are in there
        self._open = Tally()
        self._tallied = 0  # likewise
        for change in changes:
            self.append(change)
        self._tally()

    def append(self, change: Change) -> None:
        """Add a change.

        Raises:
            LedgerError: It would take more points than can be spent at its time, or give more than 64 bits can hold,
                or undo what is no open redemption.
        """
        if change.pts < 0 and self.available(change.at) + change.pts < 0:
            raise LedgerError(f"{-change.pts} points can't go: only {self.available(change.at)} are there")
        if change.reverts is not None:
            self._revert(change, change.reverts)
        elif change.type == "redeemed_towards_order":
            self.redeemed -= change.pts
        elif change.type == "points_expired":
            self.expired -= change.pts
        elif self.earned + change.pts > _MOST_POINTS:
            raise LedgerError(f"{change.pts} points can't come: that makes more points than 64 bits can hold")
        else:
            self.earned += change.pts
        if change.available_at is not None:
            self._maturing = self._maturing or Tally()
            self._maturing.add(change.available_at, change.pts)
        self.changes.append(change)

    def available(self, now: datetime) -> int:
        """Return the points that can be spent now."""
        there = self.earned - self.redeemed - self.expired
        return there if self._maturing is None else there - self.pending(now)

    def pending(self, now: datetime) -> int:
        """Return the points that were earned and can't be spent yet.

        Points that have been spent are none of them, even if time was moved back to before they could be.
        """
        waiting = 0 if self._maturing is None else self._maturing.after(now)
        return min(waiting, self.earned - self.redeemed - self.expired) if waiting else 0

    def find(self, bhid: str) -> Change | None:
        """Return a change by its id."""
        count = len(self.changes)
        for change in self.changes[self._found : count]:
            self._by_bhid[change.bhid] = change
        self._found = count
        return self._by_bhid.get(bhid)

    def is_reverted(self, bhid: str) -> bool:
        """Tell whether a redemption was undone."""
        return bhid in self._reversals

    def redeemed_since(self, start: datetime, *, leaving_out: Collection[str] = ()) -> int:
        """Return the points redeemed from a moment on, without those that came back.

        Args:
            start: The moment.
            leaving_out: Ids of redemptions that don't count either.
        """
        self._tally()
        left_out = [change for bhid in set(leaving_out) if (change := self._open_redemption(bhid)) is not None]
        return self._open.since(start) + sum(change.pts for change in left_out if change.at >= start)

    def _open_redemption(self, bhid: str) -> Change | None:
        change = self.find(bhid)
        is_open = change is not None and change.type == "redeemed_towards_order" and bhid not in self._reversals
        return change if is_open else None

    def _revert(self, change: Change, bhid: str) -> None:
        original = self._open_redemption(bhid)
        if original is None:
            raise LedgerError(f"{bhid} is not an open redemption of this customer")
        if change.pts != -original.pts:
            raise LedgerError(f"{bhid} took {-original.pts} points; {change.pts} can't come back")
        self._tally()
        self._reversals[original.bhid] = change
        self._open.add(original.at, original.pts)
        self.redeemed -= change.pts

    def _tally(self) -> None:
        """Tally the redemptions that were added since this was last done."""
        count = len(self.changes)
        start, self._tallied = self._tallied, count  # at once: who asks without the lock must not tally them twice
        for change in self.changes[start:count]:
            if change.type == "redeemed_towards_order":
                self._open.add(change.at, -change.pts)
