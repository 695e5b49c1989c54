"""One call for many customers: the two drivers of a run, threads and tasks."""

from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable, Generator, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager
from contextvars import copy_context
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeAlias, TypeVar

from bubblehouse.middleware import Attempt, Middleware, Send, SentT
from bubblehouse.run import Item, Outcome, Plan, ResultT, Run, Turn
from bubblehouse.transport import Response

ClientT = TypeVar("ClientT")
MadeT_co = TypeVar("MadeT_co", covariant=True)


class Derive(Protocol[SentT, MadeT_co]):
    """Makes a client for a customer, with some middleware next to the transport."""

    def __call__(self, customer_id: str, *layers: Middleware[SentT]) -> MadeT_co:
        """Make it."""
        ...


if TYPE_CHECKING:
    import asyncio

    AsyncRun: TypeAlias = Run[ResultT, asyncio.Task[Outcome[ResultT]]]

SyncRun: TypeAlias = Run[ResultT, Future[Outcome[ResultT]]]


def in_threads(
    derive: Derive[Response, ClientT],
    customer_ids: Iterable[str],
    call: Callable[[ClientT], ResultT],
    plan: Plan,
) -> Generator[Outcome[ResultT]]:
    """Make the calls in threads, which are gone when the generator is.

    Args:
        derive: Makes a customer's client.
        customer_ids: The input.
        call: What is called for each.
        plan: How the run is to go.

    Yields:
        The outcomes, in the order of the input.
    """

    def perform(item: Item) -> Outcome[ResultT]:
        with run.turn(item) as turn:
            turn.result = call(derive(item.customer_id, *_recording(turn)))
        return turn.outcome

    def start(item: Item) -> Future[Outcome[ResultT]]:
        return pool.submit(copy_context().run, perform, item)  # with the taker's context variables, as tasks have them

    with plan.opened() as journal, ThreadPoolExecutor(plan.concurrency, "bubblehouse-customer") as pool:
        run: SyncRun[ResultT] = Run(start, plan, journal, customer_ids)
        source = iter(customer_ids)
        try:
            while True:
                if run.wants_more:
                    try:
                        customer_id = next(source)
                    except Exception as end:  # noqa: BLE001 - the run raises it
                        run.exhaust(end)
                    else:
                        run.admit(customer_id)
                elif (head := run.head) is not None:
                    outcome = head if isinstance(head, Outcome) else head.result()
                    yield outcome
                    run.hand_over(outcome)
                else:
                    run.finish()
                    break
        finally:
            run.stop()


def _recording(turn: Turn[Any]) -> Sequence[Middleware[Response]]:
    def layer(attempt: Attempt, send: Send[Response]) -> Response:
        if turn.must_record(attempt):
            turn.record(attempt)
        return send(attempt)

    return (layer,) if turn.journal is not None else ()


async def in_tasks(
    derive: Derive[Awaitable[Response], ClientT],
    customer_ids: Iterable[str] | AsyncIterable[str],
    call: Callable[[ClientT], Awaitable[ResultT]],
    plan: Plan,
) -> AsyncGenerator[Outcome[ResultT]]:
    """Make the calls in tasks, which are gone when the generator is. Cancelling it cancels them.

    Args:
        derive: Makes a customer's client.
        customer_ids: The input.
        call: What is called for each, and awaited.
        plan: How the run is to go.

    Yields:
        The outcomes, in the order of the input.
    """
    import asyncio  # noqa: PLC0415 - blocking callers don't need it

    places = asyncio.Semaphore(plan.concurrency)

    async def perform(item: Item) -> Outcome[ResultT]:
        async with places:
            with run.turn(item) as turn:
                turn.result = await call(derive(item.customer_id, *_async_recording(turn)))
            return turn.outcome

    with plan.opened() as journal:
        run: AsyncRun[ResultT] = Run(lambda item: asyncio.create_task(perform(item)), plan, journal, customer_ids)
        source = aiter(customer_ids if isinstance(customer_ids, AsyncIterable) else _OneByOne(customer_ids))
        async with _all_ended(run):
            while True:
                if run.wants_more:
                    try:
                        customer_id = await anext(source)
                    except Exception as end:  # noqa: BLE001 - the run raises it
                        run.exhaust(end)
                    else:
                        run.admit(customer_id)
                elif (head := run.head) is not None:
                    outcome = head if isinstance(head, Outcome) else await head
                    yield outcome
                    run.hand_over(outcome)
                else:
                    run.finish()
                    break


@asynccontextmanager
async def _all_ended(run: "AsyncRun[Any]") -> AsyncGenerator[None]:
    import asyncio  # noqa: PLC0415 - as above

    try:
        yield
    except asyncio.CancelledError:
        for task in run.stop():
            task.cancel()
        raise
    finally:
        await asyncio.gather(*run.stop(), return_exceptions=True)


def _async_recording(turn: Turn[Any]) -> Sequence[Middleware[Awaitable[Response]]]:
    import asyncio  # noqa: PLC0415 - as above

    async def layer(attempt: Attempt, send: Send[Awaitable[Response]]) -> Response:
        if turn.must_record(attempt):
            await asyncio.to_thread(turn.record, attempt)
        return await send(attempt)

    return (layer,) if turn.journal is not None else ()


class _OneByOne:
    """An ordinary input for the driver that awaits the next."""

    def __init__(self, customer_ids: Iterable[str]) -> None:
        self._source = iter(customer_ids)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> str:
        try:
            return next(self._source)
        except StopIteration:
            raise StopAsyncIteration from None
