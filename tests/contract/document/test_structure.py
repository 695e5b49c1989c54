"""The document is complete and sound in itself: references, descriptions, open objects, exact money."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.contract.document.reader import Node, error_id, operations, target, walk

from bubblehouse_codegen.documents import Document

TOKENS = {"CustomerToken", "ShopToken", "PartnerTokenForCustomer", "PartnerTokenForShop"}


def references(node: object) -> set[str]:
    """All references below a node, those of discriminators among them."""
    found = {item["$ref"] for _, item in walk(node) if "$ref" in item}
    mappings = [item["mapping"] for path, item in walk(node) if "propertyName" in item and "mapping" in item]
    return found | {reference for mapping in mappings for reference in mapping.values()}


def reachable(document: Document) -> set[str]:
    """All components that the operations lead to, directly or through others."""
    found: set[str] = set()
    fresh = references(document["paths"])
    while fresh:
        found |= fresh
        fresh = set().union(*(references(target(document, reference)) for reference in fresh)) - found
    return found


def components(document: Document) -> set[str]:
    """All components but security schemes, which are named and not referred to."""
    kinds = {kind: names for kind, names in document["components"].items() if kind != "securitySchemes"}
    return {f"#/components/{kind}/{name}" for kind, names in kinds.items() for name in names}


def described_calls(document: Document) -> Iterator[tuple[str, Node]]:
    """What a reader needs a description of in operations; what is shared stands among the components."""
    for label, _, operation in operations(document):
        yield label, operation
        named = {parameter.get("name"): parameter for parameter in operation["parameters"]}
        named |= operation["responses"]
        named |= {name: link for response in named.values() for name, link in response.get("links", {}).items()}
        yield from ((f"{label} {name}", node) for name, node in named.items() if "$ref" not in node)


def described_components(document: Document) -> Iterator[tuple[str, Node]]:
    """What a reader needs a description of apart from operations."""
    yield "info", document["info"]
    yield from ((f"server {node['url']}", node) for node in document["servers"])
    yield from ((f"tag {node['name']}", node) for node in document["tags"])
    for kind, nodes in document["components"].items():
        yield from ((f"{kind} {name}", node) for name, node in nodes.items())
    for name, schema in document["components"]["schemas"].items():
        if error_id(schema) is None:  # the fields of errors are described once, at Error
            yield from ((f"{name}.{field}", node) for field, node in schema.get("properties", {}).items())


def test_operations_are_complete(document: Document) -> None:
    seen: set[str] = set()
    for label, path, operation in operations(document):
        function = path.rpartition("/")[2]
        assert operation["x-bubblehouse-kind"] in {"read", "write"}, label
        assert operation["externalDocs"]["url"] == f"https://app.bubblehouse.com/apidocs/apis/loyalty/{function}", label
        assert operation["tags"] == ["loyalty"], label
        assert operation["summary"].endswith("."), label
        assert len(operation["summary"]) < 80, label
        assert len(operation["description"]) > len(operation["summary"]), label
        assert operation["security"], label
        assert {name for entry in operation["security"] for name in entry} <= TOKENS, label
        seen.add(operation["operationId"])
    assert len(seen) == len(list(operations(document)))


def test_a_verb_that_may_be_repeated_only_reads(document: Document) -> None:
    assert {op["x-bubblehouse-kind"] for label, _, op in operations(document) if label.endswith("GET")} == {"read"}


def test_the_twin_of_a_read_answers_alike(document: Document) -> None:
    twins = document["paths"]["/{shop}/CustomerBalance3"]
    shared = twins["get"]["responses"].keys()
    assert {status: twins["post"]["responses"][status] for status in shared} == twins["get"]["responses"]
    assert twins["get"]["security"] == twins["post"]["security"]


def test_the_twin_of_a_read_takes_the_same_input(document: Document) -> None:
    parameters = document["paths"]["/{shop}/CustomerBalance3"]["get"]["parameters"]
    names = {parameter["name"] for parameter in parameters}
    fields = document["components"]["schemas"]["CustomerBalance3Input"]["properties"].keys()
    undocumented = fields - names
    assert names <= fields
    assert undocumented <= {"customer"}  # how it is written in a query is an assumption


def test_every_token_kind_is_used(document: Document) -> None:
    used = {name for _, _, operation in operations(document) for entry in operation["security"] for name in entry}
    assert used == set(document["components"]["securitySchemes"]) == TOKENS


def test_every_reference_leads_somewhere(document: Document) -> None:
    found = references(document)
    assert found
    for reference in found:
        assert target(document, reference), reference


def test_no_component_is_left_over(resolved: Document) -> None:
    # No path of the contract can answer for a function that doesn't exist.
    unanswered = "#/components/responses/UnknownFunction"
    assert components(resolved) - reachable(resolved) == {unanswered} | references(target(resolved, unanswered))


def test_what_a_reader_meets_is_described(document: Document) -> None:
    nodes = [*described_calls(document), *described_components(document)]
    assert len(nodes) > 200
    assert [where for where, node in nodes if len(node.get("description", "")) < 10] == []


def test_objects_are_open(document: Document) -> None:
    closing = ("additionalProperties", "unevaluatedProperties", "maxProperties", "propertyNames")
    assert [(path, word) for path, node in walk(document) for word in closing if word in node] == []


@pytest.mark.parametrize("word", ["number", "float", "double", "decimal"])
def test_no_value_is_a_binary_fraction(document: Document, word: str) -> None:
    def states(node: Node) -> list[Any]:
        types = node.get("type")
        return [*(types if isinstance(types, list) else [types]), node.get("format")]

    assert [path for path, node in walk(document) if word in states(node)] == []
