"""Compares the functions of two contracts: addresses, verbs, inputs, tokens."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from bubblehouse_codegen.documents import Document
from bubblehouse_diff.answers import compare_answers
from bubblehouse_diff.changes import Change, Where, at
from bubblehouse_diff.content import compare_content
from bubblehouse_diff.documents import resolved
from bubblehouse_diff.facets import TEXTS
from bubblehouse_diff.schemas import Schemas

_VERBS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_KNOWN: Final = TEXTS | {"operationId", "deprecated", "x-bubblehouse-kind", "security", "parameters", "requestBody"}
_STYLE: Final = ("style", "explode", "allowReserved", "content")


class Operation(NamedTuple):
    """A function, with what its path and its document say of all functions.

    Attributes:
        document: The document that it stands in.
        path: Its path.
        verb: Its verb.
        body: The operation object.
        parameters: The parameters, by place and name.
    """

    document: Document
    path: str
    verb: str
    body: Document
    parameters: dict[tuple[str, str], Document]

    @property
    def name(self) -> str:
        """The function's name."""
        return str(self.body.get("operationId", f"{self.verb.upper()} {self.path}"))


def operations_of(document: Document) -> dict[tuple[str, str], Operation]:
    """Return the functions of a document by path and verb."""
    found: dict[tuple[str, str], Operation] = {}
    for path, item in document.get("paths", {}).items():
        for verb in _VERBS:
            if verb in item:
                body: Document = item[verb]
                listed = [resolved(document, one) for one in [*item.get("parameters", []), *body.get("parameters", [])]]
                parameters = {(str(one["in"]), str(one["name"])): one for one in listed}
                found[path, verb] = Operation(document, path, verb, body, parameters)
    return found


def compare_operations(before: Document, after: Document, schemas: Schemas) -> Iterator[Change]:
    """Yield the changes of all functions.

    Args:
        before: One document.
        after: The other.
        schemas: Compares the schemas that functions use.
    """
    old, new = operations_of(before), operations_of(after)
    gone = {key: operation for key, operation in old.items() if key not in new}
    come = {key: operation for key, operation in new.items() if key not in old}
    pairs = [(old[key], new[key]) for key in old if key in new]
    for key, operation in list(gone.items()):
        twin = next((other for other, moved in come.items() if moved.name == operation.name), None)
        if twin:
            addresses = [f"{verb.upper()} {path}" for path, verb in (key, twin)]
            yield at(Where("input", operation.name), "operation-moved", *addresses)
            pairs.append((gone.pop(key), come.pop(twin)))
    for (path, verb), operation in gone.items():
        rule = "verb-removed" if any(path == other for other, _ in new) else "operation-removed"
        yield at(Where("input", operation.name), rule, verb.upper())
    for (path, verb), operation in come.items():
        rule = "verb-added" if any(path == other for other, _ in old) else "operation-added"
        yield at(Where("input", operation.name), rule, None, verb.upper())
    for one, other in pairs:
        yield from _compare(one, other, schemas)


def _compare(before: Operation, after: Operation, schemas: Schemas) -> Iterator[Change]:
    where = Where("input", after.name)
    if before.name != after.name:
        yield at(where, "operation-renamed", before.name, after.name)
    old, new = before.body, after.body
    if bool(old.get("deprecated")) != bool(new.get("deprecated")):
        yield at(where, "operation-deprecated" if new.get("deprecated") else "operation-undeprecated")
    if old.get("x-bubblehouse-kind") != new.get("x-bubblehouse-kind"):
        yield at(where, "kind-changed", old.get("x-bubblehouse-kind"), new.get("x-bubblehouse-kind"))
    taken, takes = _tokens(before), _tokens(after)
    yield from (at(where, "security-added", None, kind) for kind in sorted(takes - taken))
    yield from (at(where, "security-removed", kind) for kind in sorted(taken - takes))
    yield from _parameters(before, after, where, schemas)
    yield from _bodies(before, after, where, schemas)
    yield from compare_answers(before.document, after.document, (old, new), where, schemas)
    changed = [key for key in sorted(old.keys() | new.keys()) if old.get(key) != new.get(key)]
    if texts := [key for key in changed if key in TEXTS]:
        yield at(where, "text-changed", None, ", ".join(texts))
    for key in changed:
        if key not in _KNOWN and key != "responses":
            rule = "extension-changed" if key.startswith("x-") else "keyword-changed"
            yield at(where.child(key), rule, old.get(key), new.get(key))


def _tokens(operation: Operation) -> set[str]:
    listed: list[dict[str, list[str]]] = operation.body.get("security", operation.document.get("security", [{}])) or [
        {}
    ]
    return {" and ".join(_token(*one) for one in sorted(kinds.items())) or "calls without a token" for kinds in listed}


def _token(kind: str, scopes: list[str]) -> str:
    return f"{kind} ({', '.join(scopes)})" if scopes else kind


def _parameters(before: Operation, after: Operation, where: Where, schemas: Schemas) -> Iterator[Change]:
    old, new = before.parameters, after.parameters
    for key in sorted(old.keys() | new.keys()):
        there = where.child(key[1])
        if key not in new:
            yield at(there, "input-removed")
        elif key not in old:
            yield at(there, f"input-{'required' if new[key].get('required') else 'optional'}-added")
        else:
            yield from _parameter(old[key], new[key], there, schemas)


def _parameter(before: Document, after: Document, where: Where, schemas: Schemas) -> Iterator[Change]:
    if bool(before.get("required")) != bool(after.get("required")):
        yield at(where, f"input-became-{'required' if after.get('required') else 'optional'}")
    if bool(before.get("deprecated")) != bool(after.get("deprecated")):
        yield at(where, f"input-{'deprecated' if after.get('deprecated') else 'undeprecated'}")
    for key in _STYLE:
        if before.get(key) != after.get(key):
            yield at(where, "input-style-changed", _named(key, before), _named(key, after))
    if texts := [key for key in sorted(TEXTS) if before.get(key) != after.get(key)]:
        yield at(where, "text-changed", None, ", ".join(texts))
    yield from schemas.compare(before.get("schema", {}), after.get("schema", {}), where)


def _named(key: str, parameter: Document) -> str:
    return f"{key} {parameter[key]}" if key in parameter else f"{key} as usual"


def _bodies(before: Operation, after: Operation, where: Where, schemas: Schemas) -> Iterator[Change]:
    old, new = (resolved(one.document, one.body.get("requestBody", {})) for one in (before, after))
    if bool(old.get("content")) != bool(new.get("content")):
        yield at(
            where,
            "body-removed" if old.get("content") else "body-required-added" if new.get("required") else "body-added",
        )
        return
    if bool(old.get("required")) != bool(new.get("required")):
        yield at(where.child("body"), f"input-became-{'required' if new.get('required') else 'optional'}")
    yield from compare_content(old.get("content", {}), new.get("content", {}), where, schemas)
