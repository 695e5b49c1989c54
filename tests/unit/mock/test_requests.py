"""HTTP's edges: versions, paths, verbs, and which of several faults is told."""

from collections.abc import Callable
from typing import Any

import pytest

from bubblehouse_mock.mock import BubblehouseMock

Tool = Callable[..., Any]

ASK = {"customer": {"shopid": "1001"}}


class TestVersion:
    @pytest.mark.parametrize(
        ("version", "status", "error"),
        [
            ("v2023061", 200, ""),
            ("v20230601", 200, ""),
            ("v20220101", 400, "obsolete_global_api_version"),
            ("v20300101", 400, "inaccessible_global_api_version"),
            ("v1", 400, "invalid_global_api_version"),
            ("V2023061", 400, "invalid_global_api_version"),
            ("", 400, "invalid_global_api_version"),
            ("..", 400, "invalid_global_api_version"),
            ("%00", 400, "invalid_global_api_version"),
            ("%ff", 400, "invalid_global_api_version"),
        ],
    )
    def test_each_kind(self, call: Tool, version: str, status: int, error: str) -> None:
        assert call("", ASK, path=f"/api/{version}/demo-shop/CustomerBalance3").error == (status, error)

    def test_is_judged_before_everything_else(self, call: Tool) -> None:
        answer = call("", raw=b"\xff", token=None, method="PUT", path="/api/v1/no-shop/Nothing")
        assert answer.error == (400, "invalid_global_api_version")

    def test_the_shop_says_which_work(self, call: Tool, mock: BubblehouseMock) -> None:
        mock.configure(inaccessible_versions=["v2023061"])
        assert call("CustomerBalance3", ASK).error == (400, "inaccessible_global_api_version")
        assert call("", ASK, path="/api/v20230601/demo-shop/CustomerBalance3").status == 200


class TestPath:
    @pytest.mark.parametrize(
        "path",
        [
            "",
            "//",
            "/api",
            "/api/",
            "/api/v2023061",
            "/api/v2023061/demo-shop",
            "/api/v2023061/demo-shop/",
            "/api/v2023061/demo-shop/CustomerBalance3/",
            "/api/v2023061/demo-shop/CustomerBalance3/x",
            "//api/v2023061/demo-shop/CustomerBalance3",
            "/api/v2023061//demo-shop/CustomerBalance3",
            "/api/v2023061/demo-shop/../demo-shop/CustomerBalance3",
            "/api/v2023061/demo-shop/CustomerBalance3%00",
            "/api/v2023061/demo-shop/CustomerBalance3%2F",
            "/api/v2023061/demo-shop/customerbalance3",
            "/api/v2023061/demo-shop/CustomerBalance9",
            "/api/v2023061/demo-shop/%ff",
            "/api/v2023061/demo-shop/%zz",
            "/API/v2023061/demo-shop/CustomerBalance3",
            "/__mock__",
            "/__mock__x/config",
            "http://elsewhere/api/v2023061/demo-shop/CustomerBalance3",
        ],
    )
    def test_unknown(self, call: Tool, path: str) -> None:
        assert call("", ASK, path=path).error == (404, "unknown_function")

    def test_percent_encoding_is_only_a_spelling(self, call: Tool) -> None:
        assert call("", ASK, path="/%61pi/v2023061/demo%2Dshop/Customer%42alance3").status == 200

    def test_another_shop(self, call: Tool) -> None:
        for shop in ("no-shop", "..", "%00", "", "demo-shop%2F1001"):
            answer = call("", ASK, path=f"/api/v2023061/{shop}/CustomerBalance3")
            assert answer.error == (401, "invalid_token")


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "BREW", "post"])
def test_another_verb(call: Tool, method: str) -> None:
    for function, verbs in (("CustomerBalance3", "GET, POST"), ("RedeemPoints1", "POST")):
        answer = call(function, method=method, token=None)
        assert answer.error == (405, "method_not_allowed")
        assert answer.headers["allow"] == verbs


def test_get_is_only_for_functions_that_have_it(call: Tool) -> None:
    assert call("RedeemPoints1", method="GET", query="pts=100").error == (405, "method_not_allowed")


def test_what_is_reported_first(call: Tool, mock: BubblehouseMock) -> None:
    limits: Any = {"write": {"per_second": {"customer": 1}}}
    mock.configure(rate_limits_enabled=True, rate_limit_delay=0, rate_limits=limits)
    bad = {"raw": b"{", "sub": "demo-shop/9999"}
    assert call("RedeemPoints1", token=None, raw=b"{").error == (401, "invalid_token")
    assert call("RedeemPoints1", **bad).error == (400, "invalid_request")
    assert call("RedeemPoints1", {"pts": 1}, sub="demo-shop/9999").error == (
        404,
        "no_customers_match_customer_identity",
    )
    assert call("RedeemPoints1", {"pts": 1}, sub="demo-shop/1001").error == (422, "points_below_redeemable_minimum")
    assert call("RedeemPoints1", raw=b"{", sub="demo-shop/1001").error == (429, "rate_limit_exceeded")


def test_every_answer_is_json_that_nobody_keeps(call: Tool) -> None:
    for answer in (call("CustomerBalance3", ASK), call("Nothing1"), call("CustomerBalance3", token=None)):
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["cache-control"] == "no-store"
        assert int(answer.headers["content-length"]) > 0
