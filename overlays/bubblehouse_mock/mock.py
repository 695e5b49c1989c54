"""The mock as tests hold it: a shop, the API in front of it, and the control plane beside it."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final, Literal, Protocol

from bubblehouse_mock import cors, page
from bubblehouse_mock.clock import Clock, system_clock
from bubblehouse_mock.contract import ContractSource
from bubblehouse_mock.control import ANYBODY, PREFIX, Access, ControlPlane
from bubblehouse_mock.core import Core
from bubblehouse_mock.faults import Fault, FaultError, Faults
from bubblehouse_mock.jsontext import JsonValue
from bubblehouse_mock.messages import Request, Response
from bubblehouse_mock.state import Customer, FixtureSource, Key, Shop

if TYPE_CHECKING:
    from bubblehouse_mock.transport import AsyncMockTransport, MockTransport

_CONTROL: Final = PREFIX.encode()

IN_PROCESS = "https://bubblehouse-mock.invalid/api"
"""The base URL of a mock that no server serves. The host can't exist: a call that goes astray fails at once."""


class ErrorClass(Protocol):
    """An exception class of a documented error, as generated clients have them."""

    error_id: ClassVar[str]


class BubblehouseMock:
    """A fresh shop that answers the API.

    Attributes:
        base_url: Where a client finds the API. Give it to the client together with `transport()`.
        clock: Where the time comes from.
        control: The control plane's actions, as methods.

    Args:
        contract: What to serve: a resolved OpenAPI document in JSON (a file, or loaded), or None for the contract of
            the installed client.
        fixture: What the shop starts from: a file in YAML or JSON, or its data; None for the demo shop.
        clock: Where the time comes from; a `FrozenClock` stands still until it is moved.
        strict: Whether each answer is checked against the contract; one that doesn't fit raises ContractViolationError.
        db: A file that all state is kept in, and found in again; in memory, unless given.

    Raises:
        ContractError: The contract can't be served.
        DatabaseError: The file can't be used.
        FixtureError: The fixture is not a shop.
    """

    def __init__(
        self,
        *,
        contract: ContractSource = None,
        fixture: FixtureSource = None,
        clock: Clock = system_clock,
        strict: bool = False,
        db: str | Path | None = None,
    ) -> None:
        self.base_url = IN_PROCESS
        self.clock: Clock = clock
        self._own_contract = contract is None
        self._core = Core(contract=contract, fixture=fixture, clock=clock, strict=strict, db=db)
        self.control: ControlPlane = ControlPlane(self._core.world, self._core.contract, lambda: self.base_url)

    @property
    def shops(self) -> Mapping[str, Shop]:
        """All shops by their slugs. `changing()` of one is the context in which to change it while calls come in."""
        world = self._core.world
        with world.changing():  # where others share the file, it is only known then what they did
            return world.shops

    @property
    def state(self) -> Shop:
        """Everything the mock remembers of the first shop."""
        return next(iter(self.shops.values()))

    @property
    def shop(self) -> str:
        """The first shop's slug."""
        return self.state.slug

    @property
    def keys(self) -> list[Key]:
        """The secrets of the first shop and its partners; the first of them is good for ordinary tokens."""
        return list(self.state.keys.values())

    @property
    def customers(self) -> list[Customer]:
        """The first shop's customers; `customer.ledger` has their points."""
        return list(self.state.customers.values())

    def configure(self, **settings: JsonValue) -> None:
        """Change settings of the first shop: `mock.configure(points_enabled=False, minimum_order_value="50")`.

        Args:
            settings: Names and values as fixtures have them; None takes a setting away.

        Raises:
            FixtureError: The settings would not be valid; then nothing has changed.
        """
        self.control.configure(settings)

    def fail_next(
        self,
        error: str | type[ErrorClass] | None = None,
        *,
        status: int | None = None,
        operation: str | None = None,
        times: int = 1,
        retry_after: int | None = None,
        delay: float = 0.0,
    ) -> None:
        """Let the next call fail: `fail_next("insufficient_points")`, or `fail_next(status=502)` for a gateway's page.

        A call is what arrives here. A client that repeats calls by itself takes as many of `times`.

        Args:
            error: A documented error id, or its exception class. The answer is what the contract documents of it:
                status, id, reason and headers. Calls of operations that don't document it are answered as ever.
            status: In place of `error`: the status of an error page in HTML, as gateways send them.
            operation: The operation that is to fail, `RedeemPoints1` for one; whichever is called next, unless given.
            times: How many calls fail.
            retry_after: Seconds to ask for in `Retry-After`, where that is documented or a gateway sends it.
            delay: Seconds, 0 to 600, after which the answer comes. In process nothing is waited for: a delay that the
                client's timeout doesn't allow for is a timeout at once, and another skips the time where the clock can.

        Raises:
            FaultError: The contract doesn't document that error for the operation, or has no such operation, or an
                argument is out of bounds. The message says what there is.
        """
        if error is not None and not isinstance(error, str):
            error_id: object = getattr(error, "error_id", None)
            if not isinstance(error_id, str):
                raise FaultError(f"{error.__name__} stands for no single error; give the class of a documented error")
            error = error_id
        self.faults.add(
            Fault(error=error, status=status, operation=operation, times=times, retry_after=retry_after, delay=delay)
        )

    def drop_next(
        self,
        *,
        applied: bool = False,
        timed_out: bool = False,
        operation: str | None = None,
        times: int = 1,
        delay: float = 0.0,
    ) -> None:
        """Let the connection of the next call break, so that no answer arrives.

        Args:
            applied: Whether the call is worked on before. The client can't tell; the ledger can.
            timed_out: Whether the connection stays silent, rather than breaking, until time runs out. In process
                nothing is waited for.
            operation: As for `fail_next`.
            times: As for `fail_next`.
            delay: As for `fail_next`, until the connection breaks; not with `timed_out`.

        Raises:
            FaultError: The contract has no such operation, or a number is out of bounds.
        """
        drop: Literal["before", "after"] = "after" if applied else "before"
        self.faults.add(Fault(drop=drop, timed_out=timed_out, operation=operation, times=times, delay=delay))

    def delay_next(self, seconds: float, *, operation: str | None = None, times: int = 1) -> None:
        """Let the answer to the next call come late: `delay_next(3)`. The call is worked on at once.

        Args:
            seconds: How late, 0 to 600; as `delay` of `fail_next`.
            operation: As for `fail_next`.
            times: As for `fail_next`.

        Raises:
            FaultError: The contract has no such operation, or a number is out of bounds.
        """
        self.faults.add(Fault(delay=seconds, operation=operation, times=times))

    def damage_next(
        self,
        damage: Literal["truncated", "malformed"],
        *,
        operation: str | None = None,
        times: int = 1,
        delay: float = 0.0,
    ) -> None:
        """Let the answer to the next call be damaged: `damage_next("truncated")`. The call is worked on before.

        Args:
            damage: `truncated`: the connection breaks in the middle of the answer. `malformed`: it is complete, but no
                JSON.
            operation: As for `fail_next`.
            times: As for `fail_next`.
            delay: As for `fail_next`.

        Raises:
            FaultError: The contract has no such operation, or a number is out of bounds.
        """
        self.faults.add(Fault(damage=damage, operation=operation, times=times, delay=delay))

    @property
    def faults(self) -> Faults:
        """What is still to go wrong. `faults.clear()` takes it back."""
        return self._core.world.faults

    def reset(self) -> None:
        """Start over from the fixture, with nothing forced to go wrong."""
        self._core.world.reset()

    def close(self) -> None:
        """Close the file that keeps the state, where there is one. Nothing can be called afterwards."""
        self._core.world.close()

    def handle(self, request: Request, *, control: Access | None = ANYBODY) -> Response:
        """Answer one request, to the API, to the control plane or for the page. Safe to call from many threads.

        Args:
            request: The request.
            control: Who may use the control plane; None where nobody may.

        Raises:
            ContractViolationError: In strict mode, where the answer is not one that the contract allows.
            DroppedConnectionError: `drop_next` has it so.
        """
        if control is not None and request.path in page.PLACES:
            return page.answer(request)
        if control is not None and request.path == page.REFERENCE:
            return page.reference(request, own=self._own_contract)
        if control is not None and request.path.startswith(_CONTROL):
            from bubblehouse_mock.control import http  # noqa: PLC0415 - most mocks in process never need it

            return http.handle(self.control, request, control)
        asked = cors.preflight(request, self._core.contract) if request.method == "OPTIONS" else None
        return asked if asked is not None else cors.readable(request, self._core.handle(request))

    def transport(self) -> "MockTransport":
        """Return a transport for the client that calls this mock without any network."""
        from bubblehouse_mock.transport import MockTransport  # noqa: PLC0415 - a server has no use for the client's runtime

        return MockTransport(self)

    def async_transport(self) -> "AsyncMockTransport":
        """Return the same for the asynchronous client."""
        from bubblehouse_mock.transport import AsyncMockTransport  # noqa: PLC0415 - as in `transport`

        return AsyncMockTransport(self)
