"""The pytest plugin in a user's hands: test files that are run as theirs are, with the plugin as it is installed."""

import subprocess
import sys
import time
from collections import Counter
from textwrap import dedent

import pytest

from bubblehouse_loyalty import LoyaltyClient, errors
from bubblehouse_mock.clock import SkippingClock
from bubblehouse_mock.mock import BubblehouseMock

pytest_plugins = ["pytester"]

IMPORTS = """
import asyncio
import pytest
from bubblehouse_loyalty import AsyncLoyaltyClient, CustomerIdentity1, LoyaltyClient, errors
from bubblehouse_mock import BubblehouseMock
"""


def run(pytester: pytest.Pytester, files: dict[str, str], *arguments: str) -> pytest.RunResult:
    """Run a user's tests in a process of their own, without what else is installed here."""
    pytester.makepyfile(**files)
    return pytester.runpytest_subprocess("-W", "error", "-p", "no:cacheprovider", "-p", "no:schemathesis", *arguments)


FRESH = """
@pytest.mark.parametrize("again", [1, 2])
def test_blocking(bubblehouse_mock: BubblehouseMock, bubblehouse_client: LoyaltyClient, again: int) -> None:
    assert repr(bubblehouse_client).startswith("LoyaltyClient(shop='demo-shop'")
    bought = bubblehouse_client.redeem_points_1(customer=CustomerIdentity1(shopid="1001"), pts=500)
    assert bubblehouse_mock.customers[0].ledger.changes[-1].bhid == bought.change_bhid
    assert bubblehouse_mock.state.settings.points_enabled
    bubblehouse_mock.configure(points_enabled=False)
    with pytest.raises(errors.PointsDisabledError):
        bubblehouse_client.for_customer("1001").redeem_points_1(pts=500)

def test_asyncio(bubblehouse_mock: BubblehouseMock, bubblehouse_async_client: AsyncLoyaltyClient) -> None:
    async def redeem() -> str:
        me = bubblehouse_async_client.for_customer("1001")
        return (await me.redeem_points_1(pts=500)).change_bhid
    change_bhid = asyncio.run(redeem())
    assert bubblehouse_mock.customers[0].ledger.changes[-1].bhid == change_bhid

def test_both_are_of_one_shop(bubblehouse_client, bubblehouse_async_client) -> None:
    me, too = bubblehouse_client.for_customer("1001"), bubblehouse_async_client.for_customer("1001")
    before = me.customer_balance_3().pts_available
    asyncio.run(too.redeem_points_1(pts=500))
    assert me.customer_balance_3().pts_available == before - 500

class TestNamesAreTheUsers:
    @pytest.fixture
    def bubblehouse_client(self) -> str:
        return "mine"

    def test_mine(self, bubblehouse_client) -> None:
        assert bubblehouse_client == "mine"
"""
CLOSED = """
kept = []

def test_first(bubblehouse_client, bubblehouse_async_client) -> None:
    kept.extend([bubblehouse_client, bubblehouse_client.for_customer("1001"), bubblehouse_async_client])

def test_second() -> None:
    blocking, derived, asynchronous = kept
    for client in (blocking, derived):
        with pytest.raises(errors.ClientClosedError):
            client.customer_balance_3()
    with pytest.raises(errors.ClientClosedError):
        asyncio.run(asynchronous.customer_balance_3())
"""
FORCED = """
def test_by_class(bubblehouse_mock, bubblehouse_client) -> None:
    bubblehouse_mock.fail_next(errors.InsufficientPointsError)
    with pytest.raises(errors.InsufficientPointsError):
        bubblehouse_client.for_customer("1001").redeem_points_1(pts=500)

def test_by_id(bubblehouse_mock, bubblehouse_async_client) -> None:
    bubblehouse_mock.fail_next("rate_limit_exceeded", operation="CustomerBalance3", retry_after=7)
    with pytest.raises(errors.RateLimitExceededError) as caught:
        asyncio.run(bubblehouse_async_client.for_customer("1001").customer_balance_3())
    assert caught.value.retry_after == 7

@pytest.mark.parametrize("applied", [False, True])
def test_lost_answer(bubblehouse_mock, bubblehouse_client, applied: bool) -> None:
    ledger = bubblehouse_mock.customers[0].ledger
    before = len(ledger.changes)
    bubblehouse_mock.drop_next(applied=applied)
    with pytest.raises(errors.OutcomeUnknownError) as caught:
        bubblehouse_client.for_customer("1001").redeem_points_1(pts=500)
    assert isinstance(caught.value.reason, errors.APIConnectionError) and caught.value.reason.sent
    assert caught.value.outcome_read_by == "CustomerBalance3"
    assert len(ledger.changes) == before + applied

def test_gateway(bubblehouse_mock, bubblehouse_client) -> None:
    me = bubblehouse_client.for_customer("1001")
    bubblehouse_mock.fail_next(status=502, times=2)
    with pytest.raises(errors.InternalServerError):
        me.customer_balance_3()
    with pytest.raises(errors.OutcomeUnknownError):
        me.redeem_points_1(pts=500)
    me.redeem_points_1(pts=500)

def test_time_out(bubblehouse_mock, bubblehouse_client) -> None:
    bubblehouse_mock.drop_next(timed_out=True)
    with pytest.raises(errors.APITimeoutError):
        bubblehouse_client.for_customer("1001").customer_balance_3()
"""


