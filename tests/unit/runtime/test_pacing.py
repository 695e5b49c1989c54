"""When attempts go out: after what a 429 asked for, whoever was told, and in their places where limits are kept."""

import asyncio
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.runtime.sockets import PLAIN, receive
from tests.unit.runtime.virtual_time import VirtualTime

from bubblehouse import errors
from bubblehouse.api import RateLimit
from bubblehouse.flow import Timing
from bubblehouse.pacing import Pacing, customer_of
from bubblehouse.rate_limits import RateLimiter
from bubblehouse.transport import Response
from bubblehouse_loyalty import AsyncLoyaltyClient, CustomerIdentity1, LoyaltyClient
from bubblehouse_mock.mock import BubblehouseMock

if TYPE_CHECKING:
    from tests.unit.runtime.conftest import Bench
    from tests.unit.runtime.sockets import Serve

OK = Response(200, (), b'{"code": "x", "pts": 1}')
NOON = 1_800_014_400.0


def busy(seconds: str | None = "5") -> Response:
    return Response(429, () if seconds is None else (("Retry-After", seconds),), b'{"id": "rate_limit_exceeded"}')


# --- a 429 is for all ---------------------------------------------------------------------------------------------


def refused(bench: "Bench", client: Any, operation: Any) -> errors.RateLimitError:
    with pytest.raises(errors.RateLimitError) as caught:
        bench.call(client, operation, max_retries=0)
    return caught.value


def test_a_429_holds_back_the_next_call_until_the_moment_it_told(bench: "Bench", operations: dict[str, Any]) -> None:
    script = bench.script(busy("5"), OK)
    client = bench.client(script)
    refused(bench, client, operations["read"])
    bench.clock.now += 4.5
    bench.call(client.with_options(timeout=10))
    assert bench.clock.sleeps == [0.5]
    bench.call(client)
    assert bench.clock.sleeps == [0.5]


def test_a_call_that_cannot_wait_fails_at_once_as_the_one_that_was_told(
    bench: "Bench", operations: dict[str, Any]
) -> None:
    script = bench.script(busy("5"), OK)
    client = bench.client(script)
    first = refused(bench, client, operations["read"])
    bench.clock.now += 1
    for _ in range(2):
        with pytest.raises(type(first)) as caught:
            bench.call(client, operations["read"], timeout=3.0)
        error = caught.value
        assert error is not first
        assert (error.attempts, error.elapsed, error.retry_after) == (0, 0.0, 4.0)
        assert (error.status, error.id) == (429, "rate_limit_exceeded")
        assert "not sent" in error.__notes__[0]
        assert len(error.__notes__) == 1
    assert (first.attempts, first.retry_after) == (1, 5.0)
    assert len(script.requests) == 1
    assert bench.clock.sleeps == []


def test_a_write_that_is_held_back_is_certainly_not_applied(bench: "Bench", operations: dict[str, Any]) -> None:
    client = bench.client(bench.script(busy("5"), OK))
    refused(bench, client, operations["write"])
    with pytest.raises(errors.RateLimitError):
        bench.call(client, operations["write"], timeout=3.0)


def test_reads_writes_and_customers_are_held_back_apart(bench: "Bench", operations: dict[str, Any]) -> None:
    client = bench.client(bench.script(busy("5"), busy("7"), OK))
    refused(bench, client, operations["read"])
    customer = client.for_customer("1")
    refused(bench, customer, operations["read"])
    bench.call(client, operations["write"])
    bench.call(client.for_customer("2"), operations["read"])
    assert bench.clock.sleeps == []
    bench.call(client, operations["read"])
    assert bench.clock.sleeps == [5.0]
    bench.call(customer, operations["read"])
    assert bench.clock.sleeps == [5.0, 2.0]


