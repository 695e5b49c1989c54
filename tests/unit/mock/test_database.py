"""State in a file: nothing is lost, several mocks share it, and a file that is none of ours is refused."""

import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bubblehouse_mock.clock import FrozenClock
from bubblehouse_mock.messages import Request
from bubblehouse_mock.mock import BubblehouseMock
from bubblehouse_mock.state import FixtureError, LedgerError
from bubblehouse_mock.storage import DatabaseError

Open = Callable[..., BubblehouseMock]
SECRET = "bm90LWEtc2VjcmV0LWRlbW8ta2V5LTEtZm9yLXRlc3RzLW9ubHk="
EARLY_BIRD, COLLECTOR = "20b31881b3000140", "20b31881b3000141"
NOON = datetime(2026, 5, 20, 12, tzinfo=UTC)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "shop.sqlite"


@pytest.fixture
def open_mock(path: Path) -> Iterator[Open]:
    opened: list[BubblehouseMock] = []

    def open_mock(**given: Any) -> BubblehouseMock:
        opened.append(BubblehouseMock(db=path, clock=FrozenClock(NOON), strict=True, **given))
        return opened[-1]

    yield open_mock
    for mock in opened:
        mock.close()


def call(mock: BubblehouseMock, function: str, body: dict[str, Any]) -> tuple[int, Any]:
    headers = (
        ("authorization", f"Bearer {mock.control.mint({'key_id': 'demo-key-2'}).token}"),
        ("content-type", "application/json"),
    )
    path = f"/api/v2023061/{mock.shop}/{function}".encode()
    answer = mock.handle(Request(method="POST", path=path, headers=headers, body=json.dumps(body).encode()))
    return answer.status, json.loads(answer.body)


def redeem(mock: BubblehouseMock, pts: int = 100, customer: str = "1001") -> tuple[int, Any]:
    return call(mock, "RedeemPoints1", {"customer": {"shopid": customer}, "pts": pts})


def everything(mock: BubblehouseMock) -> list[object]:
    """All that can be seen of a mock."""
    control = mock.control
    return [control.state(), control.clock(), control.faults(), control.journal(limit=1000), control.config()]


Step = tuple[str, Any]
STEPS: st.SearchStrategy[Step] = st.one_of(
    st.tuples(st.just("redeem"), st.tuples(st.sampled_from(["1001", "1002", "1004"]), st.integers(90, 700))),
    st.tuples(st.just("undo"), st.integers(0, 20)),
    st.tuples(st.just("achieve"), st.sampled_from([EARLY_BIRD, COLLECTOR])),
    st.tuples(st.just("customer"), st.none()),
    st.tuples(st.just("points"), st.integers(-50, 5000)),
    st.tuples(
        st.just("settings"),
        st.sampled_from(
            [
                {"minimum_redemption": 7},
                {"points_enabled": False},
                {"redemption_limit": None},
                {
                    "rate_limits_enabled": True,
                    "rate_limit_delay": 0,
                    "rate_limits": {"write": {"per_second": {"customer": 1}}},
                },
                {"provisional_redemptions": True},
                {"nonsense": 1},
            ]
        ),
    ),
    st.tuples(st.just("key"), st.booleans()),
    st.tuples(st.just("code"), st.sampled_from(["used", "unused"])),
    st.tuples(st.just("advance"), st.integers(1, 40)),
    st.tuples(st.just("freeze"), st.none()),
    st.tuples(st.just("run"), st.none()),
    st.tuples(st.just("fault"), st.integers(1, 3)),
    st.tuples(st.just("reset"), st.none()),
    st.tuples(st.just("load"), st.none()),
    st.tuples(st.just("forget"), st.none()),
)


def undo(mock: BubblehouseMock, index: int) -> tuple[int, Any]:
    known = mock.customers[0].ledger.changes
    bhid = known[index % len(known)].bhid
    return call(mock, "Unredeem1", {"customer": {"shopid": "1001"}, "change_bhid": bhid})


def achieve(mock: BubblehouseMock, bhid: str) -> tuple[int, Any]:
    return call(mock, "UseAchievementDiscount1", {"customer": {"shopid": "1001"}, "achievement_bhid": bhid})


