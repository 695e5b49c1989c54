"""What clients make of each fault that a mock is told to have, in process and over sockets, and what was applied."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeAlias

import pytest
from tests import mounted
from tests.reliability.caller import KINDS, READ, WRITE, Caller

from bubblehouse.flow import Timing
from bubblehouse.transport import Request as WireRequest
from bubblehouse.transport import TransportError
from bubblehouse_loyalty import errors
from bubblehouse_mock.clock import FrozenClock, SkippingClock
from bubblehouse_mock.mock import BubblehouseMock
from bubblehouse_mock.serving import server
from bubblehouse_mock.serving.asgi import MockApp

Force: TypeAlias = Callable[[BubblehouseMock], None]


class Met(NamedTuple):
    """A fault, and what is to come of it: the read's error, the write's, and whether the write was applied."""

    force: Force
    read: type[errors.BubblehouseError]
    write: type[errors.BubblehouseError]
    applied: bool


UNKNOWN = errors.OutcomeUnknownError
MET = {
    "error": Met(
        lambda mock: mock.fail_next("invalid_request", delay=0.01),
        errors.InvalidRequestError,
        errors.InvalidRequestError,
        applied=False,
    ),
    "page": Met(
        lambda mock: mock.fail_next(status=502, delay=0.01), errors.InternalServerError, UNKNOWN, applied=False
    ),
    "dropped before": Met(lambda mock: mock.drop_next(delay=0.01), errors.APIConnectionError, UNKNOWN, applied=False),
    "dropped after": Met(
        lambda mock: mock.drop_next(applied=True, delay=0.01), errors.APIConnectionError, UNKNOWN, applied=True
    ),
    "truncated": Met(
        lambda mock: mock.damage_next("truncated", delay=0.01), errors.APIConnectionError, UNKNOWN, applied=True
    ),
    "malformed": Met(
        lambda mock: mock.damage_next("malformed", delay=0.01), errors.ResponseValidationError, UNKNOWN, applied=True
    ),
    "dropped late": Met(lambda mock: mock.drop_next(delay=0.5), errors.APITimeoutError, UNKNOWN, applied=False),
    "too late": Met(lambda mock: mock.delay_next(0.5), errors.APITimeoutError, UNKNOWN, applied=True),
    "silent": Met(
        lambda mock: mock.drop_next(applied=True, timed_out=True), errors.APITimeoutError, UNKNOWN, applied=True
    ),
}
REPEATED = ["page", "dropped before", "dropped after", "truncated"]
SHORT = 0.3  # seconds for a call that is to run out of them
AMPLE = 10.0  # for all others, on a machine that is busy with other things


def until(is_so: Callable[[], bool]) -> None:
    """Wait for a server that may be behind its caller, who has given up."""
    end = time.monotonic() + AMPLE
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture
def skipping() -> SkippingClock:
    return SkippingClock()


@pytest.fixture
def mock(skipping: SkippingClock) -> BubblehouseMock:
    made = BubblehouseMock(clock=skipping, strict=True)
    made.configure(minimum_redemption=1, redemption_limit=None)
    return made


@pytest.fixture(params=["in process", "over sockets", "mounted"])
def caller(
    request: pytest.FixtureRequest, mock: BubblehouseMock, skipping: SkippingClock, kind: str
) -> Iterator[Caller]:
    made = Caller(kind).of(mock, timeout=AMPLE, max_retries=0)
    if request.param != "in process":
        with server.running(mock) if request.param != "mounted" else mounted.serving(MockApp(mock)) as url:
            base_url = f"{url.removesuffix('/api')}/api"
            yield Caller(kind, made.options | {"base_url": base_url, "timing": Timing(jitter=lambda: 0.0)})
    else:
        transport: Any = mock.transport() if kind == "sync" else mock.async_transport()
        timing = Timing(monotonic=lambda: time.monotonic() + skipping.skipped, sleep=skipping.skip)
        yield Caller(kind, made.options | {"base_url": mock.base_url, "transport": transport, "timing": timing})


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize("name", MET)
def test_what_a_client_raises_and_what_was_applied(caller: Caller, mock: BubblehouseMock, name: str) -> None:
    met, ledger = MET[name], mock.customers[0].ledger
    seconds = SHORT if met.read is errors.APITimeoutError else AMPLE
    met.force(mock)
    assert type(caller.error(READ, timeout=seconds)) is met.read

    before = len(ledger.changes)
    met.force(mock)
    error = caller.error(WRITE, timeout=seconds)
    assert type(error) is met.write
    if isinstance(error, errors.OutcomeUnknownError):
        assert type(error.reason) is met.read
    until(lambda: mock.faults.pending == () and len(ledger.changes) - before == met.applied)


@pytest.mark.parametrize("name", REPEATED)
def test_a_read_is_repeated_and_a_write_is_not(caller: Caller, mock: BubblehouseMock, name: str) -> None:
    met = MET[name]
    met.force(mock)
    caller.call(READ, max_retries=1)
    met.force(mock)
    assert isinstance(caller.error(WRITE, max_retries=1), errors.OutcomeUnknownError)


def test_an_answer_that_is_late_arrives(caller: Caller, mock: BubblehouseMock) -> None:
    before = len(mock.customers[0].ledger.changes)
    mock.delay_next(0.1)
    begin = time.monotonic()
    caller.call(WRITE)
    assert len(mock.customers[0].ledger.changes) == before + 1
    if "transport" not in caller.options:
        assert time.monotonic() - begin >= 0.1


class TestInProcess:
    """Nothing is waited for."""

    @staticmethod
    def send(mock: BubblehouseMock, timeout: float) -> int:
        address = f"{mock.base_url}/v2023061/{mock.shop}/RedeemPoints1"
        return mock.transport().send(WireRequest("POST", address, (), b"{}"), timeout=timeout).status

    @pytest.mark.parametrize("force", [lambda mock: mock.delay_next(30), lambda mock: mock.drop_next(delay=30)])
    def test_a_delay_that_the_timeout_does_not_allow_for(
        self, mock: BubblehouseMock, skipping: SkippingClock, force: Force
    ) -> None:
        force(mock)
        with pytest.raises(TransportError) as caught:
            self.send(mock, timeout=30)
        assert (caught.value.sent, caught.value.timed_out, skipping.skipped) == (True, True, 30)

    def test_a_delay_is_skipped(self, mock: BubblehouseMock, skipping: SkippingClock) -> None:
        mock.delay_next(30)
        assert self.send(mock, timeout=30.5) == 401
        assert skipping.skipped == 30
        mock.drop_next(delay=10)
        with pytest.raises(TransportError) as caught:
            self.send(mock, timeout=10.5)
        assert (caught.value.sent, caught.value.timed_out, skipping.skipped) == (True, False, 40)

    def test_a_clock_that_stands_still_stays(self) -> None:
        noon = datetime(2026, 5, 20, 12, tzinfo=UTC)
        mock = BubblehouseMock(clock=FrozenClock(noon), strict=True)
        mock.delay_next(30)
        assert self.send(mock, timeout=31) == 401
        assert mock.clock() == noon

    def test_half_an_answer(self, mock: BubblehouseMock) -> None:
        mock.damage_next("truncated")
        with pytest.raises(TransportError) as caught:
            self.send(mock, timeout=1)
        assert (caught.value.sent, caught.value.timed_out) == (True, False)
