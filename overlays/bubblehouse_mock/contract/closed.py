"""Schemas closed: what they don't describe is not allowed.

The contract's objects are open, since a server may come to say more. The mock says only what is described: a property
that isn't is a misspelt one.
"""

from collections.abc import Callable
from typing import Final, TypeAlias

from bubblehouse_mock.jsontext import JsonObject, JsonValue

Follow: TypeAlias = Callable[[JsonValue], JsonObject]

_IN_PLACE: Final = ("allOf", "anyOf", "oneOf")
_BY_NAME: Final = ("properties", "patternProperties")
_INSIDE: Final = ("items", "additionalProperties")


def close(schema: JsonObject, follow: Follow) -> JsonObject:
    """Return a schema that allows only what it describes.

    Args:
        schema: What a value must be. Where it leaves the properties of an object wholly open, they stay so.
        follow: Returns the schema that stands behind a reference, which must have gone through `close_inside`.
    """
    closed = close_inside(schema, follow)
    return {**closed, "unevaluatedProperties": False} if _describes(schema, follow, ()) else closed


def close_inside(schema: JsonObject, follow: Follow) -> JsonObject:
    """Return a schema that allows only what it describes within the value, but more properties of the value itself.

    Several schemas may each describe some properties of one object: only where they are put together is known what all
    of them are.
    """
    closed = dict(schema)
    for keyword in _IN_PLACE:
        if isinstance(choices := schema.get(keyword), list):
            closed[keyword] = [close_inside(it, follow) if isinstance(it, dict) else it for it in choices]
    for keyword in _BY_NAME:
        if isinstance(named := schema.get(keyword), dict):
            closed[keyword] = {name: _close(it, follow) for name, it in named.items()}
    for keyword in _INSIDE:
        if keyword in schema:
            closed[keyword] = _close(schema[keyword], follow)
    return closed


def _close(schema: JsonValue, follow: Follow) -> JsonValue:
    return close(schema, follow) if isinstance(schema, dict) else schema


def _describes(schema: JsonObject, follow: Follow, seen: tuple[JsonObject, ...]) -> bool:
    """Tell whether a schema says anything of the properties of an object."""
    found = follow(schema)
    if any(found is it for it in seen):
        return False
    if any(keyword in found for keyword in _BY_NAME):
        return True
    choices = [choice for keyword in _IN_PLACE if isinstance(it := found.get(keyword), list) for choice in it]
    return any(isinstance(choice, dict) and _describes(choice, follow, (*seen, found)) for choice in choices)
