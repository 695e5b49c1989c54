"""All that a document allows, taken apart: each permission is one sentence that a call can bear out."""

import json
from collections.abc import Iterator
from typing import Any, Final

from tests.contract.proof.contract import Contract, Json, Operation

MARK: Final = "☃"
"""Stands in every text that a stage chooses: a schema that takes any text is one under which it is seen."""

ANONYMOUS: Final = "nobody"

_CHOICES: Final = ("oneOf", "anyOf", "allOf")
_TYPES: Final = ("array", "boolean", "integer", "null", "number", "object", "string")


def permissions(contract: Contract) -> set[str]:
    """Return everything that a contract's document allows."""
    found: set[str] = set()
    seen: set[str] = set()
    for operation in contract.operations.values():
        found.update(_of_calls(contract, operation))
        found.update(_of_answers(contract, operation, seen))
    return found


def allowed_kinds(contract: Contract, operation: Operation) -> list[str]:
    """Return the kinds of token that an operation takes; `ANONYMOUS` for none at all."""
    return [kind for it in contract.node(operation.id)["security"] for kind in it or [ANONYMOUS]]


def branches(schema: Json) -> list[Json]:
    """Return the choices that a schema gives."""
    return [it for keyword in _CHOICES for it in schema.get(keyword, ())]


def name_of(schema: Json, place: str) -> str:
    """Return the place of a schema: its name where it is a reference to one."""
    return str(schema["$ref"]).rpartition("/")[2] if "$ref" in schema else place


def types_of(schema: Json) -> list[str]:
    """Return the JSON types that a schema without choices allows."""
    if "const" in schema or "enum" in schema:
        return []
    kinds = schema.get("type", _TYPES)
    return [kinds] if isinstance(kinds, str) else list(kinds)


def is_any_text(schema: Json) -> bool:
    """Tell whether a schema takes every text."""
    return "string" in types_of(schema) and not branches(schema) and not {"pattern", "format"} & schema.keys()


def is_any_object(schema: Json) -> bool:
    """Tell whether a schema says nothing of an object's properties."""
    return "object" in types_of(schema) and not branches(schema) and not schema.get("properties")


def _of_calls(contract: Contract, operation: Operation) -> Iterator[str]:
    for kind in allowed_kinds(contract, operation):
        yield f"{operation.id} by {kind}"
        if kind not in operation.customer_required_with:
            yield f"{operation.id} by {kind} without customer"
    body = contract.node(operation.id).get("requestBody")
    if body is not None:
        yield from (f"{operation.id} takes {media_type}" for media_type in body["content"])
        if not body.get("required"):
            yield f"{operation.id} without a body"


def _of_answers(contract: Contract, operation: Operation, seen: set[str]) -> Iterator[str]:
    for status, node in contract.responses(operation.id).items():
        response = contract.resolve(node)
        place = f"{operation.id} {status}"
        yield place
        yield from (f"{place} with {name}" for name in response.get("headers", {}))
        for media_type, content in response.get("content", {}).items():
            yield f"{place} as {media_type}"
            yield from _of_schema(contract, content.get("schema", {}), place, seen)


def _of_schema(contract: Contract, schema: Json, place: str, seen: set[str]) -> Iterator[str]:
    place = name_of(schema, place)
    if "$ref" in schema:
        if place in seen:
            return
        seen.add(place)
        yield place
    schema = contract.resolve(schema)
    for at, branch in enumerate(branches(schema)):
        inner = name_of(branch, f"{place} choice {at}")
        yield f"{place} is {inner}"
        yield from _of_schema(contract, branch, inner, seen)
    yield from (f"{place} = {json.dumps(value)}" for value in schema.get("enum", ()))
    if not branches(schema):
        yield from (f"{place} is of type {kind}" for kind in types_of(schema))
    if is_any_text(schema):
        yield f"{place} is any text"
    if is_any_object(schema):
        yield f"{place} is any object"
    for name, inner in schema.get("properties", {}).items():
        yield f"{place}.{name}"
        if name not in schema.get("required", ()):
            yield f"{place} without {name}"
        yield from _of_schema(contract, inner, f"{place}.{name}", seen)
    if "items" in schema:
        yield from _of_schema(contract, schema["items"], f"{place}[]", seen)


def type_of(value: Any) -> str:
    """Return the narrowest JSON type of a decoded value."""
    kinds = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return kinds.get(type(value), "null")
