"""The contract drives the mock: what it lacks is refused, what it adds is served, what it forbids is noticed."""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from bubblehouse_mock.clock import FrozenClock
from bubblehouse_mock.conformance import ContractViolationError
from bubblehouse_mock.contract import ContractError
from bubblehouse_mock.messages import Request
from bubblehouse_mock.mock import BubblehouseMock

Tool = Callable[..., Any]
Document = dict[str, Any]


@pytest.fixture
def echo(document: Document) -> Document:
    """The contract with one more function, EchoNote1, for which the mock has no rule."""
    operation = deepcopy(document["paths"]["/{shop}/RedeemPoints1"]["post"])
    operation["operationId"] = "EchoNote1"
    schema = {
        "type": "object",
        "required": ["note"],
        "properties": {
            "note": {"type": "string"},
            "price": {"anyOf": [{"$ref": "#/components/schemas/MonetaryInput"}, {"type": "null"}]},
        },
    }
    output = {"type": "object", "required": ["note"], "properties": {"note": {"type": "string"}}}
    operation["requestBody"]["content"]["application/json"] = {"schema": schema}
    operation["responses"]["200"] = {
        "description": "The note.",
        "content": {"application/json": {"schema": output, "examples": {"one": {"value": {"note": "Hello"}}}}},
    }
    document["paths"]["/{shop}/EchoNote1"] = {"post": operation}
    return document


def serve(document: Document, clock: FrozenClock, mint: Tool) -> Callable[[str, Any], tuple[int, Any]]:
    """Serve a contract; the returned function calls it with a shop token."""
    mock = BubblehouseMock(contract=document, clock=clock, strict=True)

    def call(function: str, body: Any) -> tuple[int, Any]:
        headers = (("authorization", f"Bearer {mint()}"), ("content-type", "application/json"))
        path = f"/api/v2023061/demo-shop/{function}".encode()
        response = mock.handle(Request(method="POST", path=path, headers=headers, body=json.dumps(body).encode()))
        return response.status, json.loads(response.body)

    return call


def test_a_function_without_a_rule_answers_from_its_example(echo: Document, clock: FrozenClock, mint: Tool) -> None:
    call = serve(echo, clock, mint)
    assert call("EchoNote1", {"note": "x"}) == (200, {"note": "Hello"})
    assert call("EchoNote1", {"note": "x", "price": None}) == (200, {"note": "Hello"})


def test_a_function_without_a_rule_still_has_every_stage_before_it(
    echo: Document, clock: FrozenClock, mint: Tool
) -> None:
    call = serve(echo, clock, mint)
    for body in ({}, {"note": 1}, {"note": "x", "price": 1.0}):
        status, answer = call("EchoNote1", body)
        assert (status, answer["id"]) == (400, "invalid_request")
    customer = {"$ref": "#/components/schemas/CustomerIdentity1"}
    media = echo["paths"]["/{shop}/EchoNote1"]["post"]["requestBody"]["content"]["application/json"]
    media["schema"]["properties"]["customer"] = customer
    status, answer = serve(echo, clock, mint)("EchoNote1", {"note": "x"})
    assert (status, answer["id"]) == (400, "missing_customer_identity")


def test_a_function_without_rule_and_example_can_not_be_served(echo: Document) -> None:
    del echo["paths"]["/{shop}/EchoNote1"]["post"]["responses"]["200"]["content"]["application/json"]["examples"]
    with pytest.raises(ContractError, match="EchoNote1 needs a rule in the mock, or an example"):
        BubblehouseMock(contract=echo)


def test_a_function_may_be_anonymous(echo: Document) -> None:
    mock = BubblehouseMock(contract=echo, strict=True)
    ask = Request(
        method="POST",
        path=b"/api/v2023061/demo-shop/EchoNote1",
        headers=(("content-type", "application/json"),),
        body=b'{"note": ""}',
    )
    assert mock.handle(ask).status == 401
    echo["paths"]["/{shop}/EchoNote1"]["post"]["security"].append({})
    assert BubblehouseMock(contract=echo, strict=True).handle(ask).status == 200


