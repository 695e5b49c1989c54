"""Makes schemas, and examples of them, of the inputs and outputs on a page."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from bubblehouse_docs import wording
from bubblehouse_docs.contract import REQUIRED_WITH, VALUE_SCHEMAS, WITH_SHOP_TOKEN
from bubblehouse_docs.findings import NOT_STATED
from bubblehouse_docs.page import Field, Section

Json = str | int | bool | None | Sequence["Json"] | Mapping[str, "Json"]
"""A part of a document. Lists and objects are only read once they are part of another one."""

TODO: Final = "TODO"
"""Stands where a text has to be written."""

_TYPE_NAME: Final = re.compile(r"[A-Z][A-Za-z0-9]*[0-9]")
_FIELD: Final = re.compile(r"[a-z_][a-z0-9_]*")
_JSON_TYPES: Final = ("string", "integer", "boolean", "number", "object")
_SAMPLES: Final[dict[str, Json]] = {"integer": 1, "number": 1, "boolean": True, "null": None}
_DEEPEST: Final = 8


def reference(kind: str, name: str) -> dict[str, Json]:
    """Return a reference to a component."""
    return {"$ref": f"#/components/{kind}/{name}"}


class Schemas:
    """The schemas that a draft adds to a contract.

    Attributes:
        added: The schemas by name.
    """

    def __init__(self, document: dict[str, Any], notes: list[str]) -> None:
        """Begin with none.

        Args:
            document: The contract.
            notes: Where to note what the page doesn't state.
        """
        self.added: dict[str, dict[str, Json]] = {}
        self._known: dict[str, Any] = document["components"]["schemas"]
        self._notes = notes

    def body(self, name: str, section: Section | None, what: str, *, sent: bool) -> dict[str, Json]:
        """Add the schema of an input or output, and return a reference to it.

        Args:
            name: The schema's name.
            section: What the page says.
            what: What to call it in notes.
            sent: Whether it goes to the server; money is written in another way there.
        """
        if section and section.type and not section.fields:
            self._placeholder(section.type.text)
            return reference("schemas", section.type.text)
        fields = [field for field in section.fields if self._usable(field)] if section else []
        if not fields:
            self._notes.append(f"Not stated: the {what}. Its schema is an open object.")
        schema: dict[str, Json] = {"description": TODO, "type": "object"}
        required = [*dict.fromkeys(field.name for field in fields if field.presence == "required")]
        if required:
            schema["required"] = required
        if fields:
            schema["properties"] = {field.name: self._property(field, what, sent=sent) for field in fields}
        self.added[name] = schema
        return reference("schemas", name)

    def _usable(self, field: Field) -> bool:
        usable = _FIELD.fullmatch(field.name) is not None
        if not usable:
            self._notes.append(f"Left out: a field of line {field.line}, whose name is {field.name or NOT_STATED}.")
        return usable

    def _property(self, field: Field, what: str, *, sent: bool) -> dict[str, Json]:
        printed = wording.type_of(field.type)
        kind = printed.removesuffix(" or null")
        schema = self._type(kind, f"{what} {field.name}, line {field.line}", sent=sent)
        if kind != printed:
            single = schema.get("type")
            schema = {"type": [single, "null"]} if isinstance(single, str) else {"anyOf": [schema, {"type": "null"}]}
        schema = {**schema, "description": TODO} if "$ref" in schema else {"description": TODO, **schema}
        if field.presence == WITH_SHOP_TOKEN:
            schema[REQUIRED_WITH] = ["ShopToken"]
        elif field.presence not in {"required", "optional"}:
            said = field.presence or NOT_STATED
            self._notes.append(
                f"Whether {what} {field.name}, line {field.line}, is required: {said}. It is optional here."
            )
        return schema

    def _type(self, kind: str, where: str, *, sent: bool) -> dict[str, Json]:
        if kind.startswith("array of "):
            return {"type": "array", "items": self._type(kind.removeprefix("array of "), where, sent=sent)}
        if kind in _JSON_TYPES:
            return {"type": kind}
        if kind == "monetary":
            return reference("schemas", "MonetaryInput" if sent else "Monetary")
        for name, printed in VALUE_SCHEMAS.items():
            if printed == kind:
                return reference("schemas", name)
        if _TYPE_NAME.fullmatch(kind):
            self._placeholder(kind)
            return reference("schemas", kind)
        self._notes.append(
            f"The type of {where}: {f'{kind} is not known' if kind else NOT_STATED}. It has no type here."
        )
        return {}

    def _placeholder(self, name: str) -> None:
        if name not in self._known and name not in self.added:
            self._notes.append(f"The contract has no {name}: it is an open object until its own page is read.")
            self.added[name] = {"description": TODO, "type": "object"}


def example_of(schema: Mapping[str, Any], schemas: Mapping[str, Any], depth: int = 0) -> Json:
    """Return a value that a schema takes: its first example, or the least that it asks for.

    Args:
        schema: The schema.
        schemas: All schemas that it may refer to, by name.
        depth: How deep it stands in the value.
    """
    if "$ref" in schema:
        target = schemas.get(str(schema["$ref"]).rpartition("/")[2], {})
        return example_of(target, schemas, depth + 1)
    for values in ("examples", "enum", "anyOf", "oneOf"):
        if schema.get(values):
            first: Any = schema[values][0]
            return first if values in {"examples", "enum"} else example_of(first, schemas, depth + 1)
    kinds = schema.get("type", "string")
    kind: str = kinds if isinstance(kinds, str) else kinds[0]
    if kind == "array":
        return [] if depth > _DEEPEST else [example_of(schema.get("items", {}), schemas, depth + 1)]
    if kind == "object":
        properties: dict[str, Any] = schema.get("properties", {})
        wanted = [
            name for name, part in properties.items() if name in schema.get("required", []) or REQUIRED_WITH in part
        ]
        return {} if depth > _DEEPEST else {name: example_of(properties[name], schemas, depth + 1) for name in wanted}
    return _SAMPLES.get(kind, TODO)
