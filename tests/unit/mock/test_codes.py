"""A customer's codes are found as if all were looked through."""

from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bubblehouse_mock.state import Coupon, Customer
from bubblehouse_mock.state.customer import CouponStatus

NOON = datetime(2026, 5, 20, 12, tzinfo=UTC)


def coupon(number: int, *, provisional: bool, redemption: bool) -> Coupon:
    bhid = f"change-{number}" if redemption else None
    return Coupon(code=f"CODE-{number}", type="points", desc="", since=NOON, change_bhid=bhid, provisional=provisional)


@settings(derandomize=True, database=None, deadline=None, max_examples=300)
@given(
    st.integers(0, 3),
    st.lists(
        st.one_of(
            st.tuples(st.booleans(), st.booleans()),
            st.tuples(st.integers(0, 9), st.sampled_from(get_args(CouponStatus))),
        ),
        max_size=30,
    ),
)
def test_codes_are_found_as_if_all_were_looked_through(start: int, steps: list[tuple[Any, Any]]) -> None:
    coupons = [coupon(number, provisional=bool(number % 2), redemption=True) for number in range(start)]
    customer = Customer(shopid="1", coupons=coupons)
    for first, second in steps:
        if isinstance(first, bool):
            customer.add_coupon(coupon(len(customer.coupons), provisional=first, redemption=second))
        elif first < len(customer.coupons):
            assert customer.set_coupon_status(f"CODE-{first}", second).status == second
        else:
            with pytest.raises(KeyError):
                customer.set_coupon_status(f"CODE-{first}", second)
        replaceable = [it.code for it in customer.coupons if it.provisional and it.status == "unused"]
        assert sorted(it.code for it in customer.replaceable_coupons) == sorted(replaceable)
    assert customer.coupons is coupons
    for it in coupons:
        assert customer.coupon(it.code) is it
        assert it.change_bhid is None or customer.coupon_of(it.change_bhid) is it
    assert customer.coupon("CODE-30") is customer.coupon_of("change-30") is None
