"""The base classes of generated clients: what they are set up with, and the two drivers of a call's flow."""

import os
import time
from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import closing, contextmanager
from types import TracebackType
from typing import Any, ClassVar, Generic, NoReturn, Self, TypeVar, cast

from bubblehouse import checks, environment
from bubblehouse import transport as transports
from bubblehouse.config import Api, configure
from bubblehouse.errors import ClientClosedError, ConfigurationError, TokenError
from bubblehouse.flow import Call, Effect, Flow, GetToken, Result, Send, Timing
from bubblehouse.model import Model
from bubblehouse.operation import Operation, OutputT
from bubblehouse.tokens import DEFAULT_TTL, CalledToken, FixedToken, Key, MintedToken, TokenSource
from bubblehouse.transport import AsyncTransport, Transport, TransportError
from bubblehouse.wire import Wire

TransportT = TypeVar("TransportT")
TokenT = TypeVar("TokenT", bound=str | Awaitable[str])


class _Client(Generic[TransportT, TokenT]):
    """What both kinds of client are set up with."""

    _api: ClassVar[Api]
    _timing: ClassVar[Timing] = Timing()
    _closer: ClassVar[str]

    def __init__(
        self,
        *,
        shop: str,
        key_id: str | None = None,
        secret: str | None = None,
        token: str | Callable[[], TokenT] | None = None,
        customer: str | None = None,
        base_url: str | None = None,
        api_version: str | None = None,
        timeout: float = 30.0,
        max_retries: int = 2,
        token_ttl: float = DEFAULT_TTL,
        transport: TransportT | None = None,
        allow_http: bool = False,
    ) -> None:
        self._config = configure(
            self._api,
            shop=shop,
            base_url=base_url,
            api_version=api_version,
            timeout=timeout,
            max_retries=max_retries,
            allow_http=allow_http,
        )
        if token is None:
            self._tokens = self._minted(key_id, secret, customer, token_ttl)
        else:
            self._tokens = self._ready_made(token, key_id=key_id, secret=secret, customer=customer)
        if transport is not None and not callable(getattr(transport, self._closer, None)):
            raise ConfigurationError(
                "transport", f"{type(transport).__name__} has no {self._closer}(), which this client needs"
            )
        self._wire = Wire(transport, self._make_transport)
        self._derived = False
        self._closed = False

    def _minted(self, key_id: str | None, secret: str | None, customer: str | None, ttl: float) -> TokenSource:
        if key_id is None or secret is None:
            raise ConfigurationError(
                "key_id" if key_id is None else "secret", "is missing: give key_id and secret, or a token"
            )
        return MintedToken(Key(key_id, secret), self._config.shop, customer, ttl=ttl, clock=self._timing.time)

    def _ready_made(self, token: str | Callable[[], TokenT], **others: str | None) -> TokenSource:
        for argument, value in others.items():
            if value is not None:
                raise ConfigurationError(argument, "does not go with token, which is complete in itself")
        return CalledToken(token, may_await=self._closer == "aclose") if callable(token) else FixedToken(token)

    @classmethod
    def from_env(cls, *, transport: TransportT | None = None, environ: Mapping[str, str] | None = None) -> Self:
        """Set up a client from environment variables. One that is empty counts as not set.

        They are named after the constructor's arguments, with the API's prefix: `BUBBLEHOUSE_SHOP`,
        `BUBBLEHOUSE_KEY_ID`, `BUBBLEHOUSE_SECRET`, `BUBBLEHOUSE_TOKEN`, `BUBBLEHOUSE_CUSTOMER`, `BUBBLEHOUSE_BASE_URL`,
        `BUBBLEHOUSE_API_VERSION`, `BUBBLEHOUSE_TIMEOUT`, `BUBBLEHOUSE_MAX_RETRIES`, `BUBBLEHOUSE_TOKEN_TTL` and
        `BUBBLEHOUSE_ALLOW_HTTP` (`true` or `false`).

        Args:
            transport: As for the constructor.
            environ: The variables; the process's own unless given.

        Returns:
            The client.

        Raises:
            ConfigurationError: A variable is wrong or missing. It names the variable.
        """
        prefix = cls._api.env_prefix
        try:
            arguments = environment.arguments(prefix, os.environ if environ is None else environ)
            return cls(**cast("dict[str, Any]", arguments), transport=transport)
        except ConfigurationError as error:
            raise ConfigurationError(environment.variable(prefix, error.argument), error.problem) from None

    def for_customer(self, customer_id: str, *, email: str | None = None, level: str | None = None) -> Self:
        """Return a client that speaks for one customer, with customer tokens, on the same pool.

        Calls on it need no `customer` argument. Closing it leaves the pool to the client that it came from.

        Args:
            customer_id: The customer's id in the shop system.
            email: The customer's address, by which the vendor can recognise a customer it doesn't know by that id.
            level: The level of access to ask for, as the vendor names it.

        Returns:
            A client of the same class.

        Raises:
            ConfigurationError: The id could name somebody else, or this client has a ready-made token and so can't
                make another.
        """
        if not isinstance(self._tokens, MintedToken):
            raise ConfigurationError(
                "token", "is ready-made and can't speak for another customer; use key_id and secret"
            )
        checks.identifier("customer_id", customer_id)
        derived = object.__new__(type(self))
        vars(derived).update(
            vars(self),
            _tokens=self._tokens.for_customer(customer_id, email=email, level=level),
            _derived=True,
            _closed=False,
        )
        return derived

    def _flow(self, operation: Operation[OutputT], arguments: Model) -> Flow[OutputT]:
        return Call(operation, self._config, self._tokens, self._timing).run(arguments)

    def _transport(self) -> TransportT:
        if self._closed:
            raise ClientClosedError
        return self._wire.transport()

    def _close(self) -> TransportT | None:
        self._closed = True
        return None if self._derived else self._wire.close()

    @staticmethod
    def _make_transport() -> TransportT:
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"{type(self).__name__}(shop={self._config.shop!r}, base_url={self._config.base_url!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} holds a secret and connections, and can't be pickled or copied")


