"""The fixtures. The plugin is loaded in every pytest run, so it imports nothing before a fixture is asked for."""

import time
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, TypedDict

import pytest

if TYPE_CHECKING:
    from bubblehouse.flow import Timing
    from bubblehouse_loyalty import AsyncLoyaltyClient, LoyaltyClient
    from bubblehouse_mock.clock import SkippingClock
    from bubblehouse_mock.mock import BubblehouseMock


@pytest.fixture
def bubblehouse_clock() -> "SkippingClock":
    """The time of the shop `bubblehouse_mock` and its clients: they skip what they would have to wait.

    `bubblehouse_clock.skip(3600)` lets an hour have passed.
    """
    from bubblehouse_mock.clock import SkippingClock  # noqa: PLC0415 - see the module's docstring

    return SkippingClock()


@pytest.fixture
def bubblehouse_mock(bubblehouse_clock: "SkippingClock") -> Iterator["BubblehouseMock"]:
    """A fresh demo shop in process. Needs the extra `bubblehouse-loyalty[mock]`.

    It checks each of its own answers against the contract. `configure(...)`, `control` and `state` shape it;
    `fail_next(...)`, `drop_next(...)`, `damage_next(...)` and `delay_next(...)` force what goes wrong next. What was
    forced and then met no call fails the test; `faults.clear()` takes it back.

    `bubblehouse_client` and `bubblehouse_async_client` are clients of it. A client of your own takes
    `base_url=bubblehouse_mock.base_url`, `transport=bubblehouse_mock.transport()` (`async_transport()` for the
    asynchronous one), `shop=bubblehouse_mock.shop` and a key of `bubblehouse_mock.keys`.
    """
    try:
        from bubblehouse_mock import BubblehouseMock  # noqa: PLC0415 - see the module's docstring
    except ModuleNotFoundError as error:
        pytest.fail(str(error))
    mock = BubblehouseMock(strict=True, clock=bubblehouse_clock)
    yield mock
    if mock.faults.unmet:
        pytest.fail(f"no call met what was forced to go wrong: {', '.join(map(str, mock.faults.unmet))}", pytrace=False)


@pytest.fixture
def bubblehouse_client(
    bubblehouse_mock: "BubblehouseMock", bubblehouse_clock: "SkippingClock"
) -> Iterator["LoyaltyClient"]:
    """A client of the shop `bubblehouse_mock`, with shop tokens; `for_customer(...)` makes one with a customer's.

    It sends each call once, so that whatever is forced comes out; `with_options(max_retries=2)` makes one that repeats,
    without waiting in between: the time is skipped. It is closed after the test.
    """
    from bubblehouse_loyalty import LoyaltyClient  # noqa: PLC0415 - see the module's docstring

    settings = _settings(bubblehouse_mock, bubblehouse_clock)
    with LoyaltyClient(**settings, transport=bubblehouse_mock.transport()) as client:
        yield client


@pytest.fixture
def bubblehouse_async_client(
    bubblehouse_mock: "BubblehouseMock", bubblehouse_clock: "SkippingClock"
) -> Iterator["AsyncLoyaltyClient"]:
    """The same for asyncio, with whatever runs your asynchronous tests."""
    from bubblehouse_loyalty import AsyncLoyaltyClient  # noqa: PLC0415 - see the module's docstring

    settings = _settings(bubblehouse_mock, bubblehouse_clock)
    client = AsyncLoyaltyClient(**settings, transport=bubblehouse_mock.async_transport())
    yield client
    with suppress(StopIteration):  # no event loop is needed: nothing is waited for, since the transport isn't its own
        client.aclose().send(None)


class _Settings(TypedDict):
    shop: str
    key_id: str
    secret: str
    base_url: str
    max_retries: int
    token_ttl: float
    timing: "Timing"


def _settings(mock: "BubblehouseMock", clock: "SkippingClock") -> _Settings:
    """Return what both clients are set up with.

    A client makes itself another token when one is refused, and raises where that is the same again. With a clock that
    stands still it always is, so that a forced `invalid_token` comes out at once, whatever second it is.
    """
    from bubblehouse.flow import Timing  # noqa: PLC0415 - see the module's docstring

    now, key = time.time(), mock.keys[0]
    return {
        "shop": mock.shop,
        "key_id": key.key_id,
        "secret": key.secret,
        "base_url": mock.base_url,
        "max_retries": 0,
        "token_ttl": 86_400,
        "timing": Timing(
            monotonic=lambda: time.monotonic() + clock.skipped, time=lambda: now + clock.skipped, sleep=clock.skip
        ),
    }
