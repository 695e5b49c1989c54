"""Properties that a global version calls otherwise than the default one, whose names the rules use."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from bubblehouse_mock.contract.document import Document
from bubblehouse_mock.jsontext import JsonObject, JsonValue

_RENAMED_FROM: Final = "x-bubblehouse-renamed-from"
_IN_PLACE: Final = ("allOf", "anyOf", "oneOf")


@dataclass(slots=True)
class Renaming:
    """How the properties of an object, and those inside of it, are called in a version and in general.

    Attributes:
        general: The general name of each property that has another one in the version.
        version: The reverse.
        inside: By their names in the version, properties that have such properties inside.
    """

    general: dict[str, str] = field(default_factory=dict[str, str])
    version: dict[str, str] = field(default_factory=dict[str, str])
    inside: "dict[str, Renaming]" = field(default_factory=dict[str, "Renaming"])

    def to_general(self, given: JsonObject) -> JsonObject:
        """Return an object with the names that the rules use, and without those that the version doesn't know."""
        return {
            self.general.get(name, name): _each(self.inside[name].to_general, it) if name in self.inside else it
            for name, it in given.items()
            if name in self.general or name not in self.version
        }

    def to_version(self, said: JsonObject) -> JsonObject:
        """Return an object with the version's names."""
        renamed = {self.version.get(name, name): it for name, it in said.items()}
        return {
            name: _each(self.inside[name].to_version, it) if name in self.inside else it for name, it in renamed.items()
        }


def renaming_of(document: Document, schemas: JsonObject) -> Renaming | None:
    """Return how some properties are called, and those inside of them; None where all have their general names.

    Args:
        document: The version's contract.
        schemas: What describes the properties, by the version's names.
    """
    found: dict[tuple[int, ...], Renaming] = {}  # a schema may have itself inside
    whole = _fill(Renaming(), document, schemas, found)
    everything = [whole, *found.values()]
    leading = {id(it) for it in everything if it.general}
    while more := {id(it) for it in everything if any(id(its) in leading for its in it.inside.values())} - leading:
        leading |= more
    for it in everything:
        it.inside = {name: its for name, its in it.inside.items() if id(its) in leading}
    return whole if id(whole) in leading else None


def _each(rename: Callable[[JsonObject], JsonObject], value: JsonValue) -> JsonValue:
    """Rename within an object, or within each of a list."""
    if isinstance(value, list):
        return [_each(rename, item) for item in value]
    return rename(value) if isinstance(value, dict) else value


def _fill(
    renaming: Renaming, document: Document, schemas: JsonObject, found: dict[tuple[int, ...], Renaming]
) -> Renaming:
    for name, schema in schemas.items():
        if isinstance(schema, dict) and isinstance(old := schema.get(_RENAMED_FROM), str):
            renaming.general[name], renaming.version[old] = old, name
        parts = list(_parts(document, schema, []))
        key = tuple(map(id, parts))
        if key not in found:
            found[key] = Renaming()
            _fill(found[key], document, properties_of(document, schema), found)
        renaming.inside[name] = found[key]
    return renaming


def properties_of(document: Document, schema: JsonValue) -> JsonObject:
    """Return what describes the properties of an object, or of the items of a list.

    Args:
        document: The contract.
        schema: The schema of the object or the list.
    """
    parts = _parts(document, schema, [])
    return {name: it for part in parts for name, it in document.walk(part, "properties").items()}


def _parts(document: Document, schema: JsonValue, seen: list[JsonObject]) -> Iterator[JsonObject]:
    """Yield the schemas that describe an object, or the items of a list, together."""
    node = document.node(schema)
    if any(node is it for it in seen):
        return
    seen.append(node)
    yield node
    choices = [
        node.get("items"),
        *(it for keyword in _IN_PLACE if isinstance(them := node.get(keyword), list) for it in them),
    ]
    for choice in choices:
        if isinstance(choice, dict):
            yield from _parts(document, choice, seen)
