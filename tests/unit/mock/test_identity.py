"""Whom a call is about: the token, `customer`, and whether the two agree."""

from collections.abc import Callable
from typing import Any

import pytest

Tool = Callable[..., Any]

FUNCTIONS = [
    ("RedeemPoints1", {"pts": 100}),
    ("Unredeem1", {"change_bhid": "20b31881b3000203"}),
    ("UseAchievementDiscount1", {"achievement_bhid": "20b31881b3000140"}),
    ("CustomerBalance3", {}),
]
SHOP, CUSTOMER = "demo-shop", "demo-shop/1001"


@pytest.mark.parametrize(("function", "body"), FUNCTIONS)
@pytest.mark.parametrize(
    ("sub", "customer", "status", "error"),
    [
        (SHOP, ..., 400, "missing_customer_identity"),
        (SHOP, {}, 404, "empty_customer_identity"),
        (SHOP, {"shopid": "", "email": "", "bhid": ""}, 404, "empty_customer_identity"),
        (SHOP, {"phone": "555"}, 404, "empty_customer_identity"),
        (SHOP, {"shopid": "9999"}, 404, "no_customers_match_customer_identity"),
        (SHOP, {"shopid": " 1001"}, 404, "no_customers_match_customer_identity"),
        (SHOP, {"bhid": "0000018ABC000001"}, 404, "no_customers_match_customer_identity"),
        (
            SHOP,
            {"shopid": "1001", "email": "other@example.com"},
            404,
            "customer_identity_partially_mismatches_matched_customer",
        ),
        (
            SHOP,
            {"shopid": "1001", "bhid": "0000018abc009999"},
            404,
            "customer_identity_partially_mismatches_matched_customer",
        ),
        (
            SHOP,
            {"shopid": "1004", "email": "rich@example.com"},
            404,
            "customer_identity_partially_mismatches_matched_customer",
        ),
        (
            SHOP,
            {"shopid": "1001", "bhid": "0000018abc000002"},
            404,
            "customer_identity_partially_mismatches_matched_customer",
        ),
        (SHOP, {"shopid": "1001"}, 200, ""),
        (SHOP, {"email": "RICH@example.com"}, 200, ""),
        (SHOP, {"bhid": "0000018abc000001", "shopid": "1001", "email": "rich@example.com"}, 200, ""),
        (SHOP, {"shopid": "1001", "email": ""}, 200, ""),
        (CUSTOMER, ..., 200, ""),
        (CUSTOMER, {}, 200, ""),
        (CUSTOMER, {"shopid": ""}, 200, ""),
        (CUSTOMER, {"shopid": "1001"}, 200, ""),
        (CUSTOMER, {"bhid": "0000018abc000001"}, 200, ""),
        (CUSTOMER, {"shopid": "1002"}, 403, "customer_identity_does_not_match_token"),
        (CUSTOMER, {"shopid": "9999"}, 403, "customer_identity_does_not_match_token"),
        (CUSTOMER, {"shopid": "1001", "email": "poor@example.com"}, 403, "customer_identity_does_not_match_token"),
        ("demo-shop/1004", {"email": "rich@example.com"}, 403, "customer_identity_does_not_match_token"),
        ("demo-shop/9999", ..., 404, "no_customers_match_customer_identity"),
        ("demo-shop/9999", {"shopid": "1001"}, 404, "no_customers_match_customer_identity"),
    ],
)
def test_every_combination(
    call: Tool, function: str, body: dict[str, Any], sub: str, customer: Any, status: int, error: str
) -> None:
    named = {} if customer is ... else {"customer": customer}
    assert call(function, {**body, **named}, sub=sub).error == (status, error)


def test_an_id_that_is_not_stored_contradicts_nothing(call: Tool) -> None:
    for customer in (
        {"shopid": "1004", "email": "new@example.com"},
        {"email": "newsletter@example.com", "shopid": "77"},
    ):
        assert call("CustomerBalance3", {"customer": customer}).status == 200
    assert call("CustomerBalance3", {"customer": {"email": "new@example.com"}}, sub="demo-shop/1004").status == 200


@pytest.mark.parametrize(
    "customer", [None, "1001", 1001, ["1001"], {"shopid": 1001}, {"shopid": None}, {"email": ["x"]}]
)
def test_an_identity_of_another_type_is_malformed(call: Tool, customer: Any) -> None:
    assert call("CustomerBalance3", {"customer": customer}).error == (400, "invalid_request")
