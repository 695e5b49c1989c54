"""A made-up API of two functions, clients for it in both kinds, a scripted transport, a clock and a loopback server."""

import asyncio
import base64
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from inspect import isawaitable
from typing import Any, ClassVar, TypeVar, Unpack

import pytest
from tests.unit.runtime.answers import Outcome
from tests.unit.runtime.runs import Runs

from bubblehouse import errors
from bubblehouse.api import Api
from bubblehouse.client import AsyncClient, SyncClient
from bubblehouse.config import CallOptions
from bubblehouse.errors import GlobalError, OperationError, RateLimitError, UnprocessableEntityError
from bubblehouse.fields import INTEGER, STRING, Field, Integer
from bubblehouse.flow import Timing
from bubblehouse.model import Model
from bubblehouse.operation import Operation
from bubblehouse.transport import Request, Response

ResultT = TypeVar("ResultT")

SECRET_BYTES = b"a secret that nobody must ever see in any output"
SECRET = base64.b64encode(SECRET_BYTES).decode()


# --- an API as generated code describes one -----------------------------------------------------------------------


class InsufficientPointsError(OperationError, UnprocessableEntityError):
    """The shape of a generated error of one function."""

    error_id: ClassVar[str] = "insufficient_points"
    documented_status: ClassVar[int] = 422


class RateLimitExceededError(GlobalError, RateLimitError):
    """The shape of a generated global error."""

    error_id: ClassVar[str] = "rate_limit_exceeded"
    documented_status: ClassVar[int] = 429


class Input(Model):
    __slots__ = ("pts",)
    pts: int
    FIELDS: ClassVar[tuple[Field, ...]] = (Field("pts", "pts", Integer(minimum=1), required=True),)

    def __init__(self, *, pts: int, additional_properties: dict[str, object] | None = None) -> None:
        super().__init__(additional_properties)
        self.pts = pts


class Output(Model):
    __slots__ = ("code", "pts")
    code: str
    pts: int
    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field("code", "code", STRING, required=True),
        Field("pts", "pts", INTEGER, required=True),
    )


_ERRORS = {
    (422, "insufficient_points"): "InsufficientPointsError",
    (429, "rate_limit_exceeded"): "RateLimitExceededError",
}

WRITE = Operation(
    name="SpendPoints1",
    kind="write",
    output=Output,
    error_module=__name__,
    error_names=_ERRORS,
    tokens=("ShopToken",),
    docs_url="https://example.test/SpendPoints1",
    outcome_read_by="CustomerBalance3",
)
READ = Operation(
    name="CustomerBalance3",
    kind="read",
    output=Output,
    error_module=__name__,
    error_names=_ERRORS,
    tokens=("ShopToken",),
    docs_url="https://example.test/CustomerBalance3",
)
API = Api(
    base_url="https://api.example.test/api",
    version="v2023061",
    versions=("v2023061", "v20230601"),
    env_prefix="EXAMPLE",
    user_agent="example/1",
)


@pytest.fixture(scope="session")
def operation() -> Operation[Output]:
    return READ


@pytest.fixture(scope="session")
def operations() -> dict[str, Any]:
    return {"read": READ, "write": WRITE, "input": Input, "secret": SECRET}


class Client(SyncClient):
    _api = API

    def run(self, operation: Operation[Output], arguments: Model, options: CallOptions) -> Output:
        return self._call(operation, arguments, options)


class AClient(AsyncClient):
    _api = API

    async def run(self, operation: Operation[Output], arguments: Model, options: CallOptions) -> Output:
        return await self._call(operation, arguments, options)


# --- time ---------------------------------------------------------------------------------------------------------


@dataclass
class Clock:
    """Time that passes only when somebody sleeps, or when a test says so."""

    now: float = 1_800_000_000.0
    sleeps: list[float] = field(default_factory=list)
    jitter: float = 1.0

    def read(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.now += seconds

    @property
    def timing(self) -> Timing:
        return Timing(monotonic=self.read, time=self.read, jitter=lambda: self.jitter, sleep=self.sleep)


@pytest.fixture
def clock() -> Clock:
    return Clock()


# --- calls, blocking and for asyncio, on a scripted transport -----------------------------------------------------

Step = Response | Exception | Callable[[Request, float], Response]


@dataclass
class Script:
    """A transport of both kinds that answers from a list. The last step goes on for ever."""

    steps: list[Step]
    requests: list[Request] = field(default_factory=list)
    timeouts: list[float] = field(default_factory=list)
    closed: int = 0

    def answer(self, request: Request, timeout: float) -> Response:
        self.requests.append(request)
        self.timeouts.append(timeout)
        step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        if isinstance(step, Exception):
            raise step
        return step if isinstance(step, Response) else step(request, timeout)


class SyncScript(Script):
    def send(self, request: Request, *, timeout: float) -> Response:
        return self.answer(request, timeout)

    def close(self) -> None:
        self.closed += 1


class AsyncScript(Script):
    async def send(self, request: Request, *, timeout: float) -> Response:  # noqa: ASYNC109 - the protocol's
        return self.answer(request, timeout)

    async def aclose(self) -> None:
        self.closed += 1


async def _awaited(result: Awaitable[ResultT]) -> ResultT:
    return await result


@dataclass
class Bench:
    """Makes clients of one kind, and calls them so that a test needn't know which kind it is."""

    is_async: bool
    clock: Clock

    def script(self, *steps: Step) -> Script:
        return (AsyncScript if self.is_async else SyncScript)([*steps])

    def client(self, transport: Script | None = None, **options: Any) -> "Client | AClient":
        kind: type[Client | AClient] = AClient if self.is_async else Client
        given = {"shop": "my-shop", "transport": transport, "timing": self.clock.timing, **options}
        if "token" not in options:
            given = {"key_id": "key-1", "secret": SECRET, **given}
        return kind(**given)

    def call(
        self,
        client: "Client | AClient",
        operation: Operation[Output] = READ,
        arguments: Model | None = None,
        **options: Unpack[CallOptions],
    ) -> Output:
        given = Input(pts=5) if arguments is None else arguments
        return self.wait(client.run(operation, given, options))

    def wait(self, result: ResultT | Awaitable[ResultT]) -> ResultT:
        """Return what a client's method gave, once it is there."""
        return asyncio.run(_awaited(result)) if isawaitable(result) else result

    def close(self, client: "Client | AClient") -> None:
        if isinstance(client, AClient):
            asyncio.run(client.aclose())
        else:
            client.close()


@pytest.fixture(params=["sync", "async"])
def bench(request: pytest.FixtureRequest, clock: Clock) -> Bench:
    return Bench(request.param == "async", clock)


@pytest.fixture
def async_bench(clock: Clock) -> Bench:
    return Bench(is_async=True, clock=clock)


@pytest.fixture
def runs(bench: Bench, operations: dict[str, Any]) -> Runs:
    return Runs(bench, operations)


@pytest.fixture
def outcome(bench: "Bench", operations: "dict[str, Any]") -> Outcome:
    """Call once, with a script of steps. Returns the answer or the exception, and the script."""

    def run(kind: str, *steps: "Step", **options: Any) -> "tuple[Any, Script]":
        script = bench.script(*steps)
        try:
            return bench.call(bench.client(script, **options), operations[kind]), script
        except errors.BubblehouseError as error:
            return error, script

    return run
