"""Compares what functions answer: statuses, errors by id, headers and links."""

from collections.abc import Iterator
from typing import Final

from bubblehouse_codegen.documents import Document
from bubblehouse_diff.changes import Change, Where, at
from bubblehouse_diff.content import compare_content
from bubblehouse_diff.documents import resolved
from bubblehouse_diff.facets import TEXTS
from bubblehouse_diff.schemas import Schemas

_JSON: Final = "application/json"
_SCOPE: Final = "x-bubblehouse-error-scope"


def compare_answers(
    before: Document, after: Document, operations: tuple[Document, Document], where: Where, schemas: Schemas
) -> Iterator[Change]:
    """Yield the changes of a function's answers.

    Args:
        before: One document.
        after: The other.
        operations: The function in both.
        where: The function.
        schemas: Compares the schemas of answers.
    """
    out = where._replace(direction="output")
    old, new = _responses(before, operations[0]), _responses(after, operations[1])
    for status in sorted(old.keys() | new.keys()):
        there = out.child(status)
        kind = "success" if status.startswith(("1", "2", "3")) else "error"
        if status not in new or status not in old:
            yield at(there, f"{kind}-status-{'added' if status in new else 'removed'}")
        else:
            yield from _response((before, old[status]), (after, new[status]), there, schemas)
    yield from _errors(_errors_of(before, old), _errors_of(after, new), out, schemas)


def _responses(document: Document, operation: Document) -> dict[str, Document]:
    return {str(status): resolved(document, one) for status, one in operation.get("responses", {}).items()}


def _response(
    before: tuple[Document, Document], after: tuple[Document, Document], where: Where, schemas: Schemas
) -> Iterator[Change]:
    old, new = before[1], after[1]
    if texts := [key for key in sorted(TEXTS) if old.get(key) != new.get(key)]:
        yield at(where, "text-changed", None, ", ".join(texts))
    yield from _headers(before, after, where, schemas)
    links = old.get("links", {}), new.get("links", {})
    for name in sorted(links[0].keys() | links[1].keys()):
        if links[0].get(name) != links[1].get(name):
            what = "added" if name not in links[0] else "removed" if name not in links[1] else "changed"
            yield at(where.child(name), f"link-{what}", links[0].get(name), links[1].get(name))
    contents = old.get("content", {}), new.get("content", {})
    if _by_id(*before) and _by_id(*after):
        contents = _without_schema(contents[0]), _without_schema(contents[1])
    yield from compare_content(contents[0], contents[1], where, schemas)


def _without_schema(content: Document) -> Document:
    # Errors are compared one by one, by id.
    return {**content, _JSON: {**content[_JSON], "schema": {}}}


def _headers(
    before: tuple[Document, Document], after: tuple[Document, Document], where: Where, schemas: Schemas
) -> Iterator[Change]:
    old, new = (
        {name: resolved(document, one) for name, one in response.get("headers", {}).items()}
        for document, response in (before, after)
    )
    for name in sorted(old.keys() | new.keys()):
        there = where.child(name)
        if name not in old or name not in new:
            yield at(there, "header-added" if name in new else "header-removed")
            continue
        if bool(old[name].get("required")) != bool(new[name].get("required")):
            yield at(there, f"output-became-{'required' if new[name].get('required') else 'optional'}")
        yield from schemas.compare(old[name].get("schema", {}), new[name].get("schema", {}), there)


def _by_id(document: Document, response: Document) -> dict[str, Document]:
    schema = response.get("content", {}).get(_JSON, {}).get("schema", {})
    found: dict[str, Document] = {}
    for alternative in schema.get("oneOf") or schema.get("anyOf") or [schema]:
        told = resolved(document, alternative).get("properties", {}).get("id", {})
        for name in [told["const"]] if "const" in told else told.get("enum", []):
            found[str(name)] = alternative
    return found


def _errors_of(document: Document, responses: dict[str, Document]) -> dict[str, tuple[str, Document, Document]]:
    found: dict[str, tuple[str, Document, Document]] = {}
    for status, response in sorted(responses.items()):
        for name, schema in _by_id(document, response).items():
            statuses = f"{found[name][0]}, {status}" if name in found else status
            found[name] = (statuses, schema, resolved(document, schema))
    return found


def _errors(
    before: dict[str, tuple[str, Document, Document]],
    after: dict[str, tuple[str, Document, Document]],
    where: Where,
    schemas: Schemas,
) -> Iterator[Change]:
    for name in sorted(before.keys() | after.keys()):
        there = where.child(name)
        if name not in after:
            yield at(there, "error-id-removed", before[name][0])
        elif name not in before:
            yield at(there, "error-id-added", None, after[name][0])
        else:
            (old_status, old_schema, old), (new_status, new_schema, new) = before[name], after[name]
            if old_status != new_status:
                yield at(there, "error-id-moved", old_status, new_status)
            if old.get(_SCOPE) != new.get(_SCOPE):
                yield at(there, "error-scope-changed", old.get(_SCOPE), new.get(_SCOPE))
            yield from schemas.compare(old_schema, new_schema, there)