def test_the_latest_moment_counts_and_no_header_says_nothing(bench: "Bench", operations: dict[str, Any]) -> None:
    told = bench.script(busy("20"), busy("1"), busy(None), OK)
    client = bench.client(told)
    # All three were on their way before the first was answered.
    for answer in told.steps[:3]:
        error = errors.RateLimitError(cast("Response", answer), retry_after=_seconds(answer))
        client._pacing.holdback.note("read", error, bench.clock.now)  # noqa: SLF001 - as the calls would
    del told.steps[:3]
    bench.call(client, operations["read"])
    assert bench.clock.sleeps == [20.0]


def _seconds(answer: Any) -> float | None:
    value = answer.header("Retry-After")
    return None if value is None else float(value)


def test_no_header_stops_a_client_for_longer_than_a_day(bench: "Bench", operations: dict[str, Any]) -> None:
    client = bench.client(bench.script(busy("9" * 400), OK))
    refused(bench, client, operations["read"])
    bench.clock.now += 86_400
    bench.call(client, operations["read"])
    assert bench.clock.sleeps == []


@pytest.mark.parametrize("is_async", [False, True])
def test_on_sockets_nothing_goes_out_before_the_time(
    serve: "Serve", operations: dict[str, Any], *, is_async: bool
) -> None:
    """However 32 threads or tasks meet it."""
    body = b'{"id": "rate_limit_exceeded"}'
    limited = b"HTTP/1.1 429 No\r\nRetry-After: 1\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    told: list[float] = []
    arrived: list[float] = []
    lock = threading.Lock()

    def handle(connection: socket.socket) -> None:
        while True:
            receive(connection)
            with lock:
                if first := not told:
                    told.append(time.monotonic())
                else:
                    arrived.append(time.monotonic())
            connection.sendall(limited if first else PLAIN)

    options = {
        "shop": "my-shop",
        "key_id": "k",
        "secret": operations["secret"],
        "base_url": serve(handle).url.partition("/v1")[0],
        "max_retries": 0,
    }

    def threads() -> None:
        with LoyaltyClient(**options) as client, ThreadPoolExecutor(32) as pool:
            with pytest.raises(errors.RateLimitError):
                client.call("CustomerBalance3")
            for done in [pool.submit(client.call, "CustomerBalance3") for _ in range(32)]:
                done.result()

    async def tasks() -> None:
        async with AsyncLoyaltyClient(**options) as client:
            with pytest.raises(errors.RateLimitError):
                await client.call("CustomerBalance3")
            await asyncio.gather(*(client.call("CustomerBalance3") for _ in range(32)))

    asyncio.run(tasks()) if is_async else threads()
    assert len(arrived) == 32
    assert min(arrived) >= told[0] + 1


# --- places -------------------------------------------------------------------------------------------------------

TWO_A_SECOND = RateLimit("read", "shop", "second", 2)


def test_limits_are_kept_where_they_are_asked_for(bench: "Bench", operations: dict[str, Any]) -> None:
    client = bench.client(bench.script(OK), rate_limits=[TWO_A_SECOND])
    for _ in range(3):
        bench.call(client, operations["read"])
    assert bench.clock.sleeps == pytest.approx([1.05])
    unlimited = bench.client(bench.script(OK))
    for _ in range(30):
        bench.call(unlimited, operations["read"])
    assert len(bench.clock.sleeps) == 1


@pytest.mark.parametrize(
    ("variable", "given", "sleeps"),
    [("true", None, [1.05]), ("false", None, []), ("", [TWO_A_SECOND], [1.05]), ("true", False, [])],
)
def test_the_environment_can_ask_for_them(
    bench: "Bench", operations: dict[str, Any], variable: str, given: Any, sleeps: list[float]
) -> None:
    kind: Any = type(bench.client())
    api = kind._api._replace(rate_limits=(TWO_A_SECOND,))  # noqa: SLF001 - as generated code would
    limited: Any = type("Limited", (kind,), {"_api": api})
    environ = {"EXAMPLE_SHOP": "my-shop", "EXAMPLE_TOKEN": "a.b.c", "EXAMPLE_RATE_LIMITS": variable}
    client = limited.from_env(transport=bench.script(OK), timing=bench.clock.timing, rate_limits=given, environ=environ)
    for _ in range(3):
        bench.call(client, operations["read"])
    assert bench.clock.sleeps == pytest.approx(sleeps)


