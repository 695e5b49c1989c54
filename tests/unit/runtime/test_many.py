"""One call for many customers, in threads and in tasks: outcomes, their order, bounds, progress."""

import asyncio
import gc
import io
import threading
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.runtime.runs import OK, REFUSED, Runs, numbers, until, whose

from bubblehouse.progress import ProgressLine
from bubblehouse.transport import Response, TransportError

if TYPE_CHECKING:
    from tests.unit.runtime.conftest import Bench


# --- outcomes -----------------------------------------------------------------------------------------------------


def test_each_customer_is_called_for_once_and_outcomes_come_in_order(runs: Runs) -> None:
    server = runs.server()
    taken = runs.run(runs.client(server), iter(numbers(100)), runs.read)
    assert [it.index for it in taken] == list(range(100))
    assert [it.customer_id for it in taken] == [it.result.code for it in taken] == numbers(100)
    assert [it.error for it in taken] == [None] * 100
    assert server.reads == dict.fromkeys(numbers(100), 1)
    assert repr(taken[7]) == "Outcome(index=7, error=None)"


def test_a_429_holds_back_all_customers_of_a_run_and_nobody_else(runs: Runs) -> None:
    """The shop's limit is everybody's, and no answer tells whose limit it was."""
    busy = Response(429, (("Retry-After", "5"),), b'{"id": "rate_limit_exceeded"}')
    server = runs.server(_0=busy)
    client = runs.client(server, max_retries=0)
    taken = runs.run(client, ["0", "1", "2"], runs.read, concurrency=1)
    assert [type(it.error).__name__ for it in taken] == ["RateLimitExceededError", "NoneType", "NoneType"]
    assert runs.bench.clock.sleeps == [5.0]
    runs.bench.wait(runs.read(client.for_customer("3")))
    assert runs.bench.clock.sleeps == [5.0]


def test_an_outcome_has_the_result_or_the_error(runs: Runs) -> None:
    server = runs.server(_1=REFUSED, _3=TransportError("reset", sent=True))
    taken = runs.run(runs.client(server, max_retries=0), [*numbers(5), "a/b", ""], runs.spend)
    kinds = [type(it.error) for it in taken]
    assert [it.__name__ for it in kinds] == [
        "NoneType",
        "InsufficientPointsError",
        "NoneType",
        "OutcomeUnknownError",
        "NoneType",
        "ConfigurationError",
        "ConfigurationError",
    ]
    assert taken[0].result.code == "0"
    for outcome in (taken[1], taken[3], taken[5]):
        with pytest.raises(type(outcome.error)) as caught:
            _ = outcome.result
        assert caught.value is outcome.error


def test_calls_see_the_context_of_whoever_takes_the_outcomes(runs: Runs) -> None:
    """So that what they trace belongs to it."""
    variable: ContextVar[str] = ContextVar("variable")
    variable.set("the taker's")
    seen: list[str] = []

    def call(client: Any) -> Any:
        seen.append(variable.get("nobody's"))
        return runs.read(client)

    runs.run(runs.client(runs.server()), numbers(3), call)
    assert seen == ["the taker's"] * 3


def test_nobody_at_all(runs: Runs) -> None:
    assert runs.run(runs.client(runs.server()), [], runs.read) == []


def test_an_async_input(async_bench: "Bench", operations: dict[str, Any]) -> None:
    runs = Runs(async_bench, operations)

    async def ids() -> AsyncIterator[str]:
        for number in numbers(40):
            await asyncio.sleep(0)
            yield number

    assert [it.result.code for it in runs.run(runs.client(runs.server()), ids(), runs.read)] == numbers(40)


# --- bounds -------------------------------------------------------------------------------------------------------


def test_so_many_are_in_flight_and_no_more(runs: Runs) -> None:
    lock, most, now = threading.Lock(), 0, 0
    full = threading.Event()

    def enter() -> None:
        nonlocal most, now
        with lock:
            now += 1
            most = max(most, now)
            if now == 5:
                full.set()

    def leave() -> None:
        nonlocal now
        with lock:
            now -= 1

    def call(client: Any) -> Any:
        enter()
        try:
            assert full.wait(10)
            return runs.read(client)
        finally:
            leave()

    async def acall(client: Any) -> Any:
        enter()
        try:
            await until(full.is_set)
            return await runs.read(client)
        finally:
            leave()

    runs.run(runs.client(runs.server()), numbers(60), acall if runs.bench.is_async else call, concurrency=5)
    assert most == 5


