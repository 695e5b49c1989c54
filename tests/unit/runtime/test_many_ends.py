"""However a run over many customers ends, nothing stays behind and nothing more begins."""

import asyncio
import gc
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.runtime.runs import Runs, numbers, until, whose

from bubblehouse import errors
from bubblehouse.run import Item, Outcome, Plan, Run, StoppedError

if TYPE_CHECKING:
    from tests.unit.runtime.conftest import Bench


class Stop(BaseException):
    """Neither an Exception nor a BubblehouseError."""


@pytest.mark.parametrize("reason", [ZeroDivisionError, Stop])
def test_what_the_function_raises_ends_the_run_after_the_outcomes_before(
    runs: Runs, reason: type[BaseException]
) -> None:
    server = runs.server()
    fetched: list[str] = []

    def ids() -> Iterator[str]:
        for number in numbers(1000):
            fetched.append(number)
            yield number

    def call(client: Any) -> Any:
        if whose(client) == "50":
            raise reason
        return runs.read(client)

    async def acall(client: Any) -> Any:
        return await call(client)

    with pytest.raises(reason):
        runs.run(runs.client(server), ids(), acall if runs.bench.is_async else call, concurrency=4)
    assert [it.index for it in runs.taken] == list(range(50))
    assert len(fetched) <= 50 + 17


def test_what_the_input_raises_ends_the_run_after_all_outcomes(runs: Runs) -> None:
    def ids() -> Iterator[str]:
        yield from numbers(50)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        runs.run(runs.client(runs.server()), ids(), runs.read)
    assert [it.index for it in runs.taken] == list(range(50))


def test_what_its_taker_raises_leaves_nothing_behind(runs: Runs) -> None:
    def interrupt(outcome: Any) -> bool:
        if outcome.index == 5:
            raise KeyboardInterrupt
        return False

    server = runs.server()
    with pytest.raises(KeyboardInterrupt):
        runs.run(runs.client(server), numbers(1000), runs.read, stop=interrupt)
    assert len(server.reads) < 50


def test_whoever_stops_waits_for_what_is_in_flight_and_begins_nothing_more(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = threading.Event()
    begun: list[str] = []
    ended: list[str] = []
    stop = Run[Any, Any].stop

    def note_stop(run: Run[Any, Any]) -> Any:
        works = stop(run)
        stopped.set()
        return works

    monkeypatch.setattr(Run, "stop", note_stop)

    def call(client: Any) -> Any:
        begun.append(whose(client))
        assert whose(client) == "0" or stopped.wait(10)
        result = runs.read(client)
        ended.append(whose(client))
        return result

    async def acall(client: Any) -> Any:
        begun.append(whose(client))
        await until(lambda: whose(client) == "0" or stopped.is_set())
        result = await runs.read(client)
        ended.append(whose(client))
        return result

    taken = runs.run(
        runs.client(runs.server()),
        numbers(1000),
        acall if runs.bench.is_async else call,
        concurrency=2,
        stop=lambda _: True,
    )
    assert [it.index for it in taken] == [0]
    assert sorted(begun) == sorted(ended)
    assert len(begun) <= 3


def test_once_something_is_wrong_no_more_customers_are_wanted() -> None:
    items: list[Item] = []

    def start(item: Item) -> Future[Outcome[str]]:
        items.append(item)
        return Future()

    plan = Plan(concurrency=2, progress=None, journal=None, owner="", read_by=lambda _: None)
    run: Run[str, Future[Outcome[str]]] = Run(start, plan, None, [])
    for number in numbers(5):
        assert run.wants_more
        run.admit(number)
    with pytest.raises(ZeroDivisionError), run.turn(items[2]):
        raise ZeroDivisionError
    assert not run.wants_more
    with pytest.raises(StoppedError), run.turn(items[3]):
        pytest.fail("its turn began")
    with run.turn(items[1]) as turn:
        turn.result = "those before are still served"
    assert turn.outcome.result == "those before are still served"


def test_cancelling_the_taker_cancels_the_tasks(async_bench: "Bench", operations: dict[str, Any]) -> None:
    runs = Runs(async_bench, operations)
    hanging = 0

    async def hang(_client: Any) -> None:
        nonlocal hanging
        hanging += 1
        try:
            await asyncio.sleep(3600)
        finally:
            hanging -= 1

    async def main() -> None:
        client = runs.client(runs.server())
        taker = asyncio.create_task(anext(client.for_each_customer(numbers(100), hang, concurrency=6)))
        await until(lambda: hanging == 6)
        taker.cancel()
        with pytest.raises(asyncio.CancelledError):
            await taker
        assert hanging == 0
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(main())


def test_a_break_without_closing_leaves_nothing_behind_either(runs: Runs) -> None:
    client = runs.client(runs.server())

    def leave() -> None:
        for _ in client.for_each_customer(numbers(1000), runs.read):
            break

    async def aleave() -> None:
        async for _ in client.for_each_customer(numbers(1000), runs.read):
            break
        for _ in range(100):
            await asyncio.sleep(0)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(aleave()) if runs.bench.is_async else leave()
    gc.collect()
    assert [it.name for it in threading.enumerate() if it.name.startswith("bubblehouse-customer")] == []


def test_a_client_that_is_closed_ends_the_run(runs: Runs) -> None:
    client = runs.client(runs.server())

    def close(outcome: Any) -> bool:
        if outcome.index == 10:
            client._wire.close()  # noqa: SLF001 - of either kind, without awaiting
        return False

    with pytest.raises(errors.ClientClosedError):
        runs.run(client, numbers(1000), runs.read, stop=close)
    assert len(runs.taken) < 60


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"concurrency": 0}, "concurrency: must be 1 or more"),
        ({"concurrency": "8"}, "concurrency: must be an int"),
        ({"progress": 5}, "progress: must be a function"),
        ({"journal": "/nowhere/at/all"}, "journal: can't be opened"),
    ],
)
def test_wrong_arguments_are_refused(runs: Runs, options: dict[str, Any], problem: str) -> None:
    server = runs.server()
    with pytest.raises(errors.ConfigurationError, match=problem):
        runs.run(runs.client(server), numbers(5), runs.read, **options)
    assert server.reads == {}


def test_a_client_that_cannot_speak_for_customers_is_refused_at_once(runs: Runs) -> None:
    with pytest.raises(errors.ConfigurationError, match="token: is ready-made"):
        runs.client(runs.server(), token="a.b.c").for_each_customer(numbers(5), runs.read)
