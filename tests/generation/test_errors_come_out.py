"""What a method's docstring names is what comes out of it: documented errors are forced, other troubles caused."""

import asyncio
import inspect
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

import pytest

import bubblehouse_loyalty.api.loyalty as functions
from bubblehouse import errors as runtime
from bubblehouse.flow import Timing
from bubblehouse.transport import Request, Response, ResponseTooLargeError, TransportError
from bubblehouse_loyalty import AsyncLoyaltyClient, LoyaltyClient, RateLimit, errors
from bubblehouse_mock.mock import BubblehouseMock

if TYPE_CHECKING:
    from bubblehouse.operation import Operation

METHODS = [module.name for module in iter_modules(functions.__path__)]
_TOKEN = "a.b.c"
_SOMETHING: dict[str, object] = {"int": 1, "str": "x"}


def operation(method: str) -> "Operation[Any]":
    found: Operation[Any] = getattr(import_module(f"{functions.__name__}.{method}"), method.upper())
    return found


def arguments(method: str) -> dict[str, object]:
    """Return the least that a method can be called with."""
    parameters = [*inspect.signature(getattr(LoyaltyClient, method)).parameters.values()][1:]
    needed = [it for it in parameters if it.kind is it.KEYWORD_ONLY and it.default is it.empty]
    return {it.name: _SOMETHING[it.annotation] for it in needed}


def blocking(client: Any, method: str, **more: object) -> object:
    return getattr(client, method)(**arguments(method), **more)


def in_asyncio(client: Any, method: str, **more: object) -> object:
    async def call() -> object:
        return await getattr(client, method)(**arguments(method), **more)

    return asyncio.run(call())


DRIVERS = {LoyaltyClient: blocking, AsyncLoyaltyClient: in_asyncio}
CLIENTS = {LoyaltyClient: "bubblehouse_client", AsyncLoyaltyClient: "bubblehouse_async_client"}


def failure(call: Callable[[], object]) -> Any:
    """Call, and return what is raised."""
    with pytest.raises(runtime.BubblehouseError) as caught:
        call()
    return caught.value


@pytest.mark.parametrize("cls", DRIVERS)
@pytest.mark.parametrize(
    ("method", "error"), [(method, error) for method in METHODS for error in operation(method).error_classes]
)
def test_one_line_forces_any_documented_error(
    bubblehouse_mock: BubblehouseMock, request: pytest.FixtureRequest, method: str, error: Any, cls: type
) -> None:
    client = request.getfixturevalue(CLIENTS[cls])
    before = bubblehouse_mock.control.state()

    bubblehouse_mock.fail_next(error)

    raised = failure(lambda: DRIVERS[cls](client, method))
    assert type(raised) is error
    assert isinstance(raised, runtime.APIError)
    assert (raised.status, raised.id, raised.attempts) == (error.documented_status, error.error_id, 1)
    assert raised.operation == operation(method).name
    assert raised.message
    assert (raised.retry_after == 1) is (raised.status == 429)
    assert bubblehouse_mock.control.state() == before


class Canned:
    """A transport that has one answer."""

    def __init__(self, answer: Response | TransportError) -> None:
        self.answer = answer

    def send(self, _request: Request, *, timeout: float) -> Response:
        del timeout
        if isinstance(self.answer, TransportError):
            raise self.answer
        return self.answer

    def close(self) -> None:
        """Do nothing."""


class AsyncCanned:
    """The same for asyncio."""

    def __init__(self, answer: Response | TransportError) -> None:
        self.transport = Canned(answer)

    async def send(self, request: Request, *, timeout: float) -> Response:  # noqa: ASYNC109 - the protocol's
        return self.transport.send(request, timeout=timeout)

    async def aclose(self) -> None:
        """Do nothing."""


def troubles(cls: Any, method: str) -> Iterator[runtime.BubblehouseError]:
    """Yield what comes out of a method for each kind of trouble that the contract has no name for."""
    transport = Canned if cls is LoyaltyClient else AsyncCanned

    def client(answer: Response | TransportError, token: object = _TOKEN, **options: object) -> Any:
        return cls(shop="my-shop", token=token, transport=transport(answer), max_retries=0, **options)

    good = Response(200, (), b"{}")
    for answer in (
        TransportError("no connection", sent=False),
        TransportError("too late to connect", sent=False, timed_out=True),
        TransportError("reset", sent=True),
        TransportError("no answer in time", sent=True, timed_out=True),
        ResponseTooLargeError(1000),
        Response(200, (), b"<html>"),
        Response(502, (), b"<html>"),
        Response(422, (), b'{"id": "an_id_of_tomorrow"}'),
        Response(418, (), b'{"id": "teapot"}'),
    ):
        yield failure(lambda answer=answer: DRIVERS[cls](client(answer), method))  # type: ignore[misc]
    yield failure(lambda: DRIVERS[cls](client(good), method, customer="not an identity"))
    yield failure(lambda: DRIVERS[cls](client(good), method, timeout=-1))
    yield failure(lambda: DRIVERS[cls](client(good, token=lambda: 1 // 0), method))
    one_a_day = [RateLimit("read", "shop", "day", 1), RateLimit("write", "shop", "day", 1)]
    limited = client(Response(502, (), b""), rate_limits=one_a_day, timing=Timing(time=lambda: 0.0))
    yield failure(lambda: DRIVERS[cls](limited, method))
    yield failure(lambda: DRIVERS[cls](limited, method))
    closed = client(good)
    closed.close() if cls is LoyaltyClient else asyncio.run(closed.aclose())
    yield failure(lambda: DRIVERS[cls](closed, method))


@pytest.mark.parametrize("cls", DRIVERS)
@pytest.mark.parametrize("method", METHODS)
def test_the_docstring_names_exactly_what_comes_out(method: str, cls: type) -> None:
    told = getattr(cls, method).__doc__.partition("Raises:")[2]
    named = {getattr(errors, name) for name in re.findall(r"^ {12}(\w+):", told, re.MULTILINE)}
    assert len(named) == len(re.findall(r"^ {12}\w+:", told, re.MULTILINE))

    came_out = [*troubles(cls, method)]

    nearest = [next(it for it in type(error).__mro__ if it in named or it is object) for error in came_out]
    assert object not in nearest, [repr(error) for error in came_out]
    assert {*nearest, *operation(method).error_classes} == named
    assert (runtime.OutcomeUnknownError in named) is (operation(method).kind == "write")
    for error in (runtime.ResponseValidationError, runtime.ResponseTooLargeError):
        assert (error in named) is (operation(method).kind == "read")