def change_keys(mock: BubblehouseMock, *, revoked: bool) -> object:
    mock.control.set_key({"key_id": "fresh", "secret": SECRET})
    return mock.control.change_key("demo-key-1", {"revoked": revoked})


ACTIONS: dict[str, Callable[[BubblehouseMock, Any], object]] = {
    "redeem": lambda mock, given: redeem(mock, given[1], given[0]),
    "undo": undo,
    "achieve": achieve,
    "customer": lambda mock, _: mock.control.add_customer({"shopid": f"new-{len(mock.customers)}"}),
    "points": lambda mock, given: mock.control.add_change("1004", {"pts": given}),
    "settings": lambda mock, given: mock.control.configure(given),
    "key": lambda mock, given: change_keys(mock, revoked=given),
    "code": lambda mock, given: mock.control.set_code("DEMO-UNUSED", {"status": given}),
    "advance": lambda mock, given: mock.control.advance_clock({"to": f"+{given}d"}),
    "freeze": lambda mock, _: mock.control.freeze_clock(),
    "run": lambda mock, _: mock.control.run_clock(),
    "fault": lambda mock, given: mock.control.add_fault({"error": "invalid_request", "times": given}),
    "reset": lambda mock, _: mock.control.reset(),
    "load": lambda mock, _: mock.control.load(mock.control.state()),
    "forget": lambda mock, _: mock.control.clear_journal(),
}


def take(mock: BubblehouseMock, step: Step) -> object:
    """Take a step, and return what came of it."""
    name, given = step
    try:
        return ACTIONS[name](mock, given)
    except (FixtureError, LedgerError) as error:
        return str(error)


@given(steps=st.lists(STEPS, max_size=25), reopened=st.integers(0, 25))
@settings(max_examples=60)
def test_a_file_remembers_just_what_memory_does(
    tmp_path_factory: pytest.TempPathFactory, steps: list[Step], reopened: int
) -> None:
    """One mock in memory, one in a file, one that shares it, and one that finds the file later: all the same."""
    path = tmp_path_factory.mktemp("db") / "shop.sqlite"
    memory = BubblehouseMock(clock=FrozenClock(NOON), strict=True)
    first, second = (BubblehouseMock(db=path, clock=FrozenClock(NOON), strict=True) for _ in range(2))
    for index, step in enumerate(steps):
        if index == reopened:
            first.close()
            first = BubblehouseMock(db=path, clock=FrozenClock(NOON), strict=True)
        assert take([first, second][index % 2], step) == take(memory, step), step
    for mock in (first, second):
        assert everything(mock) == everything(memory)
    later = BubblehouseMock(db=path, clock=FrozenClock(NOON), strict=True)
    assert everything(later) == everything(memory)
    for mock in (first, second, later):
        mock.close()


def test_the_most_points_at_the_highest_point_value_are_read_again(open_mock: Open) -> None:
    mock, most = open_mock(), 2**63 - 1
    mock.configure(point_value="9" * 12, redemption_limit=None)
    mock.control.add_customer({"shopid": "2001"})
    mock.control.add_change("2001", {"pts": most})
    assert redeem(mock, most, "2001")[0] == 200
    assert everything(open_mock()) == everything(mock)


def test_another_mock_sees_at_once_what_changed(open_mock: Open) -> None:
    one, other = open_mock(), open_mock()
    status, redemption = redeem(one)
    assert status == 200
    undo = {"customer": {"shopid": "1001"}, "change_bhid": redemption["change_bhid"]}
    assert call(other, "Unredeem1", undo)[0] == 200
    assert call(one, "Unredeem1", undo)[1]["id"] == "change_already_reverted"
    one.control.add_fault({"error": "insufficient_points"})
    assert redeem(other)[1]["id"] == "insufficient_points"
    assert redeem(one)[0] == 200
    other.control.advance_clock({"to": "+1d"})
    assert one.control.clock().now == datetime(2026, 5, 21, 12, tzinfo=UTC)
    assert [it.operation for it in one.control.journal()] == [it.operation for it in other.control.journal()]


