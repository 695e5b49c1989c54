"""State as JSON Schema: what `decode` reads, told to editors and to other programs."""

import inspect
import re
import types
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Final, Literal, Union, get_args, get_origin

from bubblehouse_mock.jsontext import JsonObject, JsonValue
from bubblehouse_mock.state.bounds import AtLeast, AtMost, Matches, OneOf
from bubblehouse_mock.state.decoding import DAY, DECIMAL, INTEGERS, OFFSET, TIME
from bubblehouse_mock.state.records import fields_of, is_record

_SECTION: Final = re.compile(r"^(Args|Attributes|Raises|Returns|Yields):$", re.MULTILINE)
_ARGUMENT: Final = re.compile(r"^    (\w+): (.*(?:\n(?:     .*|$))*)", re.MULTILINE)


def _whole(pattern: str) -> str:
    return f"^(?:{pattern})$"


_SCALARS: Final[dict[object, JsonObject]] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": "integer", "minimum": -INTEGERS, "maximum": INTEGERS - 1},
    float: {"type": "number", "minimum": -INTEGERS, "exclusiveMaximum": INTEGERS},
    date: {"type": "string", "format": "date", "pattern": _whole(DAY.pattern)},
    datetime: {
        "examples": ["2026-05-20T12:00:00Z", "-30d", "+12h", "-5m", "+90s"],
        "anyOf": [
            {"type": "string", "format": "date-time", "pattern": _whole(TIME.pattern)},
            {"type": "string", "pattern": _whole(OFFSET.pattern)},
        ],
    },
    Decimal: {"type": "string", "pattern": _whole(DECIMAL.pattern)},
}


def schemas(classes: Iterable[type], place: str = "#/$defs/") -> dict[str, JsonValue]:
    """Return the schemas of records and of all that they hold, by the names of the classes.

    Args:
        classes: Their classes.
        place: Where the schemas will stand, as references name it.
    """
    found: dict[str, JsonValue] = {}
    waiting = list(classes)
    while waiting:
        cls = waiting.pop()
        if cls.__name__ not in found:
            found[cls.__name__] = _object(cls, place, waiting)
    return dict(sorted(found.items()))


def fixture_schema(fixture: type) -> JsonObject:
    """Return the schema of a fixture file: one shop, or several under `shops`.

    Args:
        fixture: The class of one shop's data.
    """
    one: JsonObject = {"$ref": f"#/$defs/{fixture.__name__}"}
    several: JsonObject = {
        "type": "object",
        "properties": {"shops": {"type": "array", "items": one, "minItems": 1}},
        "required": ["shops"],
        "additionalProperties": False,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A fixture of bubblehouse-mock",
        "if": {"type": "object", "required": ["shops"]},
        "then": several,
        "else": one,
        "$defs": schemas([fixture]),
    }


def _object(cls: type, place: str, waiting: list[type]) -> JsonObject:
    described, arguments = documented(cls)
    properties: JsonObject = {}
    for it in fields_of(cls):
        said: JsonObject = {"description": arguments[it.name]} if it.name in arguments else {}
        properties[it.name] = {**_of(it.hint, place, waiting), **said}
    needed: list[JsonValue] = [it.name for it in fields_of(cls) if it.default is None]
    return {
        "description": described,
        "type": "object",
        "properties": properties,
        **({"required": needed} if needed else {}),
        "additionalProperties": False,
    }


def _of(hint: object, place: str, waiting: list[type]) -> JsonObject:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {Union, types.UnionType}:
        return {"anyOf": [_of(arguments[0], place, waiting), {"type": "null"}]}
    if origin is Annotated:
        said = _of(arguments[0], place, waiting)
        for bound in arguments[1:]:
            said |= _bound(bound, is_list="items" in said)
        return said
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin in {tuple, list, dict}:
        inner = [_of(argument, place, waiting) for argument in arguments if argument is not ...]
        return _mapping(*inner) if origin is dict else {"type": "array", "items": inner[0]}
    if is_record(hint):
        waiting.append(hint)
        return {"$ref": place + hint.__name__}
    return dict(_SCALARS[hint])


def _bound(bound: object, *, is_list: bool) -> JsonObject:
    match bound:
        case AtLeast(least):
            return {"minItems" if is_list else "minimum": least}
        case AtMost(most):
            return {"maximum": most}
        case OneOf(choices):
            return {"enum": list(choices)}
        case Matches(pattern):
            return {"pattern": _whole(pattern)}
        case _:
            raise TypeError(f"{bound!r} is not a bound")


def _mapping(name: JsonObject, item: JsonObject) -> JsonObject:
    known = name.get("enum")
    if isinstance(known, list):  # as properties, an editor can offer them
        return {"type": "object", "properties": {str(it): item for it in known}, "additionalProperties": False}
    return {"type": "object", "additionalProperties": item}


def documented(thing: object) -> tuple[str, dict[str, str]]:
    """Return what a docstring says of a class or function, and of its arguments."""
    purpose, *sections = _SECTION.split(inspect.cleandoc(getattr(thing, "__doc__", None) or ""))
    arguments = dict(zip(sections[::2], sections[1::2], strict=True)).get("Args", "")
    return _line(purpose), {name: _line(said) for name, said in _ARGUMENT.findall(arguments)}


def _line(text: str) -> str:
    return " ".join(text.split())
