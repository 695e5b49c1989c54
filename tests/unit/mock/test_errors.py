"""Every error that the contract documents, provoked on every function: the table is complete, or the test fails."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.contract.proof import contract as contracts

from bubblehouse_mock.contract import Contract
from bubblehouse_mock.mock import BubblehouseMock

Tool = Callable[..., Any]
Provoke = Callable[["Stage"], Any]

RICH = {"customer": {"shopid": "1001"}}
REAL = {"pts": 100, "change_bhid": "20b31881b3000203", "achievement_bhid": "20b31881b3000140"}


class Stage:
    """One function by one verb, with everything that can be done wrong to it."""

    def __init__(self, mock: BubblehouseMock, call: Tool, control: Tool, function: str, method: str) -> None:
        self.mock, self._call, self.control = mock, call, control
        self.function, self.method = function, method

    def send(self, customer: Any = ..., **how: Any) -> Any:
        if self.method == "GET":
            named = "" if customer is ... else "customer=" + str(customer).replace("'", '"')
            return self._call(self.function, **{"method": "GET", "query": named, **how})
        body = (
            contracts.load().example(self.function, REAL)
            | ({} if customer is ... else {"customer": customer})
            | how.pop("extra", {})
        )
        return self._call(self.function, body, **how)

    def rich(self, **how: Any) -> Any:
        return self.send({"shopid": "1001"}, **how)


def _version(stage: Stage, version: str) -> Any:
    return stage.rich(path=f"/api/{version}/demo-shop/{stage.function}")


def _limited(stage: Stage) -> Any:
    stage.control("settings", {"rate_limits_enabled": True, "rate_limit_delay": 0})
    return [stage.rich(sub="demo-shop/1001") for _ in range(3)][-1]


def _set(stage: Stage, **settings: Any) -> Any:
    stage.control("settings", settings)
    return stage.rich(extra={"cart_subtotal": "10"})


def _used(stage: Stage) -> Any:
    stage.control("codes/DEMO-UNUSED", {"status": "used"})
    return stage.rich()


PROVOKE: dict[str, Provoke] = {
    "invalid_global_api_version": lambda stage: _version(stage, "v1"),
    "obsolete_global_api_version": lambda stage: _version(stage, "v20220101"),
    "inaccessible_global_api_version": lambda stage: _version(stage, "v20300101"),
    "invalid_token": lambda stage: stage.rich(token="junk"),
    "rate_limit_exceeded": _limited,
    "method_not_allowed": lambda stage: stage.rich(method="PUT"),
    "request_too_large": lambda stage: stage.rich(raw=b" " * 2_000_000),
    "unsupported_media_type": lambda stage: stage.rich(headers={"content-type": "text/plain"}),
    "invalid_request": lambda stage: stage.rich(raw=b"{", **({"query": "customer=x"} if stage.method == "GET" else {})),
    "missing_customer_identity": lambda stage: stage.send(),
    "empty_customer_identity": lambda stage: stage.send({}),
    "no_customers_match_customer_identity": lambda stage: stage.send({"shopid": "9999"}),
    "customer_identity_partially_mismatches_matched_customer": lambda stage: stage.send(
        {"shopid": "1001", "email": "x@example.com"}
    ),
    "customer_identity_does_not_match_token": lambda stage: stage.send({"shopid": "1002"}, sub="demo-shop/1001"),
    "points_disabled": lambda stage: _set(stage, points_enabled=False),
    "points_spending_disabled": lambda stage: _set(stage, points_spending_enabled=False),
    "points_below_redeemable_minimum": lambda stage: _set(stage, minimum_redemption=101),
    "points_above_redeemable_maximum": lambda stage: _set(stage, minimum_redemption=1, maximum_redemption=99),
    "points_not_on_redeemable_step": lambda stage: _set(stage, minimum_redemption=1, redemption_step=2),
    "minimum_order_value_not_met": lambda stage: _set(stage, minimum_order_value="10.01"),
    "insufficient_points": lambda stage: stage.rich(extra={"pts": 20_000}),
    "redemption_limit_exceeded": lambda stage: stage.send({"shopid": "1004"}, extra={"pts": 2001}),
    "not_found": lambda stage: stage.rich(extra={"change_bhid": "0"}),
    "change_already_reverted": lambda stage: [stage.rich() for _ in range(2)][-1],
    "invalid_redemption_for_unredeem": _used,
    "achievement_not_owned": lambda stage: stage.send({"shopid": "1002"}),
}


DOCUMENTED = [
    (operation.function, operation.method, error.id, error.status)
    for operation in Contract().operations
    for error in operation.errors.values()
]


@pytest.mark.parametrize(("function", "method", "error_id", "status"), DOCUMENTED)
def test_every_documented_error(
    mock: BubblehouseMock, call: Tool, control: Tool, function: str, method: str, error_id: str, status: int
) -> None:
    answer = PROVOKE[error_id](Stage(mock, call, control, function, method))
    assert answer.error == (status, error_id)
    assert answer.body["message"]
