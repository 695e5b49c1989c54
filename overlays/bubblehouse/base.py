"""What both kinds of client are set up with, and how one is made of another."""

import os
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, NoReturn, Self, TypeVar, Unpack, cast

from bubblehouse import checks, environment
from bubblehouse import transport as transports
from bubblehouse.answer import ApiObject
from bubblehouse.api import Api, RateLimit
from bubblehouse.config import CallOptions, Config, configure
from bubblehouse.errors import ClientClosedError, ConfigurationError
from bubblehouse.flow import Call, Flow, Timing
from bubblehouse.middleware import Middleware, SentT
from bubblehouse.operation import Kind, Operation, OutputT
from bubblehouse.pacing import Pacing
from bubblehouse.tokens import DEFAULT_TTL, CalledToken, FixedToken, Key, MintedToken, TokenSource
from bubblehouse.untyped import JsonObject
from bubblehouse.wire import Wire

if TYPE_CHECKING:
    from pathlib import Path

    from bubblehouse.run import Plan, Progress
    from bubblehouse.transport import Transport

TransportT = TypeVar("TransportT")
GivenT = TypeVar("GivenT")
TokenT = TypeVar("TokenT", bound=str | Awaitable[str])

EMPTY: Final[Mapping[str, str]] = MappingProxyType({})
_TIMING: Final = Timing()


