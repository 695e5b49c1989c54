"""What a query means, and what other contracts make of input: settled on purpose, a line each."""

import json
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from tests.contract.batteries.spellings import MALFORMED_QUERIES, WELL_FORMED_QUERIES

from bubblehouse_mock.contract import ContractError
from bubblehouse_mock.messages import Request
from bubblehouse_mock.mock import BubblehouseMock

Tool = Callable[..., Any]

ASK = {"customer": {"shopid": "1001"}}


class TestQuery:
    @pytest.mark.parametrize(("query", "says"), MALFORMED_QUERIES)
    def test_malformed(self, call: Tool, query: str, says: str) -> None:
        answer = call("CustomerBalance3", method="GET", sub="demo-shop/1001", query=query)
        assert answer.error == (400, "invalid_request")
        assert says in answer.body["message"]

    @pytest.mark.parametrize(("query", "full"), WELL_FORMED_QUERIES)
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