def test_calls_are_counted_together(open_mock: Open) -> None:
    one, other = open_mock(), open_mock()
    limits: Any = {"write": {"per_second": {"shop": 3}}}
    one.control.configure({"rate_limits_enabled": True, "rate_limit_delay": 0, "rate_limits": limits})
    assert [redeem(mock, customer=it)[0] for mock, it in ((one, "1001"), (other, "1001"), (one, "1004"))] == [200] * 3
    for mock in (one, other, open_mock()):
        assert redeem(mock, customer="1004")[1]["id"] == "rate_limit_exceeded"


def test_ids_never_meet(open_mock: Open) -> None:
    mocks = [open_mock() for _ in range(3)]
    seen = [redeem(mocks[number % 3])[1]["change_bhid"] for number in range(18)]
    assert len(set(seen)) == 18


def test_a_failed_write_changes_nothing_in_memory_or_file(open_mock: Open, path: Path) -> None:
    mock, other = open_mock(), open_mock()
    before = mock.control.state()
    with closing(sqlite3.connect(path)) as meddler:
        meddler.execute(
            "CREATE TRIGGER full BEFORE INSERT ON record BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
        )
        meddler.commit()
        with pytest.raises(sqlite3.Error, match="the disk is full"):
            redeem(mock)
        meddler.execute("DROP TRIGGER full")
        meddler.commit()
    assert mock.control.state() == other.control.state() == before
    assert redeem(mock)[0] == 200
    assert mock.control.state() == other.control.state() != before


def test_reset_leads_back_to_what_the_file_began_from(open_mock: Open) -> None:
    fixture = {"shop": "mine", "keys": [{"key_id": "k", "secret": SECRET}], "customers": [{"shopid": "1"}]}
    first = open_mock(fixture=fixture)
    before = first.control.state()
    first.control.add_customer({"shopid": "2"})
    later = open_mock()
    assert [it.shopid for it in later.customers] == ["1", "2"]
    later.reset()
    assert later.control.state() == first.control.state() == before
    assert open_mock(fixture=fixture).shop == "mine"


@contextmanager
def refused(path: Path, match: str, error: type[Exception] = DatabaseError) -> Iterator[None]:
    """Expect an error. Nobody holds the file any more, even while the error is looked at."""
    before = held(path)
    with pytest.raises(error, match=match) as caught:
        yield
    assert (caught.value.__traceback__ is not None, held(path)) == (True, before)


def held(path: Path) -> int:
    """Return how often this process has a file open; 0 where that can't be told."""
    return sum(os.path.realpath(it) == str(path.resolve()) for it in Path("/proc/self/fd").glob("*"))


def test_a_bad_fixture_leaves_no_file_behind_that_would_be_one(open_mock: Open, path: Path) -> None:
    with refused(path, "'keys' is missing", FixtureError):
        open_mock(fixture={"shop": "s"})
    assert open_mock().shop == "demo-shop"


class TestFilesThatAreRefused:
    def test_no_place_for_one(self, tmp_path: Path) -> None:
        with pytest.raises(DatabaseError, match=r"none/shop.sqlite can't be used: unable to open .*--db"):
            BubblehouseMock(db=tmp_path / "none" / "shop.sqlite")

    def test_no_database(self, path: Path) -> None:
        path.write_text("shop: mine\n" * 1000, encoding="utf-8")
        with refused(path, "file is not a database"):
            BubblehouseMock(db=path)
        assert path.read_text(encoding="utf-8").startswith("shop: mine")

    def test_somebody_elses(self, path: Path) -> None:
        with closing(sqlite3.connect(path)) as theirs:
            theirs.execute("CREATE TABLE recipes (name TEXT)")
            theirs.commit()
        before = path.read_bytes()
        with refused(path, "something else"):
            BubblehouseMock(db=path)
        assert path.read_bytes() == before

    def test_of_another_version(self, open_mock: Open, path: Path) -> None:
        open_mock().close()
        with closing(sqlite3.connect(path)) as ours:
            ours.execute("PRAGMA user_version = 99")
        with refused(path, "version 99"):
            BubblehouseMock(db=path)

    def test_that_began_otherwise(self, open_mock: Open, path: Path) -> None:
        open_mock().close()  # while one has it, SQLite keeps the file open for another's locks
        with refused(path, "began from another fixture; leave --fixture out"):
            open_mock(fixture={"shop": "mine", "keys": [{"key_id": "k", "secret": SECRET}]})