class BaseClient(Generic[TransportT, GivenT, TokenT, SentT]):
    """What both kinds of client are set up with."""

    _api: ClassVar[Api]
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
        rate_limits: bool | Iterable[RateLimit] = False,
        user_agent: str | None = None,
        headers: Mapping[str, str] = EMPTY,
        transport: GivenT | None = None,
        middleware: Sequence[Middleware[SentT]] = (),
        log_bodies: bool = False,
        allow_http: bool = False,
        timing: Timing = _TIMING,
    ) -> None:
        self._timing = timing
        self._config = configure(
            self._api,
            shop=shop,
            base_url=base_url,
            api_version=api_version,
            timeout=timeout,
            max_retries=max_retries,
            user_agent=user_agent,
            headers=headers,
            log_bodies=log_bodies,
            allow_http=allow_http,
        )
        if token is None:
            self._tokens = self._minted(key_id, secret, customer, token_ttl)
        else:
            self._tokens = self._ready_made(token, key_id=key_id, secret=secret, customer=customer)
        self._middleware = self._checked(middleware)
        self._pacing = self._paced(rate_limits, customer)
        self._wire = Wire(None if transport is None else self._adapted(transport), self._make_transport)
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

    def _adapted(self, transport: GivenT) -> TransportT:
        adapted: object = transports.adapt(cast("Transport", transport))
        if not callable(getattr(adapted, self._closer, None)):
            raise ConfigurationError(
                "transport", f"{type(transport).__name__} has no {self._closer}(), which this client needs"
            )
        return cast("TransportT", adapted)

    def _paced(self, rate_limits: bool | Iterable[RateLimit], customer: str | None) -> Pacing:  # noqa: FBT001 - as given
        if rate_limits is False:
            return Pacing(customer=customer)
        from bubblehouse.rate_limits import chosen  # noqa: PLC0415 - not everybody asks for them

        return Pacing(chosen(self._api.rate_limits, rate_limits), customer)

    def _checked(self, middleware: Sequence[Middleware[SentT]]) -> tuple[Middleware[SentT], ...]:
        for layer in middleware:
            if not callable(layer):
                raise ConfigurationError("middleware", f"has a {type(layer).__name__}, which can't be called")
            if self._closer == "close" and checks.is_async(layer):
                raise ConfigurationError("middleware", "is async, which needs the async client")
        return tuple(middleware)

    @classmethod
    def from_env(
        cls,
        *,
        transport: GivenT | None = None,
        middleware: Sequence[Middleware[SentT]] = (),
        rate_limits: bool | Iterable[RateLimit] | None = None,
        timing: Timing = _TIMING,
        environ: Mapping[str, str] | None = None,
    ) -> Self:
        """Set up a client from environment variables. One that is empty counts as not set.

        They are named after the constructor's arguments, with the API's prefix: `BUBBLEHOUSE_SHOP`,
        `BUBBLEHOUSE_KEY_ID`, `BUBBLEHOUSE_SECRET`, `BUBBLEHOUSE_TOKEN`, `BUBBLEHOUSE_CUSTOMER`, `BUBBLEHOUSE_BASE_URL`,
        `BUBBLEHOUSE_API_VERSION`, `BUBBLEHOUSE_TIMEOUT`, `BUBBLEHOUSE_MAX_RETRIES`, `BUBBLEHOUSE_TOKEN_TTL`,
        `BUBBLEHOUSE_USER_AGENT`, `BUBBLEHOUSE_RATE_LIMITS`, `BUBBLEHOUSE_LOG_BODIES` and `BUBBLEHOUSE_ALLOW_HTTP`. The
        last three are `true` or `false`.

        Args:
            transport: As for the constructor.
            middleware: As for the constructor.
            rate_limits: As for the constructor; what the environment says unless given.
            timing: As for the constructor.
            environ: The variables; the process's own unless given.

        Returns:
            The client.

        Raises:
            ConfigurationError: A variable is wrong or missing. It names the variable.
        """
        prefix = cls._api.env_prefix
        try:
            arguments = environment.arguments(prefix, os.environ if environ is None else environ)
            if rate_limits is not None:
                arguments["rate_limits"] = rate_limits
            return cls(**cast("dict[str, Any]", arguments), transport=transport, middleware=middleware, timing=timing)
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
        tokens = self._minting()
        checks.identifier("customer_id", customer_id)
        return self._derive(
            _tokens=tokens.for_customer(customer_id, email=email, level=level),
            _pacing=self._pacing.for_customer(customer_id),
        )

    def _minting(self) -> MintedToken:
        if not isinstance(self._tokens, MintedToken):
            raise ConfigurationError(
                "token", "is ready-made and can't speak for another customer; use key_id and secret"
            )
        return self._tokens

    def with_options(self, **options: Unpack[CallOptions]) -> Self:
        """Return a client that calls in another way, with the same tokens on the same pool. This one stays as it is.

        Closing it leaves the pool to the client that it came from.

        Args:
            options: `timeout`: seconds for a whole call, above 0. `max_retries`: how often a call may be sent again,
                from 0 up. `headers`: headers to send, by name, on top of those of this client.

        Returns:
            A client of the same class.

        Raises:
            ConfigurationError: An option is wrong. It names the option.
        """
        return self._derive(_config=self._config.changed(options))

    def _for_item(self, customer_id: str, *layers: Middleware[SentT]) -> Self:
        """Return a client for one customer of a run, with some more middleware next to the transport.

        What holds one of them back holds back all: a run comes to most customers once, and to the shop with all.
        """
        derived = self.for_customer(customer_id)
        derived._pacing = self._pacing.for_customer(customer_id, together=True)  # noqa: SLF001 - one of our own
        derived._middleware = (*self._middleware, *layers)  # noqa: SLF001 - as above
        return derived

    def _derive(self, **changes: object) -> Self:
        derived = object.__new__(type(self))
        vars(derived).update(vars(self), _derived=True, _closed=False, **changes)
        return derived

    def _flow(self, operation: Operation[OutputT], arguments: ApiObject, options: CallOptions) -> Flow[OutputT]:
        config = self._config.changed(options) if options else self._config
        if config.dialect is not None and operation.output is not JsonObject:
            config.dialect.check(operation.name)
        return Call(operation, config, self._tokens, self._timing, self._pacing).run(arguments)

    def _named(self, function: str, kind: Kind | None) -> Operation[JsonObject]:
        operation = self._api.operation(checks.function("function", function), kind)
        if kind not in {None, operation.kind}:
            raise ConfigurationError("kind", f"must be left out, or {operation.kind!r}: that is what {function} is")
        return operation

    def _plan(self, concurrency: int, progress: "Progress | None", journal: "Path | str | None") -> "Plan":
        from bubblehouse.run import Plan  # noqa: PLC0415 - not everybody has many customers

        self._minting()
        return Plan(
            concurrency=concurrency,
            progress=progress,
            journal=journal,
            owner=f"{self._config.base_url} {self._config.shop}",
            read_by=lambda function: self._api.operation(function, None).outcome_read_by,
        )

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
        config: Config | None = vars(self).get("_config")
        if config is None:  # an argument was wrong, and whoever reports that shows what was being made
            return f"{type(self).__name__}(…)"
        return f"{type(self).__name__}(shop={config.shop!r}, base_url={config.base_url!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} holds a secret and connections, and can't be pickled or copied")
