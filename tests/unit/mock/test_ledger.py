"""A ledger tells what going through all changes would tell, also when time is moved back."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bubblehouse_mock.state import Change, Ledger, LedgerError

ROUNDS = settings(derandomize=True, database=None, deadline=None, max_examples=300)
NOON = datetime(2026, 5, 20, 12, tzinfo=UTC)
DAYS = st.integers(-3, 5).map(lambda days: timedelta(days=days))

Step = tuple[str, timedelta, int, int]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["earn", "earn", "redeem", "redeem", "expire", "correct", "revert", "wait"]),
        DAYS,
        st.integers(0, 120),
        st.integers(0, 11),
    ),
    max_size=60,
)


class Naive:
    """The same, by going through all changes for each answer."""

    def __init__(self) -> None:
        self.changes: list[Change] = []

    def total(self, *types: str) -> int:
        return sum(it.pts for it in self.changes if it.type in types)

    @property
    def earned(self) -> int:
        return self.total("earned_from_order", "manual_correction")

    @property
    def redeemed(self) -> int:
        return -self.total("redeemed_towards_order", "redemption_reverted")

    @property
    def expired(self) -> int:
        return -self.total("points_expired")

    def pending(self, now: datetime) -> int:
        maturing = sum(it.pts for it in self.changes if it.available_at is not None and it.available_at > now)
        return min(maturing, self.earned - self.redeemed - self.expired)

    def available(self, now: datetime) -> int:
        return self.earned - self.redeemed - self.expired - self.pending(now)

    def is_reverted(self, bhid: str) -> bool:
        return any(it.reverts == bhid for it in self.changes)

    def redeemed_since(self, start: datetime, leaving_out: Collection[str] = ()) -> int:
        return -sum(
            it.pts
            for it in self.changes
            if it.type == "redeemed_towards_order"
            and it.at >= start
            and it.bhid not in leaving_out
            and not self.is_reverted(it.bhid)
        )

    def allows(self, change: Change) -> bool:
        if change.reverts is not None:
            redemptions = {it.bhid: it for it in self.changes if it.type == "redeemed_towards_order"}
            original = redemptions.get(change.reverts)
            return original is not None and original.pts == -change.pts and not self.is_reverted(original.bhid)
        return change.pts >= 0 or -change.pts <= self.available(change.at)

    def change(self, step: Step, now: datetime) -> Change:
        kind, days, pts, index = step
        bhid = f"{len(self.changes):016x}"
        match kind:
            case "earn":
                maturity = now + days if index % 2 else None
                return Change(type="earned_from_order", pts=pts, at=now, bhid=bhid, available_at=maturity)
            case "redeem":
                return Change(type="redeemed_towards_order", pts=-pts, at=now, bhid=bhid)
            case "expire":
                return Change(type="points_expired", pts=-pts, at=now, bhid=bhid)
            case "correct":
                return Change(type="manual_correction", pts=pts - 60, at=now, bhid=bhid)
            case _:
                redemptions = [it for it in self.changes if it.type == "redeemed_towards_order"]
                candidates = redemptions if index % 4 else self.changes
                original = candidates[index % len(candidates)] if candidates else None
                back = abs(original.pts) + pts // 110 if original else pts  # now and then not what it took
                named = original.bhid if original else "0"
                return Change(type="redemption_reverted", pts=back, at=now, bhid=bhid, reverts=named)


@ROUNDS
@given(STEPS, st.lists(DAYS, min_size=1, max_size=4), st.sets(st.integers(0, 20).map("{:016x}".format), max_size=4))
def test_a_ledger_tells_what_its_changes_tell(steps: list[Step], asked: list[timedelta], leaving_out: set[str]) -> None:
    ledger, naive, now = Ledger(), Naive(), NOON
    for step in steps:
        if step[0] == "wait":
            now += step[1]
            continue
        change = naive.change(step, now)
        if naive.allows(change):
            ledger.append(change)
            naive.changes.append(change)
        else:
            with pytest.raises(LedgerError):
                ledger.append(change)
        assert ledger.changes == naive.changes
        assert (ledger.earned, ledger.redeemed, ledger.expired) == (naive.earned, naive.redeemed, naive.expired)
        for moment in [now, *(now + days for days in asked), *(NOON + days for days in asked)]:
            assert ledger.pending(moment) == naive.pending(moment) >= 0
            assert ledger.available(moment) == naive.available(moment) >= 0
            assert ledger.redeemed_since(moment) == naive.redeemed_since(moment)
            without = ledger.redeemed_since(moment, leaving_out=leaving_out)
            assert without == naive.redeemed_since(moment, leaving_out)
    for change in naive.changes:
        assert ledger.find(change.bhid) is change
        assert ledger.is_reverted(change.bhid) == naive.is_reverted(change.bhid)


def test_points_that_are_spent_are_not_pending_before_they_came() -> None:
    ledger = Ledger(
        [
            Change(type="earned_from_order", pts=100, at=NOON, bhid="1", available_at=NOON + timedelta(days=1)),
            Change(type="redeemed_towards_order", pts=-70, at=NOON + timedelta(days=1), bhid="2"),
        ]
    )
    assert (ledger.available(NOON), ledger.pending(NOON)) == (0, 30)
