"""What input means, line by line: media types, JSON, numbers, money, queries."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.contract.batteries.spellings import (
    CONTENT_CODINGS,
    HUGE_NUMBERS,
    JSON_MEDIA_TYPES,
    MALFORMED_BODIES,
    OTHER_MEDIA_TYPES,
    WELL_FORMED_BODIES,
)

from bubblehouse_mock.messages import Request
from bubblehouse_mock.mock import BubblehouseMock

Tool = Callable[..., Any]

ASK = {"customer": {"shopid": "1001"}}


class TestMediaType:
    @pytest.mark.parametrize("media_type", JSON_MEDIA_TYPES)
    def test_accepted(self, call: Tool, media_type: str) -> None:
        assert call("CustomerBalance3", ASK, headers={"content-type": media_type}).status == 200

    @pytest.mark.parametrize("media_type", OTHER_MEDIA_TYPES)
    def test_refused(self, call: Tool, media_type: str) -> None:
        answer = call("CustomerBalance3", ASK, headers={"content-type": media_type})
        assert answer.error == (415, "unsupported_media_type")

    def test_a_form_is_refused_as_one(self, call: Tool) -> None:
        for function, form in (("RedeemPoints1", b"pts=100"), ("CustomerBalance3", b"include_full_program=true")):
            headers = {"content-type": "application/x-www-form-urlencoded"}
            answer = call(function, raw=form, sub="demo-shop/1001", headers=headers)
            assert answer.error == (415, "unsupported_media_type")
            assert "send application/json" in answer.body["message"]

    @pytest.mark.parametrize("coding", CONTENT_CODINGS)
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
    @pytest.mark.parametrize(("raw", "says"), MALFORMED_BODIES)
    def test_malformed(self, call: Tool, raw: bytes, says: str) -> None:
        answer = call("RedeemPoints1", raw=raw, sub="demo-shop/1001")
        assert answer.error == (400, "invalid_request")
        assert says in answer.body["message"]
        assert len(answer.body["message"]) < 400

    @pytest.mark.parametrize(("raw", "pts"), WELL_FORMED_BODIES)
    def test_well_formed(self, call: Tool, raw: bytes, pts: int) -> None:
        answer = call("RedeemPoints1", raw=raw, sub="demo-shop/1001")
        assert (answer.status, answer.body.get("pts")) == (200, pts), answer.body

    @pytest.mark.parametrize("pts", HUGE_NUMBERS)
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
