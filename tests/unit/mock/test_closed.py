"""A closed schema allows what it describes, wherever that is put together from, and nothing else."""

from typing import Any

import pytest

from bubblehouse_mock.contract.document import Document

SCHEMAS: dict[str, Any] = {
    "Name": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
    "Age": {"type": "object", "properties": {"age": {"type": "integer"}}},
    "Person": {"allOf": [{"$ref": "#/components/schemas/Name"}, {"$ref": "#/components/schemas/Age"}]},
    "Tree": {
        "type": "object",
        "properties": {
            "leaf": {"$ref": "#/components/schemas/Name"},
            "branches": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}},
        },
    },
    "Loop": {"anyOf": [{"type": "string"}, {"$ref": "#/components/schemas/Loop"}]},
    "Open": {"type": "object"},
}


def ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


@pytest.mark.parametrize(
    ("schema", "value", "allowed"),
    [
        (ref("Name"), {"name": "x"}, True),
        (ref("Name"), {"name": "x", "age": 1}, False),
        (ref("Name"), {}, False),
        (ref("Person"), {"name": "x", "age": 1}, True),
        (ref("Person"), {"name": "x", "age": 1, "size": 1}, False),
        ({"anyOf": [ref("Name"), {"type": "null"}]}, None, True),
        ({"anyOf": [ref("Name"), {"type": "null"}]}, {"name": "x"}, True),
        ({"anyOf": [ref("Name"), {"type": "null"}]}, {"name": "x", "age": 1}, False),
        ({"oneOf": [{"type": "object", "properties": {"x": ref("Name")}}]}, {"x": {"name": "y"}}, True),
        ({"oneOf": [{"type": "object", "properties": {"x": ref("Name")}}]}, {"x": {"name": "y", "age": 1}}, False),
        (ref("Tree"), {"leaf": {"name": "x"}, "branches": [{"branches": [{"leaf": {"name": "y"}}]}]}, True),
        (ref("Tree"), {"branches": [{"branches": [{"leaf": {"name": "y", "age": 1}}]}]}, False),
        (ref("Tree"), {"branches": [{"branches": [{"size": 1}]}]}, False),
        (ref("Loop"), "x", True),
        ({"anyOf": [{"type": "object"}, ref("Loop")]}, {"x": 1}, True),
        # What says nothing of properties stays open; so does what says that it is.
        (ref("Open"), {"x": {"y": 1}}, True),
        ({}, {"x": {"y": 1}}, True),
        ({"type": "object", "properties": {"x": {}}}, {"x": {"y": [{"z": 1}]}}, True),
        ({"type": "object", "properties": {"x": True}}, {"x": {"y": 1}}, True),
        ({"type": "object", "properties": {"x": {}}, "additionalProperties": True}, {"y": 1}, True),
        ({"type": "object", "additionalProperties": ref("Name")}, {"x": {"name": "y"}}, True),
        ({"type": "object", "additionalProperties": ref("Name")}, {"x": {"name": "y", "age": 1}}, False),
        ({"type": "object", "patternProperties": {"^x": ref("Name")}}, {"x1": {"name": "y"}}, True),
        ({"type": "object", "patternProperties": {"^x": ref("Name")}}, {"y": {"name": "y"}}, False),
    ],
)
def test_what_is_allowed(schema: dict[str, Any], value: Any, allowed: bool) -> None:  # noqa: FBT001 - a column of the table
    document = Document({"paths": {}, "components": {"schemas": SCHEMAS}})
    assert document.validator(schema, closed=True).is_valid(value) == allowed


def test_the_contract_itself_stays_open() -> None:
    document = Document({"paths": {}, "components": {"schemas": SCHEMAS}})
    assert not document.validator(ref("Tree"), closed=True).is_valid({"x": 1})
    assert document.validator(ref("Tree")).is_valid({"x": 1, "leaf": {"name": "y", "age": 1}})