@contextmanager
def _transport_failures() -> Generator[None]:
    """Whatever a user's transport raises, nobody knows what it did before. A test double's assertion is let through."""
    try:
        yield
    except (TransportError, AssertionError):
        raise
    except Exception as error:
        raise TransportError(f"the transport failed: {type(error).__name__}", sent=True) from error


class SyncClient(_Client[Transport, str]):
    """Calls the API and waits for the answer. Safe to share between threads.

    Args:
        shop: The shop's slug.
        key_id: The id of a key of the API console. It goes with `secret`.
        secret: The key's secret, in base64.
        token: In place of a key: a token, or a function that returns one. It is asked before every call, and once more
            when the server refuses its token. That is how partner tokens come in. While it blocks, it can't be stopped.
        customer: The id of the customer that the key's tokens are to speak for; the shop, unless given.
        base_url: Where the API is, up to the version.
        api_version: The global version to call. One that is newer than this package is let through.
        timeout: Seconds for a whole call: token, attempts, waiting and reading. A read's attempt may take half of what
            is left, as long as it may be sent again.
        max_retries: How often a call may be sent again; once more with a renewed token doesn't count. Writes are sent
            again only where they certainly were not applied.
        token_ttl: Seconds that a token lasts.
        transport: What carries the requests, in place of `Httpx2Transport`. It stays yours to close.
        allow_http: Whether tokens may travel in clear text to another machine.

    Raises:
        ConfigurationError: An argument is wrong. It names the argument.
    """

    _closer = "close"

    def _call(self, operation: Operation[OutputT], arguments: Model) -> OutputT:
        with closing(self._flow(operation, arguments)) as flow:
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

    def _do(self, effect: Effect) -> Result:
        if isinstance(effect, Send):
            transport = self._transport()
            with _transport_failures():
                return transport.send(effect.request, timeout=effect.timeout)
        if isinstance(effect, GetToken):
            return cast("str", effect.source.get(refused=effect.refused))
        self._sleep(effect.seconds)
        return None

    @staticmethod
    def _sleep(seconds: float) -> None:
        time.sleep(seconds)

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


class AsyncClient(_Client[AsyncTransport, str | Awaitable[str]]):
    """Calls the API from asyncio. Safe to share between tasks.

    Its arguments are those of `SyncClient`, with two that differ.

    Args:
        token: The function may be async.
        transport: An `AsyncTransport`, in place of `AsyncHttpx2Transport`.

    Raises:
        ConfigurationError: An argument is wrong. It names the argument.
    """

    _closer = "aclose"

    async def _call(self, operation: Operation[OutputT], arguments: Model) -> OutputT:
        with closing(self._flow(operation, arguments)) as flow:
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

    async def _do(self, effect: Effect) -> Result:
        import asyncio  # noqa: PLC0415 - blocking callers don't need it

        if isinstance(effect, Send):
            transport = self._transport()
            with _transport_failures():
                return await transport.send(effect.request, timeout=effect.timeout)
        if isinstance(effect, GetToken):
            token = effect.source.get(refused=effect.refused)
            if isinstance(token, str):
                return token
            try:
                async with asyncio.timeout(effect.timeout):
                    return await token
            except TimeoutError:
                raise TransportError("the token callable took too long", sent=False, timed_out=True) from None
        await self._sleep(effect.seconds)
        return None

    @staticmethod
    async def _sleep(seconds: float) -> None:
        import asyncio  # noqa: PLC0415 - as above

        await asyncio.sleep(seconds)

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
