"""The limiter alone, on a clock that tests move: what it lets through, when, and whom it remembers."""

import tracemalloc
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bubblehouse.api import RateLimit
from bubblehouse.errors import ClientRateLimitError, ConfigurationError
from bubblehouse.operation import Kind
from bubblehouse.rate_limits import RateLimiter, chosen
from bubblehouse_mock.state.calls import CallCounter, Exhausted, Quota

NOON = 1_800_014_400.0
MIDNIGHT = 1_800_057_600.0
DOCUMENTED = (
    RateLimit("read", "customer", "second", 2),
    RateLimit("read", "shop", "second", 5),
    RateLimit("read", "customer", "day", 9),
    RateLimit("read", "shop", "day", 40),
    RateLimit("write", "customer", "second", 1),
    RateLimit("write", "shop", "day", 6),
)


def moments(
    limiter: RateLimiter,
    calls: int,
    *,
    now: float = 0.0,
    wall: float = NOON,
    customer: str | None = "a",
    kind: Kind = "read",
) -> list[float]:
    """When so many calls go out that come all at once."""
    return [limiter.reserve(kind, customer, now=now, wall=wall, patience=10**6).moment for _ in range(calls)]


def about(*values: float) -> Any:
    return pytest.approx(list(values), abs=0.2)


# --- what it lets through -----------------------------------------------------------------------------------------


class Referee:
    """The mock's own counting, whose seconds begin where they like."""

    def __init__(self, phase: float) -> None:
        self._counter = CallCounter()
        self._phase = phase

    def refuses(self, kind: Kind, customer: str | None, wall: float) -> object:
        subjects = {"shop": "s"} | ({} if customer is None else {"customer": customer})
        quotas = [
            Quota(it.scope, subjects[it.scope], it.kind, it.period, it.calls)
            for it in DOCUMENTED
            if it.kind == kind and it.scope in subjects
        ]
        moment = datetime.fromtimestamp(wall, UTC) + timedelta(seconds=self._phase)
        found = self._counter.admit(quotas, moment, 0)
        if isinstance(found, Exhausted):
            return found
        self._counter.book(found)
        return None


@given(
    server=st.tuples(st.just(NOON), st.floats(0, 1)) | st.tuples(st.just(MIDNIGHT - 2), st.floats(-0.02, 0.02)),
    calls=st.lists(
        st.tuples(
            st.sampled_from([0.0, 0.0, 0.1, 0.5, 0.99, 1.0, 3.0]) | st.floats(0, 2),
            st.sampled_from(["read", "read", "write"]),
            st.sampled_from(["a", "a", "b", "c", None]),
            st.booleans(),
        ),
        max_size=60,
    ),
)
def test_the_servers_own_count_never_refuses_what_it_lets_through(
    server: tuple[float, float], calls: list[tuple[float, Kind, str | None, bool]]
) -> None:
    begin, phase = server
    limiter = RateLimiter(DOCUMENTED)
    sent: list[tuple[float, Kind, str | None]] = []
    now = 100.0
    for gap, kind, customer, kept in calls:
        now += gap
        wall = begin + now - 100
        try:
            booking = limiter.reserve(kind, customer, now=now, wall=wall, patience=86_400)
        except ClientRateLimitError:
            continue
        assert booking.moment >= now
        if kept:
            sent.append((booking.moment, kind, customer))
        else:
            limiter.release(booking)
    referee = Referee(phase)
    for moment, kind, customer in sorted(sent, key=lambda it: it[0]):
        assert referee.refuses(kind, customer, begin + moment - 100) is None


@given(
    calls=st.integers(1, 4),
    booked=st.lists(st.integers(0, 60).map(lambda tenths: tenths / 10), max_size=12),
    wanted=st.integers(0, 60).map(lambda tenths: tenths / 10),
)
def test_no_call_waits_longer_than_it_must(calls: int, booked: list[float], wanted: float) -> None:
    limit = RateLimit("read", "shop", "second", calls)
    limiter = RateLimiter([limit])
    taken = [limiter.reserve("read", None, now=moment, wall=NOON, patience=10**6).moment for moment in sorted(booked)]

    def fits(moment: float) -> bool:
        every = sorted([*taken, moment])
        return all(last - first >= 1.05 - 1e-9 for first, last in zip(every, every[calls:], strict=False))

    now = max([wanted, *booked])
    candidates = [now, *(moment + 1.05 for moment in taken if moment + 1.05 > now)]
    first = min(moment for moment in candidates if fits(moment))
    assert limiter.reserve("read", None, now=now, wall=NOON, patience=10**6).moment == pytest.approx(first)


def test_a_burst_goes_at_once_and_the_rest_a_second_apart() -> None:
    assert moments(RateLimiter(DOCUMENTED), 5) == about(0, 0, 1, 1, 2)


def test_a_hot_customer_holds_nobody_else_up() -> None:
    limiter = RateLimiter(DOCUMENTED)
    assert max(moments(limiter, 9)) == pytest.approx(4, abs=0.3)
    assert moments(limiter, 2, customer="b") == about(0, 0)
    assert moments(limiter, 1, customer="c") == about(0)  # the fifth in this second
    assert moments(limiter, 1, customer="d") == about(1)


