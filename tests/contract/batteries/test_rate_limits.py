"""Rate limits: so many calls a second and a day, for a customer and for the shop, and no more.

Whether a period is a fixed window or slides is not documented, and nothing here rests on it: the clock stands at noon.
"""

import time
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from tests.contract.proof import contract as contracts
from tests.contract.proof.contract import Contract, Operation
from tests.contract.proof.scene import stage
from tests.contract.proof.target import Control, Customer, Target
from tests.contract.proof.wire import Answer, Wire

_FEW: Final = 2  # calls
_PERIODS: Final = {"second": 1, "day": 86_400}  # seconds
_SCOPES: Final = ("customer", "shop")
_OPERATIONS: Final = tuple(contracts.load().operations)


class Desk:
    """Makes calls while the clock stands.

    Args:
        wire: Where they go.
        control: Moves the clock.
    """

    def __init__(self, wire: Wire, control: Control) -> None:
        self._wire = wire
        self._control = control
        self.operations = wire.contract.operations
        self.documented = wire.contract.document["x-bubblehouse-rate-limits"]
        self.here = wire.scene.spender
        self.there = wire.scene.other or Customer("")
        tomorrow = datetime.now(UTC) + timedelta(days=1)
        self._now = tomorrow.replace(hour=12, minute=0, second=0, microsecond=500_000)
        control.reset()
        control.act("POST", "clock/freeze", {"at": self._now.isoformat()})

    def limit(self, *, delay: int = 0, **limits: Any) -> None:
        """Let these be the limits."""
        chosen = {"rate_limits": limits} if limits else {}
        self._control.settings({"rate_limits_enabled": True, "rate_limit_delay": delay, **chosen})

    def pass_time(self, seconds: float) -> None:
        """Let it be later."""
        self._now += timedelta(seconds=seconds)
        self._control.act("POST", "clock/advance", {"to": self._now.isoformat()})

    def call(self, operation: Operation, customer: Customer) -> Answer:
        """Make a call, which may well be refused by the rules of its function: it counts all the same."""
        lasting = {"exp": int(self._now.timestamp()) + 60}
        token = self._wire.target.token("CustomerToken", customer.shopid, claims=lasting)
        arguments = self._wire.scene.arguments(operation, customer, "0000000000000000")
        answer = self._wire.send(self._wire.request(operation, arguments, token), operation)
        assert answer.status != 401
        return answer

    def admitted(self, operation: Operation, customer: Customer, *, most: int = _FEW + 2) -> int:
        """Return how many calls are let through before one is too many."""
        for number in range(most):
            if (refused := self.call(operation, customer)).status == 429:
                assert refused.error == (429, "rate_limit_exceeded")
                return number
        return most

    def wait(self, operation: Operation, customer: Customer) -> int:
        """Return the seconds that a call which is too many is told to wait."""
        refused = self.call(operation, customer)
        assert refused.status == 429
        told = refused.response.header("Retry-After") or ""
        assert told.isdecimal()
        return int(told)


@pytest.fixture
def desk(wire: Wire, control: Control) -> Desk:
    return Desk(wire, control)


def _limits(operation: Operation, period: str, scope: str, calls: int = _FEW) -> dict[str, Any]:
    return {operation.kind: {f"per_{period}": {scope: calls}}}


@pytest.mark.parametrize("scope", _SCOPES)
@pytest.mark.parametrize("period", _PERIODS)
@pytest.mark.parametrize("name", _OPERATIONS)
def test_so_many_calls_and_no_more(desk: Desk, name: str, period: str, scope: str) -> None:
    operation = desk.operations[name]
    desk.limit(**_limits(operation, period, scope))
    assert desk.admitted(operation, desk.here) == _FEW


@pytest.mark.parametrize("scope", _SCOPES)
def test_a_day_is_a_day(desk: Desk, scope: str) -> None:
    operation = desk.operations["CustomerBalance3"]
    desk.limit(**_limits(operation, "day", scope))
    assert desk.admitted(operation, desk.here) == _FEW
    desk.pass_time(11 * 3600)
    assert desk.admitted(operation, desk.here) == 0
    desk.pass_time(13 * 3600)
    assert desk.admitted(operation, desk.here) == _FEW