def test_each_attempt_takes_a_place(bench: "Bench", operations: dict[str, Any]) -> None:
    client = bench.client(bench.script(Response(500, (), b""), Response(500, (), b""), OK), rate_limits=[TWO_A_SECOND])
    bench.clock.jitter = 0
    bench.call(client, operations["read"])
    assert bench.clock.sleeps == pytest.approx([0, 0, 1.05])


def test_derived_clients_share_the_shops_places_and_have_their_own_customers(
    bench: "Bench", operations: dict[str, Any]
) -> None:
    client = bench.client(bench.script(OK), rate_limits=[TWO_A_SECOND, RateLimit("read", "customer", "second", 1)])
    bench.call(client.for_customer("1"), operations["read"])
    bench.call(client.for_customer("2").with_options(timeout=20), operations["read"])
    assert bench.clock.sleeps == []
    bench.call(client.for_customer("3"), operations["read"])
    assert bench.clock.sleeps == pytest.approx([1.05])
    bench.call(client.for_customer("3"), operations["read"])
    assert bench.clock.sleeps == pytest.approx([1.05, 1.05])


def test_no_room_in_time_is_an_error_at_once(bench: "Bench", operations: dict[str, Any]) -> None:
    script = bench.script(OK)
    client = bench.client(script, rate_limits=[RateLimit("write", "shop", "day", 1)])
    bench.call(client, operations["write"])
    with pytest.raises(errors.ClientRateLimitError, match="1 writes per day and shop") as caught:
        bench.call(client, operations["write"])
    error = caught.value
    assert (error.operation, error.attempts, error.elapsed) == ("SpendPoints1", 0, 0.0)
    assert error.retry_after == pytest.approx(86_400 - bench.clock.now % 86_400, abs=0.1)
    assert len(script.requests) == 1
    bench.call(client, operations["read"])


def test_who_stops_waiting_gives_the_place_back(bench: "Bench", operations: dict[str, Any]) -> None:
    def sleep(seconds: float) -> None:
        bench.clock.sleep(seconds)
        if len(bench.clock.sleeps) == 1:
            raise KeyboardInterrupt

    limits = [RateLimit("read", "shop", "second", 1), RateLimit("read", "shop", "day", 2)]
    timing = bench.clock.timing._replace(sleep=sleep)
    client = bench.client(bench.script(OK), rate_limits=limits, timing=timing)
    bench.call(client, operations["read"])
    with pytest.raises(KeyboardInterrupt):
        bench.call(client, operations["read"])
    bench.call(client, operations["read"])  # the second and last of this day


def test_a_429_that_comes_while_a_call_waits_for_its_place_counts_for_it_too() -> None:
    now = 100.0
    limits = [RateLimit("read", "shop", "second", 1), RateLimit("read", "shop", "day", 2)]
    pacing = Pacing(RateLimiter(limits))
    timing = Timing(monotonic=lambda: now, time=lambda: NOON + now)
    assert list(pacing.waits("read", b"{}", timing, lambda: 30.0)) == []
    waits = pacing.waits("read", b"{}", timing, lambda: 30.0)
    assert next(waits) == pytest.approx(1.05)
    pacing.holdback.note("read", errors.RateLimitError(busy(), retry_after=5.0), now)
    now += 1.05
    assert next(waits) == pytest.approx(3.95)
    now += 3.95
    assert list(waits) == []  # its first place was given back, or the day would be used up


@pytest.mark.parametrize(
    ("content", "customer"),
    [
        (b"{}", None),
        (b'{"customer": {}}', None),
        (b'{"customer": {"bhid": "", "shopid": "1", "email": "a@b"}}', "1"),
        (b'{"customer": {"email": "a@b"}}', "a@b"),
        (b'{"customer": {"shopid": 5}}', None),
        (b'{"customer": "1"}', None),
        (b'{"customer": null}', None),
    ],
)
def test_a_call_counts_for_the_customer_it_names(content: bytes, customer: str | None) -> None:
    assert customer_of(content) == customer


