"""The mock as tests hold it: a shop, the API in front of it, and the control plane beside it."""

from typing import TYPE_CHECKING

from bubblehouse_mock.clock import Clock, system_clock
from bubblehouse_mock.contract import ContractSource
from bubblehouse_mock.control import PREFIX, ControlPlane
from bubblehouse_mock.core import Core
from bubblehouse_mock.jsontext import JsonValue
from bubblehouse_mock.messages import Request, Response
from bubblehouse_mock.state import Customer, FixtureSource, Key, Shop

if TYPE_CHECKING:
    from bubblehouse_mock.transport import AsyncMockTransport, MockTransport

IN_PROCESS = "https://bubblehouse-mock.invalid/api"
"""The base URL of a mock that no server serves. The host can't exist: a call that goes astray fails at once."""


class BubblehouseMock:
    """A fresh shop that answers the API.

    Attributes:
        base_url: Where a client finds the API. Give it to the client together with `transport()`.
        control: The control plane's actions, as methods.

    Args:
        contract: What to serve: a resolved OpenAPI document in JSON (a file, or loaded), or None for the contract of
            the installed client.
        fixture: What the shop starts from: a YAML file or its data, or None for the demo shop.
        clock: Where the time comes from; a `FrozenClock` stands still until it is moved.
        strict: Whether each answer is checked against the contract; one that doesn't fit raises ContractViolationError.

    Raises:
        ContractError: The contract can't be served.
        FixtureError: The fixture is not a shop.
    """

    def __init__(
        self,
        *,
        contract: ContractSource = None,
        fixture: FixtureSource = None,
        clock: Clock = system_clock,
        strict: bool = False,
    ) -> None:
        self.base_url = IN_PROCESS
        self._core = Core(contract=contract, fixture=fixture, clock=clock, strict=strict)
        self.control: ControlPlane = ControlPlane(self._core, lambda: self.base_url)

    @property
    def state(self) -> Shop:
        """Everything the mock remembers. Hold its `lock` to change it while calls come in."""
        return self._core.shop

    @property
    def shop(self) -> str:
        """The shop's slug."""
        return self.state.slug

    @property
    def keys(self) -> list[Key]:
        """The secrets of the shop and its partners; the first one is good for ordinary tokens."""
        return list(self.state.keys.values())

    @property
    def customers(self) -> list[Customer]:
        """The customers; `customer.ledger` has their points."""
        return list(self.state.customers.values())

    def configure(self, **settings: JsonValue) -> None:
        """Change settings of the shop: `mock.configure(points_enabled=False, minimum_order_value="50")`.

        Args:
            settings: Names and values as fixtures have them; None takes a setting away.

        Raises:
            FixtureError: The settings would not be valid; then nothing has changed.
        """
        self.control.settings(settings)

    def reset(self) -> None:
        """Start over from the fixture."""
        self._core.reset()

    def handle(self, request: Request, *, control: bool = True) -> Response:
        """Answer one request, to the API or to the control plane. Safe to call from many threads.

        Args:
            request: The request.
            control: Whether the control plane may be reached.

        Raises:
            ContractViolationError: In strict mode, where the answer is not one that the contract allows.
        """
        if control and request.path.startswith(PREFIX):
            return self.control.handle(request)
        return self._core.handle(request)

    def transport(self) -> "MockTransport":
        """Return a transport for the client that calls this mock without any network."""
        from bubblehouse_mock.transport import MockTransport  # noqa: PLC0415 - a server has no use for the client's runtime

        return MockTransport(self)

    def async_transport(self) -> "AsyncMockTransport":
        """Return the same for the asynchronous client."""
        from bubblehouse_mock.transport import AsyncMockTransport  # noqa: PLC0415 - as in `transport`

        return AsyncMockTransport(self)