@pytest.mark.parametrize("scope", _SCOPES)
def test_a_second_is_a_second(desk: Desk, scope: str) -> None:
    operation = desk.operations["CustomerBalance3"]
    desk.limit(**_limits(operation, "second", scope))
    assert desk.admitted(operation, desk.here) == _FEW
    desk.pass_time(0.25)
    assert desk.admitted(operation, desk.here) == 0
    desk.pass_time(1)
    assert desk.admitted(operation, desk.here) == _FEW


@pytest.mark.parametrize("period", _PERIODS)
def test_who_waits_as_told_is_let_through(desk: Desk, period: str) -> None:
    operation = desk.operations["CustomerBalance3"]
    desk.limit(**_limits(operation, period, "customer"))
    desk.admitted(operation, desk.here)
    told = desk.wait(operation, desk.here)
    assert 1 <= told <= _PERIODS[period]
    desk.pass_time(told)
    assert desk.admitted(operation, desk.here) >= 1


def test_a_customers_calls_are_not_anothers(desk: Desk) -> None:
    operation = desk.operations["CustomerBalance3"]
    desk.limit(**_limits(operation, "day", "customer"))
    assert (desk.admitted(operation, desk.here), desk.admitted(operation, desk.there)) == (_FEW, _FEW)


def test_the_shop_counts_everybodys(desk: Desk) -> None:
    operation = desk.operations["CustomerBalance3"]
    desk.limit(**_limits(operation, "day", "shop"))
    desk.call(operation, desk.there)
    assert desk.admitted(operation, desk.here) == _FEW - 1


def test_reads_and_writes_are_counted_apart(desk: Desk) -> None:
    read, write = desk.operations["CustomerBalance3"], desk.operations["Unredeem1"]
    desk.limit(**_limits(read, "day", "customer"), **_limits(write, "day", "customer"))
    assert (desk.admitted(read, desk.here), desk.admitted(write, desk.here)) == (_FEW, _FEW)


def test_calls_of_a_kind_are_counted_together(desk: Desk) -> None:
    post, get = desk.operations["CustomerBalance3"], desk.operations["CustomerBalance3Get"]
    desk.limit(**_limits(post, "day", "customer"))
    desk.call(get, desk.here)
    assert desk.admitted(post, desk.here) == _FEW - 1


def test_calls_that_were_too_many_do_not_count(desk: Desk) -> None:
    operation = desk.operations["CustomerBalance3"]
    limits: dict[str, Any] = {operation.kind: {"per_day": {"customer": 1, "shop": 3}}}
    desk.limit(**limits)
    assert desk.admitted(operation, desk.here) == 1
    assert desk.wait(operation, desk.here) == desk.wait(operation, desk.here)
    assert desk.admitted(operation, desk.there) == 1


def test_near_the_limit_a_call_is_delayed_before_it_is_refused(desk: Desk) -> None:
    operation = desk.operations["CustomerBalance3"]
    limits = _limits(operation, "second", "customer", 1)
    desk.limit(delay=1, **limits)
    assert desk.admitted(operation, desk.here) == 2
    desk.limit(delay=0, **limits)
    desk.pass_time(5)
    assert desk.admitted(operation, desk.here) == 1


def test_a_call_that_is_delayed_is_answered_late(http_target: Target, contract: Contract) -> None:
    """In process, nobody would really wait."""
    control = http_target.control
    if control is None:
        pytest.skip("whether limits are on, and which, is known where there is a control plane")
    control.reset()
    served = Wire(http_target, contract, stage(http_target, contract.version))
    limits = _limits(contract.operations["CustomerBalance3"], "second", "customer", 1)
    control.settings({"rate_limits_enabled": True, "rate_limit_delay": 5, "rate_limits": limits})
    began = time.monotonic()
    for _ in range(3):
        served.balance(served.scene.spender)
    waited = time.monotonic() - began
    control.reset()
    assert 1 < waited < 5


@pytest.mark.parametrize("period", _PERIODS)
@pytest.mark.parametrize("name", ["CustomerBalance3", "Unredeem1"])
def test_the_limits_are_those_that_are_documented(desk: Desk, name: str, period: str) -> None:
    operation = desk.operations[name]
    desk.limit()
    for _ in range(desk.documented[operation.kind][f"per_{period}"]["customer"]):
        assert desk.call(operation, desk.here).status != 429
        if period == "day":
            desk.pass_time(0.5)
    assert desk.call(operation, desk.here).status == 429
