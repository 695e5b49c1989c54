"""HTTP's edges: versions, paths, verbs, media types, bodies."""

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
            "/",
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
        assert call("", ASK, path=path or "/").error == (404, "unknown_function")

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


class TestMediaType:
    @pytest.mark.parametrize(
        "media_type",
        [
            "application/json",
            "application/json; charset=utf-8",
            'Application/JSON;charset="UTF-8"',
            "application/json;v=1",
        ],
    )
    def test_accepted(self, call: Tool, media_type: str) -> None:
        assert call("CustomerBalance3", ASK, headers={"content-type": media_type}).status == 200

    @pytest.mark.parametrize(
        "media_type",
        [
            "",
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/json-patch+json",
            "application/json; charset=utf-16",
            "application/json, application/json",
            "json",
            ";",
        ],
    )
    def test_refused(self, call: Tool, media_type: str) -> None:
        answer = call("CustomerBalance3", ASK, headers={"content-type": media_type})
        assert answer.error == (415, "unsupported_media_type")

    def test_a_compressed_body_is_refused(self, call: Tool) -> None:
        answer = call("CustomerBalance3", ASK, headers={"content-encoding": "gzip"})
        assert answer.error == (415, "unsupported_media_type")
        assert call("CustomerBalance3", ASK, headers={"content-encoding": "identity"}).status == 200


class TestBody:
    @pytest.mark.parametrize(
        ("raw", "says"),
        [
            (b"", "empty"),
            (b" ", "JSON"),
            (b"{", "JSON"),
            (b"{}x", "JSON"),
            (b"\xef\xbb\xbf{}", "JSON"),
            (b"{'pts': 1}", "JSON"),
            (b'{"pts": 1,}', "JSON"),
            (b'{"pts": NaN}', "NaN"),
            (b'{"pts": -Infinity}', "Infinity"),
            (b'{"pts": 1e400}', "too large"),
            (b'{"pts": ' + b"9" * 5000 + b"}", "too many digits"),
            (b'{"pts": 100, "pts": 100}', "'pts' stands twice"),
            (b'{"pts": 100, "x": {"a": 1, "a": 1}}', "'a' stands twice"),
            (b'{"pts": 100, "x": "\\ud800"}', "surrogate"),
            (b"\xff", "UTF-8"),
            ('{"pts": 100}'.encode("utf-16"), "UTF-8"),
            (b"[" * 100_000, "nested"),
            (b'{"x":' * 65 + b"1" + b"}" * 65, "nested"),
            (b"[]", "object"),
            (b"100", "object"),
            (b"null", "object"),
            (b'"pts"', "object"),
            (b"{}", "pts"),
            (b'{"pts": null}', "pts"),
            (b'{"pts": "500"}', "pts"),
            (b'{"pts": true}', "pts"),
            (b'{"pts": 0.5}', "pts"),
            (b'{"pts": 0}', "pts"),
            (b'{"pts": -1}', "pts"),
            (b'{"pts": [500]}', "pts"),
            (b'{"pts": 100, "no_coupon": "true"}', "no_coupon"),
            (b'{"pts": 100, "no_coupon": 1}', "no_coupon"),
            (b'{"pts": 100, "no_coupon": null}', "no_coupon"),
            (b'{"pts": 100, "cart_subtotal": 42.99}', "cart_subtotal"),
            (b'{"pts": 100, "cart_subtotal": 42.0}', "cart_subtotal"),
            (b'{"pts": 100, "cart_subtotal": 1e2}', "cart_subtotal"),
            (b'{"pts": 100, "cart_subtotal": "1e2"}', "cart_subtotal"),
            (b'{"pts": 100, "cart_subtotal": "42.99\\n"}', "cart_subtotal"),
            (b'{"pts": 100, "cart_subtotal": "\xd9\xa1"}', "cart_subtotal"),
            (b'{"pts": 100, "cart_subtotal": "NaN"}', "cart_subtotal"),
            (b'{"pts": 100, "cart_subtotal": " 1"}', "cart_subtotal"),
            (b'{"pts": 100, "cart_subtotal": ""}', "cart_subtotal"),
            (b'{"pts": 100, "cart_subtotal": null}', "cart_subtotal"),
            (b'{"pts": 100, "cart_subtotal": true}', "cart_subtotal"),
            (b'{"pts": 100, "cart_subtotal": "9223372036854.775808"}', "64-bit"),
            (b'{"pts": 100, "cart_subtotal": "' + b"9" * 100_000 + b'"}', "64-bit"),
            (b'{"pts": 100, "cart_subtotal": 9223372036854775808}', "cart_subtotal"),
        ],
    )
    def test_malformed(self, call: Tool, raw: bytes, says: str) -> None:
        answer = call("RedeemPoints1", raw=raw, sub="demo-shop/1001")
        assert answer.error == (400, "invalid_request")
        assert says in answer.body["message"]
        assert len(answer.body["message"]) < 400

    @pytest.mark.parametrize(
        "raw",
        [
            b'{"pts": 100}',
            b' \n{"pts": 100}\n ',
            b'{"pts": 100.0}',
            b'{"pts": 1e2}',
            b'{"pts": 100, "unknown": {"deep": [1, 2.5, null, "\\u0000", "\\ud83d\\ude00"]}}',
            b'{"pts": 100, "cart_subtotal": "0.00000000000000000001"}',
            b'{"pts": 100, "cart_subtotal": "-1"}',
            b'{"pts": 100, "cart_subtotal": "9223372036854.775807"}',
            b'{"pts": 100, "cart_subtotal": -9223372036854775808}',
            b'{"pts": 100, "x":' + b'{"x":' * 62 + b"1" + b"}" * 63,
        ],
    )
    def test_well_formed(self, call: Tool, raw: bytes) -> None:
        assert call("RedeemPoints1", raw=raw, sub="demo-shop/1001").status == 200

    def test_size(self, call: Tool) -> None:
        def body(length: int) -> bytes:
            return b'{"pts": 100, "x": "' + b"x" * (length - 21) + b'"}'

        assert call("RedeemPoints1", raw=body(1_048_576), sub="demo-shop/1001").status == 200
        assert call("RedeemPoints1", raw=body(1_048_577), sub="demo-shop/1001").error == (413, "request_too_large")

    def test_a_body_that_stopped_coming(self, call: Tool) -> None:
        answer = call("RedeemPoints1", {"pts": 100}, sub="demo-shop/1001", complete=False)
        assert answer.error == (400, "invalid_request")

    def test_many_keys_are_no_trap(self, call: Tool) -> None:
        keys = ",".join(f'"k{number}":0' for number in range(80_000))
        answer = call("RedeemPoints1", raw=f'{{"pts":100,{keys},"k1":0}}'.encode(), sub="demo-shop/1001")
        assert answer.error == (400, "invalid_request")


def test_what_is_reported_first(call: Tool, mock: BubblehouseMock) -> None:
    mock.configure(rate_limits_enabled=True, rate_limits={"write": {"per_second": {"customer": 1}}})
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
