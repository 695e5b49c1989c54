"""The two drivers of a call's flow: blocking, and for asyncio."""

import time
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable, Generator, Iterable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar, Unpack, cast

from bubblehouse import transport as transports
from bubblehouse.answer import ApiObject
from bubblehouse.base import EMPTY, BaseClient
from bubblehouse.config import NO_OPTIONS, CallOptions
from bubblehouse.errors import TokenError
from bubblehouse.flow import Effect, GetToken, Result, Send
from bubblehouse.middleware import Attempt, Passage, chain
from bubblehouse.operation import Kind, Operation, OutputT
from bubblehouse.transport import AsyncTransport, Response, Transport, TransportError
from bubblehouse.untyped import JsonObject

if TYPE_CHECKING:
    from pathlib import Path

    from bubblehouse.run import Outcome, Progress
    from bubblehouse.transport import AsyncHttpxClient, HttpxClient

    Given = Transport | HttpxClient
    AsyncGiven = AsyncTransport | AsyncHttpxClient
else:
    Given, AsyncGiven = Transport, AsyncTransport  # what a client of the user's own must have, checkers alone ask

ResultT = TypeVar("ResultT")


class SyncClient(BaseClient[Transport, Given, str, Response]):
    """Calls the API and waits for the answer. Safe to share between threads.

    Args:
        shop: The shop's slug.
        key_id: The id of a key of the API console. It goes with `secret`.
        secret: The key's secret, in base64.
        token: In place of a key: a token, or a function that returns one. It is asked before every call, and once more
            when the server refuses its token. That is how partner tokens come in. While it blocks, it can't be stopped.
        customer: The id of the customer that the key's tokens are to speak for; the shop, unless given.
        base_url: Where the API is, up to the version.
        api_version: The global version to call. One that is newer than this package is let through. Docstrings tell
            where versions differ; Python's names are the same for all.
        timeout: Seconds for a whole call: token, attempts, waiting and reading. A read's attempt may take half of what
            is left, as long as it may be sent again.
        max_retries: How often a call may be sent again; once more with a renewed token doesn't count. Writes are sent
            again only where they certainly were not applied.
        token_ttl: Seconds that a token lasts.
        rate_limits: True to keep the documented rate limits on this side: a call waits for its place, and one that
            would have to wait beyond its timeout raises `ClientRateLimitError`. `RateLimit`s in place of True stand for
            documented ones that the vendor has changed. Clients that are derived from this one count with it.
        user_agent: What calls say they come from, before the name of this package: `my-shop/1.0`.
        headers: Headers to send with every call, by name.
        transport: What carries the requests, in place of `Httpx2Transport`: another transport, or a client of httpx or
            httpx2. It stays yours to close.
        middleware: Functions to put around each attempt to send, the outermost first. Each is given the `Attempt` and
            a function that sends it on, and returns the `Response`.
        log_bodies: Whether the logger `bubblehouse` tells bodies, too, at level DEBUG. Of texts it tells the length
            alone, because they may be a customer's data.
        allow_http: Whether tokens may travel in clear text to another machine.
        timing: The clocks and the dice, for tests to replace.

    Raises:
        ConfigurationError: An argument is wrong. It names the argument.
    """

    _closer = "close"

    def call(
        self,
        function: str,
        arguments: Mapping[str, object] = EMPTY,
        *,
        kind: Kind | None = None,
        **options: Unpack[CallOptions],
    ) -> JsonObject:
        """Call a function by its name, as when the contract doesn't know it yet.

        Tokens, retries and errors are those of every other call.

        Args:
            function: The function's name with its version: `RedeemPoints2`.
            arguments: The input, as JSON has it, by the names of the global version that is called: none is
                translated. Money may be a `Decimal`, a moment an aware `datetime`, a day a `date`, and an object of
                the API what it is.
            kind: Whether the function is a "read" or a "write", which decides what may be sent again. Where the
                contract doesn't tell, it counts as a write unless given.
            options: `timeout`, `max_retries` and `headers` for this call alone, as for `with_options`.

        Returns:
            The answer, as JSON has it.

        Raises:
            APIError: The server answered with an error. Its class is that of the id or else of the status.
            OutcomeUnknownError: A write may or may not have been applied.
            CallError: Any other way to fail, as for every call.
            ConfigurationError: The name, the kind or an option is wrong; nothing was sent.
        """
        return self._call(self._named(function, kind), JsonObject(arguments), options)

    def for_each_customer(
        self,
        customer_ids: Iterable[str],
        call: Callable[[Self], ResultT],
        *,
        concurrency: int = 8,
        progress: "Progress | None" = None,
        journal: "Path | str | None" = None,
    ) -> "Generator[Outcome[ResultT]]":
        """Run one call for many customers, in threads. However many there are, few are held at a time.

        Outcomes come in the order of the input. Threads are gone once all of them came, or once the generator is closed
        or dropped; what is in flight then is waited for. With a journal, a run that was stopped, or killed, is resumed
        by running it again with the same input. Customers whose outcome was taken are left out. No write is ever sent
        a second time: where one may have been sent and its outcome wasn't taken, it is an `OutcomeUnknownError`. A
        customer for whom nothing was written yet is called for again.

        Args:
            customer_ids: The customers' ids in the shop system. They are fetched one by one, as they are needed.
            call: Is given a client that speaks for one customer, and makes the calls. It runs in several threads.
            concurrency: How many customers are called for at a time, from 1 up.
            progress: Is told how many customers are done, how many of them failed, and how many there are (None where
                the input has no length). `ProgressLine` prints it.
            journal: A file that remembers the run. It holds hashes of ids, and nothing of what was sent or answered.

        Yields:
            Each customer's outcome: the result, or the error where that is a `BubblehouseError`. Whatever else `call`
            or `customer_ids` raises ends the run, after the outcomes before it.

        Raises:
            ConfigurationError: An argument is wrong, this client has a ready-made token, or the journal is in use,
                damaged, or that of another run.
            ClientClosedError: The client was closed.
            OSError: The journal can't be written.
        """
        from bubblehouse import many  # noqa: PLC0415 - not everybody has many

        return many.in_threads(self._for_item, customer_ids, call, self._plan(concurrency, progress, journal))

    def _call(self, operation: Operation[OutputT], arguments: ApiObject, options: CallOptions = NO_OPTIONS) -> OutputT:
        flow = self._flow(operation, arguments, options)
        try:
            effect = next(flow)
            while True:
                try:
                    result = self._do(effect)
                except (TransportError, TokenError) as error:
                    effect = flow.throw(error)
                else:
                    effect = flow.send(result)
        except StopIteration as end:
            return cast("OutputT", end.value)
        finally:
            flow.close()

    def _do(self, effect: Effect) -> Result:
        if isinstance(effect, Send):
            return self._send(effect.attempt)
        if isinstance(effect, GetToken):
            return cast("str", effect.source.get(refused=effect.refused))
        (self._timing.sleep or time.sleep)(effect.seconds)
        return None

    def _send(self, attempt: Attempt) -> Response:
        transport = self._transport()
        with Passage(attempt, self._timing.monotonic) as passage:
            return chain(self._middleware, lambda it: transport.send(it.request, timeout=passage.arrive()))(attempt)

    @staticmethod
    def _make_transport() -> Transport:
        return transports.Httpx2Transport()

    def close(self) -> None:
        """Give up connections. A transport that was given to the client stays open. Calling it again does nothing."""
        transport = self._close()
        if transport is not None:
            transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


