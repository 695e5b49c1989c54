"""Compares schemas, each named one once per direction, at the place where it is defined."""

import json
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from bubblehouse_codegen.documents import Document
from bubblehouse_codegen.versions.shapes import RENAMED_FROM
from bubblehouse_diff.changes import Change, Direction, Where, at
from bubblehouse_diff.documents import as_object
from bubblehouse_diff.facets import SIMPLE, TEXTS, Movement, by_sets, types_of, values_of
from bubblehouse_diff.failure import DiffError

_PREFIX: Final = "#/components/schemas/"
_KNOWN: Final = frozenset(
    {"$ref", "type", "enum", "const", "properties", "required", "items", "oneOf", "anyOf", "allOf", "deprecated"}
    | {"additionalProperties", "default", "x-bubblehouse-required-with"}
    | SIMPLE.keys()
    | TEXTS
)


class _Use(NamedTuple):
    """A schema as it is used: which one it is by name, what stands beside the name, and whether null is allowed."""

    name: str
    own: Document
    null: bool


class Schemas:
    """Compares schemas of two documents.

    Attributes:
        used: In which directions each named schema is used.
    """

    def __init__(self, before: Document, after: Document) -> None:
        self._before = before
        self._after = after
        self._seen: set[tuple[str, str, Direction]] = set()
        self.used: dict[str, set[Direction]] = {}

    def compare(self, before: Document, after: Document, where: Where) -> Iterator[Change]:
        """Yield the changes of a schema, and of all that it refers to.

        Args:
            before: The schema, or a reference to it.
            after: The same, in the other document.
            where: The place where it is used.
        """
        old = _use(before)
        new = old if before == after else _use(after)
        if old.null != new.null:
            yield at(where, f"{where.direction}-null-{'widened' if new.null else 'narrowed'}", old.null, new.null)
        if _is_union(old.own) != _is_union(new.own) and _says_something(old) and _says_something(new):
            yield from self._alternatives(_as_union(old), _as_union(new), where)
            yield from _notes(old.own, new.own, where)
        elif old.name == new.name:
            yield from self._keywords(old.own, new.own, where)
            if old.name and self._is_new(old.name, new.name, where.direction):
                named = Where(where.direction, old.name)
                yield from self.compare(
                    _named(self._before, old.name, where), _named(self._after, new.name, where), named
                )
        elif self._is_new(f"{where.subject}.{where.field}:{old.name}", new.name, where.direction):
            yield from self.compare(self._whole(self._before, old, where), self._whole(self._after, new, where), where)

    def rest(self) -> Iterator[Change]:
        """Yield the changes of named schemas that nothing refers to, and those that came or went."""
        old, new = (document.get("components", {}).get("schemas", {}) for document in (self._before, self._after))
        for name in sorted(old.keys() | new.keys()):
            where = Where("output", name)
            if name not in old or name not in new:
                yield at(where, "schema-added" if name in new else "schema-removed")
            elif name not in self.used:
                yield from self.compare({"$ref": _PREFIX + name}, {"$ref": _PREFIX + name}, where)

    def _is_new(self, before: str, after: str, direction: Direction) -> bool:
        self.used.setdefault(after, set()).add(direction)
        key = (before, after, direction)
        if key in self._seen:
            return False
        self._seen.add(key)
        return True

    def _whole(self, document: Document, use: _Use, where: Where) -> Document:
        # Only the name differs, or one of both is written in place: what counts is what it comes to.
        return {**_named(document, use.name, where), **use.own} if use.name else use.own

    def _keywords(self, before: Document, after: Document, where: Where) -> Iterator[Change]:
        # What is the same here may still refer to what isn't.
        differs = before != after
        if differs:
            yield from _facets(before, after, where)
        yield from self._properties(before, after, where)
        yield from self._within(before, after, where)
        if differs:
            yield from _notes(before, after, where)

    def _properties(self, before: Document, after: Document, where: Where) -> Iterator[Change]:
        old, new = _properties_of(before), _properties_of(after)
        needed_before, needed_after = set(before.get("required", [])), set(after.get("required", []))
        side = where.direction
        for name in (it for it in new if new[it].get(RENAMED_FROM) in old.keys() - new.keys()):
            former = new[name][RENAMED_FROM]
            yield at(where.child(former), f"{side}-renamed", former, name)
            old[name] = {**old.pop(former), RENAMED_FROM: former}
            needed_before = {name if it == former else it for it in needed_before}
        for name in sorted(old.keys() | new.keys()):
            there = where.child(name)
            if name not in new:
                yield at(there, f"{side}-removed")
            elif name not in old:
                yield at(there, f"{side}-{'required' if name in needed_after else 'optional'}-added")
            else:
                if (name in needed_before) != (name in needed_after):
                    yield at(there, f"{side}-became-{'required' if name in needed_after else 'optional'}")
                yield from self.compare(old[name], new[name], there)

    def _within(self, before: Document, after: Document, where: Where) -> Iterator[Change]:
        if before.get("items") != after.get("items"):
            yield from self.compare(before.get("items", {}), after.get("items", {}), where.child("[]"))
        elif before.get("items"):
            yield from self.compare(before["items"], after["items"], where.child("[]"))
        old: object = before.get("additionalProperties", True)
        new: object = after.get("additionalProperties", True)
        old_schema, new_schema = as_object(old), as_object(new)
        if old_schema is not None and new_schema is not None:
            yield from self.compare(old_schema, new_schema, where.child("*"))
        elif old != new:
            yield _facet(where, "additional", "narrowed" if _openness(new) < _openness(old) else "widened", old, new)
        yield from self._alternatives(before, after, where)
        yield from self._parts(before, after, where)

    def _alternatives(self, before: Document, after: Document, where: Where) -> Iterator[Change]:
        old, new = _alternatives(before), _alternatives(after)
        gone, come = _apart(old, new)
        for schema in (schema for schema in old if schema in new):
            yield from self.compare(schema, schema, where)
        if len(gone) == len(come) == 1 and old and new:
            yield from self.compare(gone[0], come[0], where)
        elif gone or come:
            movement: Movement = "changed" if gone and come else "narrowed" if gone else "widened"
            if not old or not new:  # without alternatives, everything is allowed
                movement = "widened" if old else "narrowed"
            yield _facet(where, "alternatives", movement, _names(old), _names(new))

    def _parts(self, before: Document, after: Document, where: Where) -> Iterator[Change]:
        old, new = before.get("allOf", []), after.get("allOf", [])
        gone, come = _apart(old, new)
        for schema in (schema for schema in old if schema in new):
            yield from self.compare(schema, schema, where)
        if len(gone) == len(come) == 1:
            yield from self.compare(gone[0], come[0], where)
        elif gone or come:
            movement: Movement = "changed" if gone and come else "widened" if gone else "narrowed"
            yield _facet(where, "allof", movement, _names(old), _names(new))


