"""What the classes of the state are made of: dataclasses, and structs where a shop has a million of them."""

import dataclasses
from collections.abc import Callable
from functools import cache
from typing import Any, TypeGuard, get_type_hints

import msgspec
from msgspec import structs


@dataclasses.dataclass(frozen=True, slots=True)
class Field:
    """What a record is given under one name.

    Args:
        name: The name.
        hint: Its annotation, with the bounds in it.
        default: Makes what it is where nothing is given; None where something must be.
    """

    name: str
    hint: object
    default: Callable[[], object] | None


def is_record(kind: object) -> TypeGuard[type]:
    """Tell whether something is a class of records."""
    return isinstance(kind, type) and (dataclasses.is_dataclass(kind) or issubclass(kind, msgspec.Struct))


@cache
def fields_of(cls: type) -> tuple[Field, ...]:
    """Return what is given to a record of a class, in its order."""
    hints = get_type_hints(cls, include_extras=True)
    return tuple(Field(name, hints[name], default) for name, default in _defaults(cls).items())


def _defaults(cls: type[Any]) -> dict[str, Callable[[], object] | None]:
    if issubclass(cls, msgspec.Struct):
        return {it.name: _default(it.default, it.default_factory, msgspec.NODEFAULT) for it in structs.fields(cls)}
    return {
        it.name: _default(it.default, it.default_factory, dataclasses.MISSING)
        for it in dataclasses.fields(cls)
        if it.init
    }


def _default(value: object, factory: object, missing: object) -> Callable[[], object] | None:
    if callable(factory):
        return factory
    return None if value is missing else lambda: value
