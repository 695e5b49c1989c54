"""What input means, line by line: media types, JSON, numbers, money, queries."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from bubblehouse_mock.messages import Request
from bubblehouse_mock.mock import BubblehouseMock

Tool = Callable[..., Any]

ASK = {"customer": {"shopid": "1001"}}


class TestMediaType:
    @pytest.mark.parametrize(
        "media_type",
        [
            "application/json",
            "application/json; charset=utf-8",
            'Application/JSON;charset="UTF-8"',
            "application/json;charset=us-ascii",  # each such text is the same in UTF-8
            "application/json;v=1",
            "application/json;",
            " application/json ",
        ],
    )
    def test_accepted(self, call: Tool, media_type: str) -> None:
        assert call("CustomerBalance3", ASK, headers={"content-type": media_type}).status == 200

    @pytest.mark.parametrize(
        "media_type",
        [
            "",
            " ",
            ";",
            "json",
            "text/plain",
            "text/json",
            "application/json-patch+json",
            "application/problem+json",
            "application/*",
            "*/*",
            # The docs have forms for "simple" parameters, whose rules could not be read: the contract leaves them out.
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/json, application/json",
            "application/json; charset=utf-16",
            "application/json; charset=latin-1",
            "application/json; charset = utf-16",
            "application/json; charset=utf-8; charset=utf-16",
            "application/json; charset",
            "application/json; charset='utf-8'",
            "application/json\xa0",
            "application/\x00json",
        ],
    )
    def test_refused(self, call: Tool, media_type: str) -> None:
        answer = call("CustomerBalance3", ASK, headers={"content-type": media_type})
        assert answer.error == (415, "unsupported_media_type")

    def test_a_form_is_refused_as_one(self, call: Tool) -> None:
        for function, form in (("RedeemPoints1", b"pts=100"), ("CustomerBalance3", b"include_full_program=true")):
            headers = {"content-type": "application/x-www-form-urlencoded"}
            answer = call(function, raw=form, sub="demo-shop/1001", headers=headers)
            assert answer.error == (415, "unsupported_media_type")
            assert "send application/json" in answer.body["message"]

    @pytest.mark.parametrize("coding", ["gzip", "br", "", "identity, gzip", "utf-8"])
    def test_an_encoded_body_is_refused(self, call: Tool, coding: str) -> None:
        answer = call("CustomerBalance3", ASK, headers={"content-encoding": coding or " "})
        assert answer.error == (415, "unsupported_media_type")

    def test_a_body_as_it_is(self, call: Tool) -> None:
        assert call("CustomerBalance3", ASK, headers={"content-encoding": "Identity"}).status == 200

    @pytest.mark.parametrize(
        ("repeated", "status"),
        [
            (("content-type", "application/json"), 415),
            (("content-type", "text/plain"), 415),
            (("content-encoding", "identity"), 200),
            (("content-encoding", "gzip"), 415),
        ],
    )
    def test_a_header_that_is_given_again(
        self, mock: BubblehouseMock, mint: Tool, repeated: tuple[str, str], status: int
    ) -> None:
        first = (
            ("authorization", f"Bearer {mint()}"),
            ("content-type", "application/json"),
            ("content-encoding", "identity"),
        )
        path, body = b"/api/v2023061/demo-shop/CustomerBalance3", json.dumps(ASK).encode()
        for headers in ((*first, repeated), (repeated, *first)):
            assert mock.handle(Request(method="POST", path=path, headers=headers, body=body)).status == status


class TestBody:
    @pytest.mark.parametrize(
        ("raw", "says"),
        [
            # JSON, the whole of it, and nothing beside it
            (b"", "empty"),
            (b" ", "JSON"),
            (b"\n\t\r ", "JSON"),
            (b"{", "JSON"),
            (b"{}x", "JSON"),
            (b'{"pts": 100}{"pts": 100}', "JSON"),
            (b'{"pts": 100}\x00', "JSON"),
            (b'{"pts": 100}\x0b', "JSON"),
            (b'{"pts": 100}\xc2\xa0', "JSON"),
            (b"{'pts': 1}", "JSON"),
            (b"{pts: 1}", "JSON"),
            (b'{"pts": 1,}', "JSON"),
            (b'{"pts": 100 /* points */}', "JSON"),
            (b'{"pts": 100, "x": "\n"}', "JSON"),
            (b'{"pts": 100, "x": "\\x41"}', "JSON"),
            (b'{"pts": 100, "x": True}', "JSON"),
            # UTF-8, unmarked
            (b"\xff", "UTF-8"),
            (b"\xef\xbb\xbf{}", "JSON"),
            (b"\xef\xbb\xbf" + b'{"pts": 100}', "JSON"),
            ('{"pts": 100}'.encode("utf-16"), "UTF-8"),
            ('{"pts": 100}'.encode("utf-16-le"), "JSON"),
            ('{"pts": 100}'.encode("utf-32-be"), "JSON"),
            (b'{"pts": 100, "x": "\xed\xa0\x80"}', "UTF-8"),
            (b'{"pts": 100, "x": "\xc0\x80"}', "UTF-8"),
            (b'{"pts": 100, "x": "\\ud800"}', "surrogate"),
            (b'{"pts": 100, "x": "\\uDE00\\ud83d"}', "surrogate"),
            (b'{"pts": 100, "\\udc00": 1}', "surrogate"),
            (b'{"pts": 100, "x": [["\\ud800 "]]}', "surrogate"),
            # each key once
            (b'{"pts": 100, "pts": 100}', "'pts' stands twice"),
            (b'{"pts": 100, "\\u0070ts": 1}', "'pts' stands twice"),
            (b'{"pts": 100, "x": {"a": 1, "a": 1}}', "'a' stands twice"),
            (b'{"pts": 100, "x": [[{"y": {"": 1, "": 1}}]]}', "'' stands twice"),
            # at most 64 levels
            (b"[" * 100_000, "nested"),
            (b"[" * 65 + b"]" * 65, "nested"),
            (b'{"x":' * 65 + b"1" + b"}" * 65, "nested"),
            (b'{"pts": 100, "x": ' + b'[{"x":' * 32 + b"1" + b"}]" * 32 + b"}", "nested"),
            # an object
            (b"[]", "object"),
            (b"100", "object"),
            (b"null", "object"),
            (b'"pts"', "object"),
            # numbers that JSON doesn't have, or a double
            (b'{"pts": NaN}', "NaN"),
            (b'{"pts": Infinity}', "Infinity"),
            (b'{"pts": -Infinity}', "Infinity"),
            (b'{"pts": 100, "x": NaN}', "NaN"),
            (b'{"pts": 1e400}', "too large"),
            (b'{"pts": -1e400}', "too large"),
            (b'{"pts": 100, "x": 1e309}', "too large"),
            (b'{"pts": ' + b"9" * 5000 + b"}", "too many digits"),
            (b'{"pts": 0100}', "JSON"),
            (b'{"pts": +100}', "JSON"),
            (b'{"pts": 0x64}', "JSON"),
            (b'{"pts": 100.}', "JSON"),
            (b'{"pts": 1_00}', "JSON"),
            (b'{"pts": \xd9\xa1}', "JSON"),
            # a whole number from 1 up
            (b"{}", "pts"),
            (b'{"Pts": 100}', "pts"),
            (b'{"pts": null}', "pts"),
            (b'{"pts": "500"}', "pts"),
            (b'{"pts": true}', "pts"),
            (b'{"pts": [500]}', "pts"),
            (b'{"pts": 0.5}', "pts"),
            (b'{"pts": 500.5}', "pts"),
            (b'{"pts": 5e-1}', "pts"),
            (b'{"pts": 0}', "pts"),
            (b'{"pts": -0}', "pts"),
            (b'{"pts": -0.0}', "pts"),
            (b'{"pts": 1e-400}', "pts"),
            (b'{"pts": -1}', "pts"),
            (b'{"pts": -1e300}', "pts"),
            # a boolean
            (b'{"pts": 100, "no_coupon": "true"}', "no_coupon"),
            (b'{"pts": 100, "no_coupon": 1}', "no_coupon"),
            (b'{"pts": 100, "no_coupon": null}', "no_coupon"),
            # money: text or millionths, never a float
            (b'{"pts": 100, "cart_subtotal": 42.99}', "cart_subtotal"),
            (b'{"pts": 100, "cart_subtotal": 42.0}', "cart_subtotal"),
            (b'{"pts": 100, "cart_subtotal": -0.0}', "cart_subtotal"),
            (b'{"pts": 100, "cart_subtotal": 1e2}', "cart_subtotal"),
            (b'{"pts": 100, "cart_subtotal": "1e2"}', "cart_subtotal"),
            (
                b'{"pts": 100, "cart_subtotal": "42.99\\n"}',
                "cart_subtotal",
            ),  # Python's `$` would take it
            (b'{"pts": 100, "cart_subtotal": "42\\n.99"}', "cart_subtotal"),
            (b'{"pts": 100, "cart_subtotal": "42.99\\u0000"}', "cart_subtotal"),
            (b'{"pts": 100, "cart_subtotal": "\xd9\xa1"}', "cart_subtotal"),
            (b'{"pts": 100, "cart_subtotal": "NaN"}', "cart_subtotal"),
            (b'{"pts": 100, "cart_subtotal": " 1"}', "cart_subtotal"),
            (b'{"pts": 100, "cart_subtotal": "+1"}', "cart_subtotal"),
            (b'{"pts": 100, "cart_subtotal": ".5"}', "cart_subtotal"),
            (b'{"pts": 100, "cart_subtotal": "1."}', "cart_subtotal"),
            (b'{"pts": 100, "cart_subtotal": "1,000"}', "cart_subtotal"),
            (b'{"pts": 100, "cart_subtotal": "1_000"}', "cart_subtotal"),
            (b'{"pts": 100, "cart_subtotal": ""}', "cart_subtotal"),
            (b'{"pts": 100, "cart_subtotal": null}', "cart_subtotal"),
            (b'{"pts": 100, "cart_subtotal": true}', "cart_subtotal"),
            (b'{"pts": 100, "cart_subtotal": ["1"]}', "cart_subtotal"),
            (b'{"pts": 100, "cart_subtotal": "9223372036854.775808"}', "64-bit"),
            (b'{"pts": 100, "cart_subtotal": "-9223372036854.775809"}', "64-bit"),
            (b'{"pts": 100, "cart_subtotal": "' + b"9" * 100_000 + b'"}', "64-bit"),
            (b'{"pts": 100, "cart_subtotal": 9223372036854775808}', "cart_subtotal"),
            # the customer
            (b'{"pts": 100, "customer": "1001"}', "customer"),
            (b'{"pts": 100, "customer": null}', "customer"),
            (b'{"pts": 100, "customer": [{"shopid": "1001"}]}', "customer"),
            (b'{"pts": 100, "customer": {"shopid": 1001}}', "customer.shopid"),
            (b'{"pts": 100, "customer": {"shopid": null}}', "customer.shopid"),
        ],
    )
    def test_malformed(self, call: Tool, raw: bytes, says: str) -> None:
        answer = call("RedeemPoints1", raw=raw, sub="demo-shop/1001")
        assert answer.error == (400, "invalid_request")
        assert says in answer.body["message"]
        assert len(answer.body["message"]) < 400

    @pytest.mark.parametrize(
        ("raw", "pts"),
        [
            (b'{"pts": 100}', 100),
            (b' \n{"pts": 100}\n ', 100),
            (b'{"\\u0070ts": 100}', 100),
            # Whole is whole, however it is written. What is finer than a double is rounded to one, as RFC 8259 has it.
            (b'{"pts": 500.0}', 500),
            (b'{"pts": 5e2}', 500),
            (b'{"pts": 5E+2}', 500),
            (b'{"pts": 5000e-1}', 500),
            (b'{"pts": 500.00000000000000001}', 500),
            # Objects are open, and other spellings of a name are other names.
            (b'{"pts": 100, "PTS": "x", "pts ": null}', 100),
            (b'{"pts": 100, "unknown": {"deep": [1, 2.5, null, "\\u0000", "\\ud83d\\ude00"]}}', 100),
            (b'{"pts": 100, "x": "\\\\ud800"}', 100),
            (b'{"pts": 100, "x": [{"a": 1}, {"a": 1}]}', 100),
            (b'{"pts": 100, "x": "' + b"[{" * 1000 + b'"}', 100),
            (b'{"pts": 100, "x": [' + b"[],{}," * 1000 + b"0]}", 100),
            (b'{"pts": 100, "x":' + b'{"x":' * 62 + b"1" + b"}" * 63, 100),
            (b'{"pts": 100, "x":' + b"[" * 63 + b"]" * 63 + b"}", 100),
            (b'{"pts": 100, "x": [1e-400, -0, -0.0, 1e308, 123456789012345678901234567890]}', 100),
            # Money
            (b'{"pts": 100, "cart_subtotal": "0.00000000000000000001"}', 100),
            (b'{"pts": 100, "cart_subtotal": "-1"}', 100),
            (b'{"pts": 100, "cart_subtotal": "-0"}', 100),
            (b'{"pts": 100, "cart_subtotal": -0}', 100),
            (b'{"pts": 100, "cart_subtotal": "0042.90"}', 100),
            (b'{"pts": 100, "cart_subtotal": "9223372036854.775807"}', 100),
            (b'{"pts": 100, "cart_subtotal": -9223372036854775808}', 100),
        ],
    )
    def test_well_formed(self, call: Tool, raw: bytes, pts: int) -> None:
        answer = call("RedeemPoints1", raw=raw, sub="demo-shop/1001")
        assert (answer.status, answer.body.get("pts")) == (200, pts), answer.body

    @pytest.mark.parametrize("pts", ["9223372036854775808", "1e300", "9" * 4000])
    def test_more_than_anybody_can_have(self, call: Tool, pts: str) -> None:
        """The contract has no upper bound, so it is well-formed."""
        answer = call("RedeemPoints1", raw=f'{{"pts": {pts}}}'.encode(), sub="demo-shop/1001")
        assert answer.error == (422, "insufficient_points")

    def test_the_query_of_a_post_says_nothing(self, call: Tool) -> None:
        answer = call("RedeemPoints1", {}, sub="demo-shop/1001", query="pts=100")
        assert answer.error == (400, "invalid_request")
        assert call("RedeemPoints1", {"pts": 100}, sub="demo-shop/1001", query="pts=500").body["pts"] == 100
        balance = call("CustomerBalance3", ASK, query="include_full_program=1&include_full_program=2&%ff")
        assert balance.status == 200
        assert "tiers" not in balance.body

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