def test_the_input_is_read_as_it_is_needed(runs: Runs) -> None:
    fetched = 0
    ahead = 0

    def ids() -> Iterator[str]:
        nonlocal fetched
        for number in numbers(500):
            fetched += 1
            yield number

    def look(outcome: Any) -> bool:
        nonlocal ahead
        ahead = max(ahead, fetched - outcome.index)
        return False

    runs.run(runs.client(runs.server()), ids(), runs.read, stop=look, concurrency=3)
    assert fetched == 500
    assert ahead <= 12


def test_a_slow_customer_holds_up_outcomes_and_not_calls(runs: Runs) -> None:
    server = runs.server()
    others_done = threading.Event()

    def call(client: Any) -> Any:
        if whose(client) == "0":
            assert others_done.wait(10)
        result = runs.read(client)
        if len(server.reads) == 7:
            others_done.set()
        return result

    async def acall(client: Any) -> Any:
        await until(lambda: whose(client) != "0" or len(server.reads) >= 7)
        return await runs.read(client)

    taken = runs.run(runs.client(server), numbers(20), acall if runs.bench.is_async else call, concurrency=2)
    assert [it.index for it in taken] == list(range(20))


def test_memory_does_not_grow_with_customers(runs: Runs) -> None:
    _take_and_look_at_memory(runs, 6000)


@pytest.mark.deep
@pytest.mark.parametrize("bench", ["sync"], indirect=True)  # what differs is in the driver alone
def test_memory_does_not_grow_with_a_hundred_thousand_customers(runs: Runs) -> None:
    _take_and_look_at_memory(runs, 100_000)


def _take_and_look_at_memory(runs: Runs, count: int) -> None:
    # The least of several looks each: what calls under way hold at that moment comes and goes.
    early, late = range(count - 5000, count - 4500, 50), range(count - 1000, count - 500, 50)
    held: dict[int, int] = {}
    taken = 0

    def look(outcome: Any) -> bool:
        nonlocal taken
        taken += 1
        runs.taken.clear()
        if outcome.index == count - 5500:
            tracemalloc.start()  # only now, since it is slow
        if outcome.index in early or outcome.index in late:
            gc.collect()
            held[outcome.index] = tracemalloc.get_traced_memory()[0]
        return False

    server = runs.server()
    server.answer = lambda request: OK  # type: ignore[method-assign]  # noqa: ARG005 - counts would grow
    try:
        runs.run(runs.client(server), map(str, range(count)), runs.read, stop=look)
    finally:
        tracemalloc.stop()
    assert taken == count
    grown = min(held[at] for at in late) - min(held[at] for at in early)
    assert grown < 80_000  # 20 bytes a customer; the shortest string has more


# --- progress -----------------------------------------------------------------------------------------------------


def test_progress_is_told(runs: Runs) -> None:
    told: list[tuple[int, int, int | None]] = []
    client = runs.client(runs.server(_1=REFUSED))
    runs.run(client, numbers(3), runs.read, progress=lambda *them: told.append(them))
    assert told == [(1, 0, 3), (2, 1, 3), (3, 1, 3)]
    told.clear()
    runs.run(client, iter(numbers(3)), runs.read, progress=lambda *them: told.append(them))
    assert told == [(1, 0, None), (2, 1, None), (3, 1, None), (3, 1, 3)]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_line_of_progress_is_kept_up_to_date_on_a_terminal() -> None:
    now = 100.0
    terminal, plain = Terminal(), io.StringIO()
    line, silent = (ProgressLine(stream, clock=lambda: now) for stream in (terminal, plain))
    for done, failed, total in [(1, 0, None), (2, 0, None), (1200, 3, 100_000)]:
        line(done, failed, total)
        silent(done, failed, total)
        now += 0.06
    line(100_000, 3, 100_000)
    shown = [text.rstrip(" ") for text in terminal.getvalue().split("\r")]
    assert shown == ["", "1 done", "1,200 of 100,000 done, 3 failed", f"{'100,000 of 100,000 done, 3 failed':<60}\n"]
    assert plain.getvalue() == ""
