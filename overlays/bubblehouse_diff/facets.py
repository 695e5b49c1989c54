"""How single keywords of a schema move: what is allowed shrinks, grows, or turns into something else."""

import json
from collections.abc import Callable
from typing import Any, Final, Literal

from bubblehouse_codegen.documents import Document

Movement = Literal["narrowed", "widened", "changed"]

TEXTS: Final = frozenset({"title", "summary", "description", "externalDocs", "tags", "$comment", "example", "examples"})

_WIDER_FORMATS: Final = {("int32", "int64"), ("float", "double")}


def types_of(schema: Document) -> set[str] | None:
    """Return the types that a schema allows, or None for all; whoever allows numbers allows integers."""
    if "type" not in schema:
        return None
    named: set[str] = {schema["type"]} if isinstance(schema["type"], str) else set(schema["type"])
    return named | {"integer"} if "number" in named else named


def values_of(schema: Document) -> set[str] | None:
    """Return the values that a schema allows, as JSON, or None for all."""
    values = [schema["const"]] if "const" in schema else schema.get("enum")
    return None if values is None else {json.dumps(value, sort_keys=True) for value in values}


def by_sets(before: set[str] | None, after: set[str] | None) -> Movement | None:
    """Say how a set moves; None stands for everything."""
    if before == after:
        return None
    if before is None or (after is not None and after < before):
        return "narrowed"
    if after is None or after > before:
        return "widened"
    return "changed"


def _lower(before: float | None, after: float | None) -> Movement:
    return "narrowed" if before is None or (after is not None and after > before) else "widened"


def _upper(before: float | None, after: float | None) -> Movement:
    return "narrowed" if before is None or (after is not None and after < before) else "widened"


def _presence(before: object, after: object) -> Movement:
    if not before:
        return "narrowed"
    return "changed" if after else "widened"


def _format(before: object, after: object) -> Movement:
    if (before, after) in _WIDER_FORMATS:
        return "widened"
    return "narrowed" if (after, before) in _WIDER_FORMATS else _presence(before, after)


def _unique(before: object, after: object) -> Movement | None:
    if bool(before) == bool(after):  # false is what counts where nothing is said
        return None
    return "narrowed" if after else "widened"


_Judge = Callable[[Any, Any], Movement | None]

SIMPLE: Final[dict[str, tuple[str, _Judge]]] = {
    "minimum": ("minimum", _lower),
    "exclusiveMinimum": ("minimum", _lower),
    "minLength": ("minimum", _lower),
    "minItems": ("minimum", _lower),
    "minProperties": ("minimum", _lower),
    "maximum": ("maximum", _upper),
    "exclusiveMaximum": ("maximum", _upper),
    "maxLength": ("maximum", _upper),
    "maxItems": ("maximum", _upper),
    "maxProperties": ("maximum", _upper),
    "pattern": ("pattern", _presence),
    "format": ("format", _format),
    "multipleOf": ("multiple", _presence),
    "uniqueItems": ("unique", _unique),
    "discriminator": ("discriminator", lambda before, after: "changed"),  # noqa: ARG005 - as the others are called
}
