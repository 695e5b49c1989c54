"""What a query means, and what other contracts make of input: settled on purpose, a line each."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import jwt
import pytest

from bubblehouse_mock.contract import ContractError
from bubblehouse_mock.messages import Request
from bubblehouse_mock.mock import BubblehouseMock

Tool = Callable[..., Any]

ASK = {"customer": {"shopid": "1001"}}


class TestQuery:
    @pytest.mark.parametrize(
        ("query", "says"),
        [
            # booleans are `true` and `false`
            ("include_full_program=1", "include_full_program"),
            ("include_full_program=0", "include_full_program"),
            ("include_full_program=True", "include_full_program"),
            ("include_full_program=TRUE", "include_full_program"),
            ("include_full_program=yes", "include_full_program"),
            ("include_full_program=on", "include_full_program"),
            ("include_full_program=null", "include_full_program"),
            ("include_full_program=", "include_full_program"),
            ("include_full_program", "include_full_program"),
            ("include_full_program=true%0A", "include_full_program"),
            ("include_full_program=+true", "include_full_program"),
            ("include_full_program=%22true%22", "include_full_program"),
            # each parameter once, even where both say the same
            ("include_full_program=true&include_full_program=true", "2 times"),
            ("include_full_program=true&include%5Ffull%5Fprogram=false", "2 times"),
            ("customer={}&customer={}&customer={}", "3 times"),
            # `customer` is JSON, to the same rules as a body
            ("customer=", "JSON"),
            ("customer=1001", "customer"),
            ("customer=%221001%22", "customer"),
            ("customer=null", "customer"),
            ("customer=[]", "customer"),
            ("customer={", "JSON"),
            ("customer={}x", "JSON"),
            ("customer=shopid:1001", "JSON"),
            ("customer[shopid]=1001&customer=0", "customer"),
            ('customer={"shopid":1001}', "shopid"),
            ('customer={"shopid":NaN}', "NaN"),
            ('customer={"shopid":"1001","shopid":"1001"}', "stands twice"),
            ('customer={"shopid":"\\ud800"}', "surrogate"),
            ('customer=%EF%BB%BF{"shopid":"1001"}', "JSON"),
            ("customer=" + "[" * 65, "customer"),
            ('customer={"x":' + "[" * 64 + "]" * 64 + "}", "nested"),
            # URL-encoded UTF-8, of at most 100 parameters
            ("x=%ff", "UTF-8"),
            ("customer=%ED%A0%80", "UTF-8"),
            ("&".join(["x=1"] * 101), "100"),
        ],
    )
    def test_malformed(self, call: Tool, query: str, says: str) -> None:
        answer = call("CustomerBalance3", method="GET", sub="demo-shop/1001", query=query)
        assert answer.error == (400, "invalid_request")
        assert says in answer.body["message"]

    @pytest.mark.parametrize(
        ("query", "full"),
        [
            ("", False),
            ("&&", False),
            ("include_full_program=true", True),
            ("include_full_program=false", False),
            ("include%5Ffull%5fprogram=%74rue", True),
            # Other names say nothing, however often they come.
            ("include_full_program=true&x&x=1&x=%00&=&customer[shopid]=1", True),
            ("Include_Full_Program=1", False),
            ("include_full_program;=true", False),
            ("&".join(["x=1"] * 100), False),
            ("customer={}", False),
            ('customer={"shopid":"1001"}&include_full_program=true', True),
            ("customer=+" + quote('{"shopid": "1001", "x": [1.5]}') + "+", False),
        ],
    )
    def test_well_formed(self, call: Tool, query: str, full: bool) -> None:  # noqa: FBT001 - a column of the table
        answer = call("CustomerBalance3", method="GET", sub="demo-shop/1001", query=query)
        assert answer.status == 200, answer.body
        assert ("tiers" in answer.body) == full

    def test_the_body_of_a_get_is_not_read(self, call: Tool) -> None:
        for body in (b'{"include_full_program": true}', b"{", b"\xff" * 10):
            answer = call("CustomerBalance3", method="GET", sub="demo-shop/1001", raw=body)
            assert answer.status == 200
            assert "tiers" not in answer.body
        headers = {"content-type": "text/plain", "content-encoding": "gzip"}
        assert call("CustomerBalance3", method="GET", sub="demo-shop/1001", headers=headers).status == 200
        answer = call("CustomerBalance3", method="GET", raw=json.dumps(ASK).encode())
        assert answer.error == (400, "missing_customer_identity")


class TestOtherContracts:
    """What the contract of today doesn't have and one of tomorrow may."""

    @pytest.mark.parametrize(
        ("text", "taken"),
        [
            ("7", True),
            ("-7", True),
            ("007", True),
            ("7.0", False),
            ("7e0", False),
            ("+7", False),
            ("%2B7", False),
            ("7%0A", False),
            ("%D9%A1", False),
            ("7_0", False),
            ("9" * 20, True),
            ("9" * 21, False),
            ("", False),
        ],
    )
    def test_whole_numbers_in_a_query(
        self,
        document: dict[str, Any],
        text: str,
        taken: bool,  # noqa: FBT001 - a column of the table
    ) -> None:
        self._add(document, {"name": "limit", "in": "query", "schema": {"type": "integer"}})
        assert self._get(document, f"limit={text}") == (200 if taken else 400)

    def test_text_in_a_query(self, document: dict[str, Any]) -> None:
        self._add(document, {"name": "sort", "in": "query", "schema": {"type": "string", "pattern": "^[a-z]+$"}})
        self._add(document, {"name": "group", "in": "query", "schema": {"pattern": "^[a-z]+$"}})
        assert self._get(document, "sort=name&group=name") == 200
        for text in ("", "name%0A", "NAME", "%C3%A9"):
            assert self._get(document, f"sort={text}") == 400

    def test_a_parameter_that_has_to_be_there(self, document: dict[str, Any]) -> None:
        self._add(document, {"name": "limit", "in": "query", "required": True, "schema": {"type": "integer"}})
        assert self._get(document, "limit=1") == 200
        assert self._get(document, "") == 400

    @pytest.mark.parametrize("kind", ["number", "array", "object", "null", ["string", "null"]])
    def test_a_parameter_that_nobody_can_read_is_told_at_the_start(self, document: dict[str, Any], kind: Any) -> None:
        self._add(document, {"name": "limit", "in": "query", "schema": {"type": kind}})
        with pytest.raises(ContractError, match="CustomerBalance3: the query parameter limit"):
            BubblehouseMock(contract=document)

    @staticmethod
    def _add(document: dict[str, Any], parameter: dict[str, Any]) -> None:
        document["paths"]["/{shop}/CustomerBalance3"]["get"]["parameters"].append(parameter)

    @staticmethod
    def _get(document: dict[str, Any], query: str) -> int:
        mock = BubblehouseMock(contract=document, strict=True)
        key = mock.keys[0]
        token = jwt.encode({"aud": "BH", "sub": "demo-shop/1001"}, key.secret_bytes, headers={"kid": key.key_id})
        response = mock.handle(
            Request(
                method="GET",
                path=b"/api/v2023061/demo-shop/CustomerBalance3",
                query=query.encode(),
                headers=(("authorization", f"Bearer {token}"),),
            )
        )
        return response.status
