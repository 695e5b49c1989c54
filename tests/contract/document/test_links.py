"""Links: what one call answers feeds the next, shown on the examples of both."""

from itertools import product
from typing import Any

import pytest
from tests.contract.document.reader import Node, Schemas, follow, operations

from bubblehouse_codegen.documents import Document

JSON = ("content", "application/json")
SHOP = "my-shop"
MISSING = object()


def evaluate(expression: object, request: Node, response: Node) -> Any:
    """The value of a runtime expression, or of an object of them; `MISSING` where it leads nowhere."""
    if isinstance(expression, dict):
        values = {key: evaluate(value, request, response) for key, value in expression.items()}
        return MISSING if MISSING in values.values() else values
    if not isinstance(expression, str) or not expression.startswith("$"):
        return expression
    source, _, pointer = expression.partition("#/")
    if source == "$request.path.shop":
        return SHOP
    value: Any = {"$request.body": request, "$response.body": response}[source]
    for step in pointer.split("/"):
        value = value.get(step, MISSING) if isinstance(value, dict) else MISSING
    return value


def values(message: Node) -> list[Node]:
    """The examples of a request or response body."""
    return [example["value"] for example in message["content"]["application/json"]["examples"].values()]


def links(document: Document) -> list[tuple[str, Node, Node, Node]]:
    """All links, as (label, operation it starts from, response, link)."""
    return [
        (f"{label} {name}", operation, response, link)
        for label, _, operation in operations(document)
        for response in [follow(document, operation["responses"]["200"])]
        for name, link in response.get("links", {}).items()
    ]


def test_links_lead_to_operations(document_of_any_version: Document) -> None:
    known = {operation["operationId"] for _, _, operation in operations(document_of_any_version)}
    assert {link["operationId"] for _, _, _, link in links(document_of_any_version)} <= known


def test_every_write_leads_to_the_read_that_shows_its_effect(resolved: Document) -> None:
    followed = {(operation["operationId"], link["operationId"]) for _, operation, _, link in links(resolved)}
    writes = {op["operationId"]: op for _, _, op in operations(resolved) if op["x-bubblehouse-kind"] == "write"}
    assert followed == {(name, op["x-bubblehouse-outcome-read-by"]) for name, op in writes.items()} | {
        (name, "Unredeem1") for name in writes if name.startswith("RedeemPoints")
    }


def test_the_id_of_a_redemption_feeds_its_reversal(document: Document) -> None:
    found = [link for _, _, _, link in links(document) if link["operationId"] == "Unredeem1"]
    assert {link["requestBody"]["change_bhid"] for link in found} == {"$response.body#/change_bhid"}


def test_expressions_give_what_the_next_call_takes(document_of_any_version: Document) -> None:
    schemas = Schemas(document_of_any_version)
    inputs = {
        operation["operationId"]: ("paths", path, label.split()[1].lower(), "requestBody", *JSON, "schema")
        for label, path, operation in operations(document_of_any_version)
    }
    for label, operation, response, link in links(document_of_any_version):
        pairs = product(values(operation["requestBody"]), values(response))
        bodies = [evaluate(link["requestBody"], *pair) for pair in pairs]
        assert bodies, label
        assert MISSING not in bodies, label
        where = inputs[link["operationId"]]
        assert [problem for body in bodies for problem in schemas.problems(where, body)] == [], label


def test_the_next_call_goes_to_the_same_shop(document_of_any_version: Document) -> None:
    for label, _, _, link in links(document_of_any_version):
        assert {name: evaluate(value, {}, {}) for name, value in link["parameters"].items()} == {"shop": SHOP}, label


@pytest.mark.parametrize(
    "expression", ["$response.body#/nothing", "$request.body#/customer/no", {"a": "$response.body#/b"}]
)
def test_an_expression_that_leads_nowhere_is_noticed(expression: object) -> None:
    assert evaluate(expression, {"customer": {"shopid": "1"}}, {"code": "A"}) is MISSING