def _facets(before: Document, after: Document, where: Where) -> Iterator[Change]:
    judged: list[tuple[str, Movement | None]] = [
        ("type", by_sets(types_of(before), types_of(after))),
        ("enum", by_sets(values_of(before), values_of(after))),
    ]
    for facet, movement in judged:
        if movement:
            yield _facet(where, facet, movement, _allowed(before, facet), _allowed(after, facet))
    for keyword, (facet, judge) in SIMPLE.items():
        old, new = before.get(keyword), after.get(keyword)
        if old != new and (movement := judge(old, new)):
            yield _facet(where, facet, movement, old, new)


def _notes(before: Document, after: Document, where: Where) -> Iterator[Change]:
    side = where.direction
    if bool(before.get("deprecated")) != bool(after.get("deprecated")):
        yield at(where, f"{side}-{'deprecated' if after.get('deprecated') else 'undeprecated'}")
    if before.get("default") != after.get("default"):
        yield at(where, f"{side}-default-changed", before.get("default"), after.get("default"))
    needed = [set(schema.get("x-bubblehouse-required-with", [])) for schema in (before, after)]
    for kind in sorted(needed[1] - needed[0]):
        yield at(where, "input-required-with-added", None, kind)
    for kind in sorted(needed[0] - needed[1]):
        yield at(where, "input-required-with-removed", kind)
    changed = [key for key in sorted(before.keys() | after.keys()) if before.get(key) != after.get(key)]
    if texts := [key for key in changed if key in TEXTS]:
        yield at(where, "text-changed", None, ", ".join(texts))
    for key in (key for key in changed if key not in _KNOWN):
        rule = "extension-changed" if key.startswith("x-") else f"{side}-keyword-changed"
        yield at(where.child(key), rule, before.get(key), after.get(key))


def _facet(where: Where, facet: str, movement: Movement, before: object, after: object) -> Change:
    return at(where, f"{where.direction}-{facet}-{movement}", before, after)


def _use(schema: Document) -> _Use:
    rest = dict(schema)
    null = False
    for key in ("anyOf", "oneOf"):
        others = [one for one in rest.get(key, []) if one != {"type": "null"}]
        if len(others) == 1 or len(others) < len(rest.get(key, [])):
            null = null or len(others) < len(rest[key])
            del rest[key]
            rest = {**others[0], **rest} if len(others) == 1 else {**rest, key: others}
    if isinstance(rest.get("type"), list) and "null" in rest["type"]:
        null = True
        types = [one for one in rest["type"] if one != "null"]
        rest["type"] = types[0] if len(types) == 1 else types
    name = str(rest.pop("$ref", "")).removeprefix(_PREFIX)
    return _Use(name, rest, null)


def _named(document: Document, name: str, where: Where) -> Document:
    schemas = document.get("components", {}).get("schemas", {})
    if name not in schemas:
        raise DiffError(f"{where.subject} refers to the schema {name}, which isn't there; mend the reference")
    found: Document = schemas[name]
    return found


def _is_union(schema: Document) -> bool:
    return bool(_alternatives(schema)) and not schema.keys() & {"type", "properties", "required"}


def _as_union(use: _Use) -> Document:
    if _is_union(use.own):
        return use.own
    schema = {key: value for key, value in use.own.items() if key not in TEXTS}
    return {"oneOf": [{"$ref": _PREFIX + use.name} if use.name else schema]}


def _says_something(use: _Use) -> bool:
    return bool(use.name or use.own.keys() - TEXTS)


def _properties_of(schema: Document) -> Document:
    return {**{name: {} for name in schema.get("required", [])}, **schema.get("properties", {})}


def _alternatives(schema: Document) -> list[Document]:
    found: list[Document] = schema.get("oneOf") or schema.get("anyOf") or []
    return found


def _apart(before: list[Document], after: list[Document]) -> tuple[list[Document], list[Document]]:
    return [one for one in before if one not in after], [one for one in after if one not in before]


def _names(schemas: list[Document]) -> str | None:
    return ", ".join(str(one.get("$ref", json.dumps(one))).removeprefix(_PREFIX) for one in schemas) or None


def _allowed(schema: Document, facet: str) -> Any:
    return schema.get("type") if facet == "type" else schema.get("enum", schema.get("const"))


def _openness(value: object) -> int:
    return 2 if value is True else int(value is not False)
