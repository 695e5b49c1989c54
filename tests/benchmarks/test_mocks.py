"""The shops that the mock is measured with, the call that it is measured by, and what wrk's figures are worth."""

import json
import shutil
from pathlib import Path

import pytest
from tests.benchmarks.mocks import function_url
from tests.benchmarks.processes import ProgramError
from tests.benchmarks.redeem import FIRST, Target, write_shop
from tests.benchmarks.wrk import Load, load, read

from bubblehouse_mock import BubblehouseMock
from bubblehouse_mock.serving.server import running


@pytest.fixture
def mock(tmp_path: Path) -> BubblehouseMock:
    write_shop(tmp_path / "shop.json", customers=3, changes=12)
    return BubblehouseMock(fixture=tmp_path / "shop.json", strict=True)


def _printed(**found: int) -> str:
    fine = {"seconds": 2.0, "answers": 300, "p99": 0.0045, "others": 0, "status": 422, "broken": 0, "late": 0}
    return f"Running 2s test\n\n{json.dumps(fine | found)}\n"


def test_a_shop_has_the_size_it_should(mock: BubblehouseMock) -> None:
    assert [customer.shopid for customer in mock.customers] == [str(FIRST + number) for number in range(3)]
    assert [len(customer.changes) for customer in mock.customers] == [12, 12, 12]


def test_one_call_redeems_points_and_another_answer_is_an_error(mock: BubblehouseMock) -> None:
    customer = mock.customers[0]
    before = customer.ledger.redeemed
    with running(mock) as url:
        target = Target(function_url(url), 3, 0)
        target.check()
        assert customer.ledger.redeemed == before + 100
        mock.fail_next("insufficient_points")
        with pytest.raises(ProgramError, match=r"answered with 4.. .*insufficient_points"):
            target.check()
    with pytest.raises(ProgramError, match="not answered"):
        target.check()


def test_what_wrk_found_becomes_a_rate_and_a_percentile() -> None:
    assert read(_printed(), "url") == Load(150.0, 0.0045)


@pytest.mark.parametrize(
    ("printed", "reason"),
    [
        (_printed(others=2), "2 answers with another status than 200, as 422"),
        (_printed(broken=1), "broke 1 connections"),
        (_printed(late=1), "1 too late"),
        (_printed(answers=0), "0 answers"),
    ],
)
def test_any_other_answer_or_none_spoils_a_row(printed: str, reason: str) -> None:
    with pytest.raises(ProgramError, match=reason):
        read(printed, "url")


@pytest.mark.skipif(shutil.which("wrk") is None, reason="wrk is not installed")
def test_wrk_calls_all_customers_and_sees_a_single_refusal_among_thousands(mock: BubblehouseMock) -> None:
    with running(mock) as url:
        target = Target(function_url(url), 3, 0)
        mock.fail_next("rate_limit_exceeded")  # first, since wrk leaves calls behind that nobody counts
        with pytest.raises(ProgramError, match="gave 1 answers with another status than 200, as 429"):
            load(target, seconds=1)
        found = load(target, seconds=1)
        assert found.rate > 0 < found.p99
        assert all(len(customer.coupons) > 1 for customer in mock.customers)