class AsyncClient(BaseClient[AsyncTransport, AsyncGiven, str | Awaitable[str], Awaitable[Response]]):
    """Calls the API from asyncio. Safe to share between tasks.

    Its arguments are those of `SyncClient`, with three that differ.

    Args:
        token: The function may be async.
        transport: An `AsyncTransport` in place of `AsyncHttpx2Transport`, or an async client of httpx or httpx2.
        middleware: Async functions; what sends an attempt on is to be awaited.

    Raises:
        ConfigurationError: An argument is wrong. It names the argument.
    """

    _closer = "aclose"

    async def call(
        self,
        function: str,
        arguments: Mapping[str, object] = EMPTY,
        *,
        kind: Kind | None = None,
        **options: Unpack[CallOptions],
    ) -> JsonObject:
        """Call a function by its name, as when the contract doesn't know it yet; as `SyncClient.call`.

        Raises:
            APIError: The server answered with an error. Its class is that of the id or else of the status.
            OutcomeUnknownError: A write may or may not have been applied.
            CallError: Any other way to fail, as for every call.
            ConfigurationError: The name, the kind or an option is wrong; nothing was sent.
        """
        return await self._call(self._named(function, kind), JsonObject(arguments), options)

    def for_each_customer(
        self,
        customer_ids: Iterable[str] | AsyncIterable[str],
        call: Callable[[Self], Awaitable[ResultT]],
        *,
        concurrency: int = 8,
        progress: "Progress | None" = None,
        journal: "Path | str | None" = None,
    ) -> "AsyncGenerator[Outcome[ResultT]]":
        """Run one call for many customers, in tasks; as `SyncClient.for_each_customer`.

        Tasks are gone once all outcomes came, or once the generator is closed; what is in flight then is waited for.
        Cancelling the task that waits for an outcome cancels them.

        Args:
            customer_ids: The customers' ids in the shop system; an async iterable, too.
            call: Is given a client that speaks for one customer, and is awaited.
            concurrency: How many customers are called for at a time, from 1 up.
            progress: Is told how many customers are done, how many of them failed, and how many there are, or None.
            journal: A file that remembers the run.

        Yields:
            Each customer's outcome.

        Raises:
            ConfigurationError: An argument is wrong, this client has a ready-made token, or the journal is in use,
                damaged, or that of another run.
            ClientClosedError: The client was closed.
            OSError: The journal can't be written.
        """
        from bubblehouse import many  # noqa: PLC0415 - as for SyncClient

        return many.in_tasks(self._for_item, customer_ids, call, self._plan(concurrency, progress, journal))

    async def _call(
        self, operation: Operation[OutputT], arguments: ApiObject, options: CallOptions = NO_OPTIONS
    ) -> OutputT:
        flow = self._flow(operation, arguments, options)
        try:
            effect = next(flow)
            while True:
                try:
                    result = await self._do(effect)
                except (TransportError, TokenError) as error:
                    effect = flow.throw(error)
                else:
                    effect = flow.send(result)
        except StopIteration as end:
            return cast("OutputT", end.value)
        finally:
            flow.close()

    async def _do(self, effect: Effect) -> Result:
        import asyncio  # noqa: PLC0415 - blocking callers don't need it

        if isinstance(effect, Send):
            return await self._send(effect.attempt)
        if isinstance(effect, GetToken):
            token = effect.source.get(refused=effect.refused)
            if isinstance(token, str):
                return token
            try:
                async with asyncio.timeout(effect.timeout):
                    return await token
            except TimeoutError:
                raise TransportError("the token callable took too long", sent=False, timed_out=True) from None
        slept = (self._timing.sleep or asyncio.sleep)(effect.seconds)
        if isinstance(slept, Awaitable):
            await slept
        return None

    async def _send(self, attempt: Attempt) -> Response:
        import asyncio  # noqa: PLC0415 - as above

        transport = self._transport()
        with Passage(attempt, self._timing.monotonic) as passage:
            sending = chain(self._middleware, lambda it: transport.send(it.request, timeout=passage.arrive()))(attempt)
            if not self._middleware:
                return await sending
            async with asyncio.timeout(attempt.timeout):
                return await sending

    @staticmethod
    def _make_transport() -> AsyncTransport:
        return transports.AsyncHttpx2Transport()

    async def aclose(self) -> None:
        """Give up connections. A transport that was given to the client stays open. Calling it again does nothing."""
        transport = self._close()
        if transport is not None:
            await transport.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()