# --- the mock judges ----------------------------------------------------------------------------------------------


def judge(time_: VirtualTime) -> tuple[BubblehouseMock, dict[str, Any]]:
    """A mock that counts by that time, and what a client for it is set up with."""
    mock = BubblehouseMock(clock=lambda: datetime.fromtimestamp(time_.now, UTC), strict=True)
    limits: Any = {"read": {"per_second": {"shop": 4}}}
    mock.configure(rate_limits_enabled=True, rate_limit_delay=0, rate_limits=limits)
    key = mock.keys[0]
    return mock, {
        "shop": mock.shop,
        "key_id": key.key_id,
        "secret": key.secret,
        "base_url": mock.base_url,
        "timing": time_.timing,
        "timeout": 1000,
        "max_retries": 0,
        "rate_limits": [RateLimit("read", "shop", "second", 4)],
    }


CALLS = st.tuples(
    st.sampled_from([0.0, 0.0, 0.3, 1.0]) | st.floats(0, 2),  # seconds after the one before
    st.sampled_from(["1001", "1002"]),
    st.booleans(),  # whether by a token of the shop
    st.sampled_from(["CustomerBalance3", "Unredeem1"]),
)
WORK = st.lists(st.lists(CALLS, min_size=1, max_size=8), min_size=1, max_size=5)


@settings(max_examples=30)
@given(begin=st.floats(0, 1), work=WORK)
def test_threads_never_meet_a_429(begin: float, work: list[list[tuple[float, str, bool, str]]]) -> None:
    time_ = VirtualTime(NOON + begin, len(work))
    mock, options = judge(time_)

    client = LoyaltyClient(transport=mock.transport(), **options)

    def run(calls: list[tuple[float, str, bool, str]]) -> None:
        with time_.taking_part():
            for gap, shopid, by_shop, function in calls:
                time_.sleep(gap)
                caller, arguments = _ways(client, shopid, by_shop=by_shop)
                try:
                    caller.call(function, arguments | ({"change_bhid": "x"} if function == "Unredeem1" else {}))
                except errors.NotFoundError:
                    pass
                except errors.UnprocessableEntityError:
                    pass

    with ThreadPoolExecutor(len(work)) as pool:
        for done in [pool.submit(run, calls) for calls in work]:
            done.result()


def _ways(client: Any, shopid: str, *, by_shop: bool) -> tuple[Any, dict[str, Any]]:
    return (client, {"customer": {"shopid": shopid}}) if by_shop else (client.for_customer(shopid), {})


@settings(max_examples=30)
@given(begin=st.floats(0, 1), work=WORK)
def test_tasks_never_meet_a_429(begin: float, work: list[list[tuple[float, str, bool, str]]]) -> None:
    time_ = VirtualTime(NOON + begin, len(work))
    mock, options = judge(time_)

    client = AsyncLoyaltyClient(transport=mock.async_transport(), **{**options, "timing": time_.async_timing})

    async def run(calls: list[tuple[float, str, bool, str]]) -> None:
        with time_.taking_part():
            for gap, shopid, by_shop, _ in calls:
                await time_.asleep(gap)
                caller, arguments = _ways(client, shopid, by_shop=by_shop)
                await caller.call("CustomerBalance3", arguments)

    async def main() -> None:
        await asyncio.gather(*map(run, work))

    asyncio.run(main())


def test_the_documented_limits_are_those_of_the_contract() -> None:
    time_ = VirtualTime(NOON, 1)
    mock, options = judge(time_)

    client = LoyaltyClient(transport=mock.transport(), **{**options, "rate_limits": True})
    for _ in range(1000):
        client.customer_balance_3(customer=CustomerIdentity1(shopid="1001"))
    assert time_.now - NOON == pytest.approx(499 * 1.05)
    with pytest.raises(errors.ClientRateLimitError, match="1,000 reads per day and customer"):
        client.for_customer("1001").customer_balance_3()
    client.for_customer("1002").customer_balance_3()
