"""Rate limits: who is counted, for how long, who is delayed, and when to come back."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bubblehouse_mock.clock import FrozenClock
from bubblehouse_mock.messages import Request, Response
from bubblehouse_mock.mock import BubblehouseMock
from bubblehouse_mock.state import FixtureError
from bubblehouse_mock.state.calls import Booking, CallCounter, Exhausted, Quota

Tool = Callable[..., Any]


@pytest.fixture
def read(call: Tool) -> Tool:
    """Read a balance with a customer token or a shop token; status and message."""

    def read(shopid: str = "1001", *, by_shop: bool = False) -> tuple[int, str]:
        body, sub = ({"customer": {"shopid": shopid}}, "demo-shop") if by_shop else ({}, f"demo-shop/{shopid}")
        answer = call("CustomerBalance3", body, sub=sub)
        return answer.status, answer.body.get("message", "")

    return read


def test_off_in_the_demo(read: Tool) -> None:
    assert {read()[0] for _ in range(500)} == {200}


@pytest.fixture
def _on(mock: BubblehouseMock) -> None:
    mock.configure(rate_limits_enabled=True, rate_limit_delay=0)


@pytest.mark.usefixtures("_on")
class TestOn:
    @pytest.mark.parametrize("by_shop", [False, True])
    def test_per_second_and_customer(self, read: Tool, clock: FrozenClock, *, by_shop: bool) -> None:
        over = (429, "You are over the read limit per second for this customer")
        assert [read(by_shop=by_shop)[0] for _ in range(2)] == [200, 200]
        assert read(by_shop=by_shop) == over
        assert read("1002", by_shop=by_shop)[0] == 200
        clock.advance(seconds=1)
        assert read(by_shop=by_shop)[0] == 200

    def test_a_customer_is_one_and_the_same_by_any_token(self, read: Tool) -> None:
        assert [read(by_shop=True)[0], read()[0], read(by_shop=True)[0], read()[0]] == [200, 200, 429, 429]

    def test_reads_and_writes_are_counted_apart(self, call: Tool, read: Tool) -> None:
        assert [read()[0] for _ in range(3)] == [200, 200, 429]
        spend = [call("RedeemPoints1", {"pts": 100}, sub="demo-shop/1001") for _ in range(3)]
        assert [it.status for it in spend] == [200, 200, 429]
        assert spend[2].body["message"] == "You are over the write limit per second for this customer"

    def test_refused_calls_dont_count(self, read: Tool, clock: FrozenClock, mock: BubblehouseMock) -> None:
        mock.configure(rate_limits={"read": {"per_day": {"customer": 3}}})
        assert [read()[0] for _ in range(10)].count(200) == 2
        clock.advance(seconds=1)
        assert [read()[0] for _ in range(2)] == [200, 429]

    def test_per_day_and_customer(self, call: Tool, mock: BubblehouseMock, clock: FrozenClock) -> None:
        mock.configure(rate_limits={"read": {"per_second": {"customer": 9}, "per_day": {"customer": 3}}})
        answers = [call("CustomerBalance3", sub="demo-shop/1001") for _ in range(4)]
        assert [it.status for it in answers] == [200, 200, 200, 429]
        assert answers[3].body["message"] == "You are over the read limit per day for this customer"
        assert answers[3].headers["retry-after"] == str(12 * 3600)
        clock.advance(seconds=12 * 3600 - 1)
        assert call("CustomerBalance3", sub="demo-shop/1001").headers["retry-after"] == "1"
        clock.advance(seconds=1)
        assert call("CustomerBalance3", sub="demo-shop/1001").status == 200

    def test_per_shop(self, read: Tool, mock: BubblehouseMock) -> None:
        mock.configure(rate_limits={"read": {"per_second": {"shop": 3}}})
        assert [read(shopid)[0] for shopid in ("1001", "1002", "1003")] == [200, 200, 200]
        assert read("1004") == (429, "You are over the read limit per second for this shop")

    def test_retry_after_is_true(self, call: Tool, clock: FrozenClock) -> None:
        clock.advance(seconds=0.25)
        answers = [call("CustomerBalance3", sub="demo-shop/1001") for _ in range(3)]
        wait = answers[2].headers["retry-after"]
        assert wait == "1"
        clock.advance(seconds=int(wait))
        assert call("CustomerBalance3", sub="demo-shop/1001").status == 200

    def test_a_refused_write_changes_nothing(self, call: Tool, balance: Tool) -> None:
        answers = [call("RedeemPoints1", {"pts": 100}, sub="demo-shop/1001") for _ in range(5)]
        assert [it.status for it in answers].count(200) == 2
        assert balance()["pts_available"] == 10_300

    def test_what_is_refused_for_another_reason_counts(self, call: Tool, read: Tool, mock: BubblehouseMock) -> None:
        mock.configure(rate_limits={"read": {"per_second": {"shop": 2}}})
        assert call("CustomerBalance3", raw=b"{").error == (400, "invalid_request")
        assert call("CustomerBalance3", {"customer": {"shopid": "9"}}).status == 404
        assert read("1002") == (429, "You are over the read limit per second for this shop")

    def test_a_call_that_its_customer_has_too_many_of_does_not_count_for_the_shop(
        self, read: Tool, mock: BubblehouseMock, clock: FrozenClock
    ) -> None:
        mock.configure(rate_limits={"read": {"per_day": {"shop": 3}}})
        assert [read(by_shop=True)[0] for _ in range(3)] == [200, 200, 429]
        clock.advance(seconds=1)
        assert read(by_shop=True)[0] == 200  # whoever waits as told gets through


@pytest.fixture
def send(mock: BubblehouseMock, mint: Tool) -> Callable[..., Response]:
    """Call with a customer token, and return the whole answer."""

    def send(function: str = "CustomerBalance3", body: bytes = b"{}") -> Response:
        token = mint("demo-shop/1001")
        headers = (("authorization", f"Bearer {token}"), ("content-type", "application/json"))
        return mock.handle(
            Request(method="POST", path=f"/api/v2023061/demo-shop/{function}".encode(), headers=headers, body=body)
        )

    return send


class TestDelayed:
    """As documented: what comes too fast is late by up to five seconds, and refused beyond that."""

    @pytest.fixture(autouse=True)
    def _on(self, mock: BubblehouseMock) -> None:
        mock.configure(rate_limits_enabled=True)

    def test_up_to_five_seconds(self, send: Callable[..., Response]) -> None:
        answers = [send() for _ in range(13)]
        assert [it.delay for it in answers] == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 0]
        assert [it.status for it in answers] == [200] * 12 + [429]
        assert dict(answers[12].headers)["retry-after"] == "6"

    def test_until_the_next_window_begins(self, send: Callable[..., Response], clock: FrozenClock) -> None:
        clock.advance(seconds=0.75)
        assert [send().delay for _ in range(3)] == [0, 0, 0.25]
        clock.advance(seconds=0.25)
        assert [send().delay for _ in range(2)] == [0, 1]  # one place is taken by what waited for it

    @pytest.mark.parametrize("bound", [0, 1, 5])
    def test_as_long_as_the_shop_has_it(self, send: Callable[..., Response], mock: BubblehouseMock, bound: int) -> None:
        mock.configure(rate_limit_delay=bound)
        assert max(send().delay for _ in range(20)) == bound

    def test_the_ledger_has_it_at_once(
        self, send: Callable[..., Response], mock: BubblehouseMock, clock: FrozenClock
    ) -> None:
        answers = [send("RedeemPoints1", b'{"pts": 100}') for _ in range(4)]
        assert [it.delay for it in answers] == [0, 0, 1, 1]
        assert [it.at for it in mock.customers[0].ledger.changes[-4:]] == [clock()] * 4

    def test_a_refusal_is_as_late(self, send: Callable[..., Response]) -> None:
        answers = [send("RedeemPoints1", b'{"pts": 1}') for _ in range(3)]
        assert [(it.status, it.delay) for it in answers] == [(422, 0), (422, 0), (422, 1)]
        assert send("RedeemPoints1", b"{").delay == 1

    def test_what_is_forced_comes_on_top(self, send: Callable[..., Response], mock: BubblehouseMock) -> None:
        mock.delay_next(0.5, times=3)
        assert [send().delay for _ in range(4)] == [0.5, 0.5, 1.5, 1]

    def test_over_midnight(self, send: Callable[..., Response], mock: BubblehouseMock, clock: FrozenClock) -> None:
        mock.configure(rate_limits={"read": {"per_day": {"customer": 1}}})
        clock.advance(hours=11, seconds=59 * 60 + 54)
        assert [send().status for _ in range(2)] == [200, 429]
        clock.advance(seconds=1)
        assert send().delay == 5
        assert send().status == 429  # and that was tomorrow's

    @pytest.mark.parametrize("delay", [-1, 6, 2.5])
    def test_longer_than_documented(self, mock: BubblehouseMock, delay: float) -> None:
        with pytest.raises(FixtureError, match="rate_limit_delay"):
            mock.configure(rate_limit_delay=delay)


# --- the counter beside a naive one -------------------------------------------------------------------------------

NEARLY_MIDNIGHT = datetime.fromisoformat("2026-05-20T23:59:50Z")
LENGTHS = {"second": 1_000_000, "day": 86_400_000_000}
PEOPLE = ("1001", "1002")
CALLS = st.tuples(
    st.sampled_from([0, 0, 1, 250_000, 1_000_000]) | st.integers(0, 9_000_000),  # microseconds after the one before
    st.sampled_from(PEOPLE),
)


class Naive:
    """Remembers when each call was let through, and tries one moment after the other."""

    def __init__(self) -> None:
        self.passed: list[tuple[int, Quota]] = []

    def fits(self, quotas: list[Quota], at: int) -> bool:
        counted = Counter((it, when // LENGTHS[it.period]) for when, it in self.passed)
        return all(counted[it, at // LENGTHS[it.period]] < it.calls for it in quotas)

    def earliest(self, quotas: list[Quota], came: int) -> int:
        second = came // 1_000_000
        moments = [came, *((second + 1 + it) * 1_000_000 for it in range(100)), 2 * LENGTHS["day"] + came]
        moments += [(came // LENGTHS["day"] + 1) * LENGTHS["day"] + it * 1_000_000 for it in range(100)]
        return min(it for it in moments if self.fits(quotas, it))


@given(
    limits=st.fixed_dictionaries(
        {(scope, period): st.integers(1, 9) for scope in ("shop", "customer") for period in LENGTHS}
    ),
    bound=st.integers(0, 5),
    calls=st.lists(CALLS, max_size=40),
    retried=st.booleans(),
)
def test_the_counter_is_a_naive_one(
    limits: dict[tuple[str, str], int], bound: int, calls: list[tuple[int, str]], *, retried: bool
) -> None:
    counter, naive, now = CallCounter(), Naive(), NEARLY_MIDNIGHT
    for gap, person in calls:
        now += timedelta(microseconds=gap)
        subjects = {"shop": "s", "customer": person}
        quotas = [Quota(scope, subjects[scope], "read", period, it) for (scope, period), it in limits.items()]
        came = int(now.timestamp()) * 1_000_000 + now.microsecond
        earliest = naive.earliest(quotas, came)
        found = counter.admit(quotas, now, bound)
        if isinstance(found, Exhausted):
            assert earliest - came > bound * 1_000_000
            assert found.retry_after == -(-(earliest - came) // 1_000_000)
            if not retried:
                continue
            now += timedelta(seconds=found.retry_after)
            found = counter.admit(quotas, now, 0)  # alone, whoever waits as told gets through
        else:
            assert found.at == earliest
        assert isinstance(found, Booking)
        assert 0 <= found.delay <= bound
        counter.book(found)
        naive.passed += [(found.at, it) for it in quotas]


def test_what_is_past_is_forgotten() -> None:
    counter, now = CallCounter(), NEARLY_MIDNIGHT
    for day in range(3):
        for person in range(1000):
            quotas = [Quota("customer", f"{person}", "read", period, 2) for period in LENGTHS]
            found = counter.admit(quotas, now + timedelta(days=day, milliseconds=person), 5)
            assert isinstance(found, Booking)
            counter.book(found)
    kept = sum(map(len, counter._windows.values()))  # noqa: SLF001 - memory is what is tested
    assert kept <= 2 * 1000