def test_a_client_of_a_fresh_shop_closed_afterwards_and_errors_in_one_line(pytester: pytest.Pytester) -> None:
    """In one process: each takes longer to start than its tests."""
    files = {"test_fresh": FRESH, "test_closed": CLOSED, "test_forced": FORCED}
    result = run(pytester, {name: IMPORTS + tests for name, tests in files.items()}, "-v")
    result.assert_outcomes(passed=13)
    passed = Counter(line.partition(".py::")[0] for line in result.outlines if " PASSED " in line)
    assert passed == {"test_fresh": 5, "test_closed": 2, "test_forced": 6}


@pytest.mark.parametrize("longer", [0, 1.1])
def test_a_refused_token_comes_out_at_once_whatever_second_it_is(
    bubblehouse_mock: BubblehouseMock, bubblehouse_client: LoyaltyClient, longer: float
) -> None:
    me = bubblehouse_client.for_customer("1001")
    me.customer_balance_3()
    time.sleep(longer)  # a token that is made now would be another one
    bubblehouse_mock.fail_next("invalid_token")
    with pytest.raises(errors.InvalidTokenError):
        me.customer_balance_3()
    me.customer_balance_3()


def test_waits_are_skipped_for_the_shop_and_its_clients_alike(
    bubblehouse_mock: BubblehouseMock, bubblehouse_clock: SkippingClock, bubblehouse_client: LoyaltyClient
) -> None:
    me = bubblehouse_client.for_customer("1001").with_options(max_retries=1)
    bubblehouse_mock.configure(rate_limits_enabled=True, rate_limit_delay=0)
    for _ in range(5):  # the third within a second is told to come back later, and does
        me.customer_balance_3()
    assert 2 <= bubblehouse_clock.skipped <= 5
    bubblehouse_mock.fail_next(errors.RateLimitExceededError, retry_after=25)
    me.customer_balance_3()
    assert 27 <= bubblehouse_clock.skipped <= 30
    bubblehouse_clock.skip(48 * 3600)
    me.customer_balance_3()
    with pytest.raises(ValueError, match="seconds=-1 would turn time back"):
        bubblehouse_clock.skip(-1)


def test_what_was_forced_and_never_met_fails_the_test(pytester: pytest.Pytester) -> None:
    tests = """
    def test_forgotten(bubblehouse_mock) -> None:
        bubblehouse_mock.fail_next("insufficient_points", operation="RedeemPoints1")

    def test_taken_back(bubblehouse_mock) -> None:
        bubblehouse_mock.fail_next("insufficient_points")
        bubblehouse_mock.faults.clear()

    def test_met_once(bubblehouse_mock, bubblehouse_client) -> None:
        bubblehouse_mock.fail_next(errors.InsufficientPointsError, times=9)
        with pytest.raises(errors.InsufficientPointsError):
            bubblehouse_client.for_customer("1001").redeem_points_1(pts=500)
    """
    result = run(pytester, {"test_it": IMPORTS + dedent(tests)})
    result.assert_outcomes(passed=3, errors=1)
    fault = "Fault(error='insufficient_points', operation='RedeemPoints1')"
    assert f"no call met what was forced to go wrong: {fault}" in result.stdout.str()


def test_without_the_extra_it_says_what_to_install(pytester: pytest.Pytester) -> None:
    tests = "import sys; sys.modules['jsonschema_rs'] = None\ndef test_it(bubblehouse_client): pass"
    result = run(pytester, {"test_it": tests})
    result.assert_outcomes(errors=1)
    assert "jsonschema_rs is not installed; run: pip install 'bubblehouse-loyalty[mock]'" in result.stdout.str()


def test_it_is_listed_with_its_purpose(pytester: pytest.Pytester) -> None:
    listed = pytester.runpytest_inprocess("-p", "no:cacheprovider", "--fixtures").stdout.str()
    for name in ("bubblehouse_mock", "bubblehouse_client", "bubblehouse_async_client"):
        assert f"\n{name} -- " in listed


def test_the_plugin_costs_nothing_before_it_is_used() -> None:
    code = (
        "import sys, bubblehouse_pytest.plugin;"
        "print([name for name in sys.modules if name.startswith('bubblehouse') or name in ('jwt', 'yaml', 'attrs')])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "['bubblehouse_pytest', 'bubblehouse_pytest.plugin']"
