"""Unredeem1: what can be undone, by whom, and how often."""

from collections.abc import Callable
from typing import Any

import pytest

Tool = Callable[..., Any]

RICH = {"shopid": "1001"}


def test_points_come_back_and_the_code_goes(call: Tool, balance: Tool) -> None:
    before = balance(include_unused_rewards=True)
    redeemed = call("RedeemPoints1", {"customer": RICH, "pts": 500}).body
    answer = call("Unredeem1", {"customer": RICH, "change_bhid": redeemed["change_bhid"]})
    assert (answer.status, answer.body) == (200, {"success": True, "pts": 500})
    assert balance(include_unused_rewards=True) == before


def test_only_once(call: Tool, balance: Tool) -> None:
    redeemed = call("RedeemPoints1", {"customer": RICH, "pts": 500}).body
    undo = {"customer": RICH, "change_bhid": redeemed["change_bhid"]}
    assert call("Unredeem1", undo).status == 200
    after = balance()
    assert call("Unredeem1", undo).error == (422, "change_already_reverted")
    assert balance() == after


def test_not_once_the_code_is_used(call: Tool, control: Tool, balance: Tool) -> None:
    redeemed = call("RedeemPoints1", {"customer": RICH, "pts": 500}).body
    undo = {"customer": RICH, "change_bhid": redeemed["change_bhid"]}
    control(f"codes/{redeemed['code']}", {"status": "used"})
    spent = balance()
    assert call("Unredeem1", undo).error == (422, "invalid_redemption_for_unredeem")
    assert balance() == spent
    control(f"codes/{redeemed['code']}", {"status": "unused"})
    assert call("Unredeem1", undo).status == 200


def test_an_external_redemption_has_no_code_that_could_be_used(call: Tool) -> None:
    redeemed = call("RedeemPoints1", {"customer": RICH, "pts": 500, "no_coupon": True}).body
    assert call("Unredeem1", {"customer": RICH, "change_bhid": redeemed["change_bhid"]}).status == 200


@pytest.mark.parametrize(
    ("change_bhid", "status", "error"),
    [
        ("20b31881b3000203", 200, ""),  # its code is unused
        ("20b31881b3000204", 422, "invalid_redemption_for_unredeem"),  # its code is used
        ("20b31881b3000205", 200, ""),  # external
        ("20b31881b3000206", 422, "change_already_reverted"),
        ("20b31881b3000207", 422, "invalid_redemption_for_unredeem"),  # the undoing of another one
        ("20b31881b3000201", 422, "invalid_redemption_for_unredeem"),  # points earned
        ("20b31881b3000202", 422, "invalid_redemption_for_unredeem"),  # points expired
        ("20B31881B3000203", 404, "not_found"),  # ids are compared as they are
        ("20b31881b3000221", 404, "not_found"),  # another customer's redemption
        ("0000018abc000001", 404, "not_found"),  # the customer's own id
        ("", 404, "not_found"),
    ],
)
def test_every_kind_of_change(call: Tool, change_bhid: str, status: int, error: str) -> None:
    assert call("Unredeem1", {"customer": RICH, "change_bhid": change_bhid}).error == (status, error)


def test_a_customer_token_undoes_only_the_customers_own(call: Tool) -> None:
    redeemed = call("RedeemPoints1", {"customer": RICH, "pts": 500}).body
    undo = {"change_bhid": redeemed["change_bhid"]}
    assert call("Unredeem1", undo, sub="demo-shop/1004").error == (404, "not_found")
    assert call("Unredeem1", undo, sub="demo-shop/1001").status == 200