def test_reads_and_writes_are_counted_apart_and_so_are_customers_unless_nobody_knows_them() -> None:
    limiter = RateLimiter(DOCUMENTED)
    assert moments(limiter, 2) == about(0, 0)
    assert moments(limiter, 2, kind="write") == about(0, 1)
    assert moments(limiter, 3, customer=None) == about(0, 0, 0)  # for the shop alone, whose second is full now
    assert moments(limiter, 1, customer=None) == about(1)


# --- days ---------------------------------------------------------------------------------------------------------


def test_a_day_that_is_used_up_is_an_error_at_once_which_names_the_limit() -> None:
    limiter = RateLimiter(DOCUMENTED)
    moments(limiter, 9)
    with pytest.raises(
        ClientRateLimitError, match=r"9 reads per day and customer .* 43,\d\d\d\.. s; nothing was sent"
    ) as caught:
        limiter.reserve("read", "a", now=60, wall=NOON + 60, patience=30)
    assert caught.value.limit == RateLimit("read", "customer", "day", 9)
    assert caught.value.retry_after == pytest.approx(12 * 3600 - 60, abs=0.1)
    assert moments(limiter, 1, customer="b", now=60, wall=NOON + 60) == about(60)


def test_a_refused_call_takes_no_place() -> None:
    limiter = RateLimiter(DOCUMENTED)
    moments(limiter, 2)
    for _ in range(50):
        with pytest.raises(ClientRateLimitError, match="2 reads per second and customer"):
            limiter.reserve("read", "a", now=0.5, wall=NOON, patience=0.5)
    assert moments(limiter, 2, now=0.5) == about(1.05, 1.05)


def test_midnight_is_waited_for_where_there_is_time() -> None:
    limiter = RateLimiter(DOCUMENTED)
    moments(limiter, 9, now=0, wall=MIDNIGHT - 20)
    assert moments(limiter, 1, now=15, wall=MIDNIGHT - 5) == about(20)
    assert moments(limiter, 1, now=21, wall=MIDNIGHT + 1) == about(21)


def test_a_wall_clock_that_is_set_moves_the_day_and_not_the_seconds() -> None:
    limiter = RateLimiter(DOCUMENTED)
    moments(limiter, 9)
    assert moments(limiter, 2, now=10, wall=NOON + 86_400) == about(10, 10)
    assert moments(limiter, 1, now=10, wall=NOON - 86_400) == about(11)


def test_a_place_that_is_given_back_is_free() -> None:
    limiter = RateLimiter([RateLimit("read", "shop", "second", 1), RateLimit("read", "shop", "day", 2)])
    first = limiter.reserve("read", None, now=0, wall=NOON, patience=5)
    second = limiter.reserve("read", None, now=0, wall=NOON, patience=5)
    with pytest.raises(ClientRateLimitError):
        limiter.reserve("read", None, now=0, wall=NOON, patience=5)
    limiter.release(first)
    assert limiter.reserve("read", None, now=0, wall=NOON, patience=5).moment == second.moment - 1.05


# --- whom it remembers --------------------------------------------------------------------------------------------


def test_the_customer_of_longest_ago_is_forgotten() -> None:
    limiter = RateLimiter([RateLimit("read", "customer", "second", 1)], remembered=2)
    assert moments(limiter, 1, customer="a") == moments(limiter, 1, customer="b") == [0.0]
    assert moments(limiter, 1, customer="a") == about(1)
    assert moments(limiter, 1, customer="c") == [0.0]  # in place of b
    assert moments(limiter, 1, customer="a") == about(2)
    assert moments(limiter, 1, customer="b") == [0.0]


def test_memory_does_not_grow_with_customers() -> None:
    limiter = RateLimiter(DOCUMENTED[:1] + DOCUMENTED[2:3])

    def visit(first: int) -> None:
        for number in range(first, first + 15_000):
            limiter.reserve("read", f"customer-{number}", now=number, wall=NOON, patience=1)

    visit(0)
    tracemalloc.start()
    try:
        visit(15_000)
        grown, _ = tracemalloc.get_traced_memory()
        visit(30_000)
        again, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert again - grown < 200_000
    assert again < 20_000_000


# --- what is asked for --------------------------------------------------------------------------------------------


def test_what_is_given_takes_the_place_of_what_is_documented() -> None:
    assert chosen(DOCUMENTED, given=False) is None
    asked = chosen(DOCUMENTED, [RateLimit("read", "customer", "second", 4)])
    assert asked is not None
    assert moments(asked, 6) == about(0, 0, 0, 0, 1, 1)
    documented = chosen(DOCUMENTED, given=True)
    assert documented is not None
    assert moments(documented, 3) == about(0, 0, 1)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (5, "True, False or RateLimits, not int"),
        (None, "not NoneType"),
        ([("read", "customer", "second", 2)], "hold RateLimits, not tuple"),
        ([RateLimit("red", "customer", "second", 2)], "for one of read, write, not 'red'"),  # type: ignore[arg-type]
        ([RateLimit("read", "customer", "hour", 2)], "for one of second, day"),  # type: ignore[arg-type]
        ([RateLimit("read", "all", "day", 2)], "for one of customer, shop"),  # type: ignore[arg-type]
        ([RateLimit("read", "shop", "day", 0)], "at least 1 call"),
        ([RateLimit("read", "shop", "day", -1)], "must be 0 or more"),
        ([RateLimit("read", "shop", "day", cast("int", 2.5))], "must be an int, not float"),
    ],
)
def test_what_is_no_limit_is_refused(given: Any, problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem) as caught:
        chosen(DOCUMENTED, given)
    assert caught.value.argument == "rate_limits"