def test_the_status_of_an_error_id_stands_in_the_contract_alone(
    document: Document, clock: FrozenClock, mint: Tool
) -> None:
    responses = document["paths"]["/{shop}/RedeemPoints1"]["post"]["responses"]
    responses["409"], responses["410"] = responses.pop("422"), responses.pop("404")
    call = serve(document, clock, mint)
    status, answer = call("RedeemPoints1", {"customer": {"shopid": "1002"}, "pts": 100})
    assert (status, answer["id"]) == (409, "insufficient_points")
    assert call("RedeemPoints1", {"customer": {}, "pts": 100})[0] == 410
    assert call("Unredeem1", {"customer": {}, "change_bhid": "0"})[0] == 404


def test_bounds_stand_in_the_contract_alone(document: Document, clock: FrozenClock, mint: Tool) -> None:
    document["components"]["schemas"]["RedeemPoints1Input"]["properties"]["pts"]["maximum"] = 100
    call = serve(document, clock, mint)
    assert call("RedeemPoints1", {"customer": {"shopid": "1001"}, "pts": 100})[0] == 200
    assert call("RedeemPoints1", {"customer": {"shopid": "1001"}, "pts": 101})[0] == 400


class TestStrict:
    """A contract that is wrong about the mock stands for a mock that is wrong about the contract."""

    def test_body(self, document: Document, clock: FrozenClock, mint: Tool) -> None:
        document["components"]["schemas"]["RedeemPoints1Output"]["properties"]["pts"] = {"type": "string"}
        with pytest.raises(ContractViolationError, match="RedeemPoints1: status 200: pts"):
            serve(document, clock, mint)("RedeemPoints1", {"customer": {"shopid": "1001"}, "pts": 100})

    def test_status(self, document: Document, clock: FrozenClock, mint: Tool) -> None:
        del document["paths"]["/{shop}/RedeemPoints1"]["post"]["responses"]["422"]
        with pytest.raises(ContractViolationError, match="status 422 is not documented"):
            serve(document, clock, mint)("RedeemPoints1", {"customer": {"shopid": "1001"}, "pts": 1})

    def test_header(self, document: Document) -> None:
        document["components"]["responses"]["InvalidToken"]["headers"] = {"WWW-Authenticate": {"schema": {}}}
        mock = BubblehouseMock(contract=document, strict=True)
        with pytest.raises(ContractViolationError, match="WWW-Authenticate is missing"):
            mock.handle(Request(method="POST", path=b"/api/v2023061/demo-shop/RedeemPoints1"))

    def test_error_without_an_operation(self, document: Document) -> None:
        del document["components"]["schemas"]["UnknownFunctionError"]
        mock = BubblehouseMock(contract=document, strict=True)
        with pytest.raises(ContractViolationError, match="unknown_function"):
            mock.handle(Request(method="POST", path=b"/nothing"))

    def test_off_unless_asked_for(self, document: Document) -> None:
        del document["components"]["schemas"]["UnknownFunctionError"]
        mock = BubblehouseMock(contract=document)
        assert mock.handle(Request(method="POST", path=b"/nothing")).status == 404


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "is not JSON"),
        ("[]", "is not a JSON object"),
        ("{}", "no `paths`"),
        ('{"paths": {"/x": {}}}', "/x is not of the form"),
        ('{"paths": {"/{shop}/X1": {"get": {}}}}', "x-bubblehouse-kind"),
        ('{"paths": {"/{shop}/X1": {"get": {"$ref": "#/nowhere"}}}}', "#/nowhere"),
    ],
)
def test_a_bad_contract_is_refused_with_its_reason(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "contract.json"
    path.write_text(text)
    with pytest.raises(ContractError, match=says):
        BubblehouseMock(contract=path)


def test_a_missing_contract_is_told(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r"none\.json: No such file"):
        BubblehouseMock(contract=tmp_path / "none.json")
