"""Types and fields of the contract, in words."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from bubblehouse_codegen.contract import SCOPE, follow
from bubblehouse_codegen.documents import Document
from bubblehouse_codegen.reference.texts import anchor, assumptions

_BOUNDS: Final = {
    "minimum": "at least",
    "maximum": "at most",
    "exclusiveMinimum": "more than",
    "exclusiveMaximum": "less than",
    "multipleOf": "a multiple of",
    "minLength": "length at least",
    "maxLength": "length at most",
    "minItems": "count at least",
    "maxItems": "count at most",
    "pattern": "pattern",
    "format": "format",
    "const": "always",
    "default": "default",
}

Words: TypeAlias = "list[tuple[str, str]]"
"""A type in words; beside each word the place that it leads to, if any."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an object, or one parameter of a call."""

    name: str
    type: Words
    required: str
    description: str
    bounds: list[str]
    examples: list[str]
    assumptions: list[str]
    deprecated: bool


@dataclass(frozen=True, slots=True)
class Type:
    """One type of the contract."""

    name: str
    anchor: str
    type: Words
    description: str
    bounds: list[str]
    examples: list[str]
    assumptions: list[str]
    deprecated: bool
    fields: list[Field]


def types(document: Document) -> list[Type]:
    """List the contract's types by name. Errors are none: they stand in a list of their own."""
    schemas: dict[str, dict[str, Any]] = document["components"].get("schemas", {})
    return [_type(document, name, schema) for name, schema in sorted(schemas.items()) if SCOPE not in schema]


def fields(document: Document, schema: dict[str, Any]) -> list[Field]:
    """List the fields of an object in the order of the contract.

    Args:
        document: The contract.
        schema: The object's schema, or a reference to it.
    """
    found = follow(document, schema)
    properties: dict[str, Any] = {}
    required: set[str] = set()
    for part in (*(follow(document, it) for it in found.get("allOf", [])), found):
        properties |= part.get("properties", {})
        required |= set(part.get("required", []))
    return [field(document, name, schema, required=name in required) for name, schema in properties.items()]


def field(document: Document, name: str, schema: dict[str, Any], *, required: bool) -> Field:
    """Describe one field.

    Args:
        document: The contract.
        name: Its name in JSON.
        schema: Its schema; what stands beside a reference says what the value means here.
        required: Whether it has to be there.
    """
    wanted_with = schema.get("x-bubblehouse-required-with", [])
    return Field(
        name=name,
        type=words(schema),
        required="required" if required else f"required with {' and '.join(wanted_with)}" if wanted_with else "",
        description=schema.get("description") or follow(document, schema).get("description", ""),
        bounds=_bounds(schema),
        examples=_examples(schema),
        assumptions=assumptions(schema),
        deprecated=schema.get("deprecated", False),
    )


def words(schema: dict[str, Any]) -> Words:
    """Return a schema's type in words."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return [(name, f"#{anchor('type', name)}")]
    choices = schema.get("anyOf") or schema.get("oneOf")
    if choices:
        return [
            word for index, choice in enumerate(choices) for word in [*([(" or ", "")] * (index > 0)), *words(choice)]
        ]
    kind = schema.get("type", "object" if "properties" in schema else "any value")
    if kind == "array":
        return [("list of ", ""), *words(schema.get("items", {}))]
    return [(kind if isinstance(kind, str) else " or ".join(kind), "")]


def _type(document: Document, name: str, schema: dict[str, Any]) -> Type:
    return Type(
        name=name,
        anchor=anchor("type", name),
        type=words(schema),
        description=schema.get("description", ""),
        bounds=_bounds(schema),
        examples=[] if "properties" in schema else _examples(schema),
        assumptions=assumptions(schema),
        deprecated=schema.get("deprecated", False),
        fields=fields(document, schema),
    )


def _bounds(schema: dict[str, Any]) -> list[str]:
    return list(_bounds_of(schema))


def _bounds_of(schema: dict[str, Any]) -> Iterator[str]:
    for key, meaning in _BOUNDS.items():
        if key in schema:
            yield f"{meaning} {_value(schema[key])}"
    if "enum" in schema:
        yield f"one of {', '.join(map(_value, schema['enum']))}"


def _examples(schema: dict[str, Any]) -> list[str]:
    return [json.dumps(example, ensure_ascii=False) for example in schema.get("examples", [])]


def _value(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
