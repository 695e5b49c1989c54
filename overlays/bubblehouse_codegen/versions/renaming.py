"""Gives properties the names that a version has for them, wherever its contract speaks of them."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from bubblehouse.dialect import Shape, renamed
from bubblehouse_codegen.documents import Document
from bubblehouse_codegen.failure import CodegenError
from bubblehouse_codegen.versions.shapes import RENAMED_FROM, Shapes, answered, functions, name_of, taken


def rename(contract: Document, document: Document) -> None:
    """Take the old names of properties away, and write examples and links with the new ones.

    Args:
        contract: The contract of the default version.
        document: That of the version, with the new names beside the old ones; it is changed.

    Raises:
        CodegenError: A name is said to be new, but there is no old one.
    """
    shapes = Shapes(contract, document)
    tables = shapes.tables()
    for schema in _objects(document, "properties"):
        properties: dict[str, Any] = schema["properties"]
        names = {it[RENAMED_FROM]: name for name, it in properties.items() if RENAMED_FROM in it}
        for old, new in names.items():
            if old not in properties:
                raise CodegenError(f"{new} was {old} before, it says; but beside it there is no {old}")
        order = dict.fromkeys(names.get(name, name) for name in properties)  # in the place of the old one
        schema["properties"] = {name: properties[name] for name in order}
        if names and "required" in schema:
            schema["required"] = [*dict.fromkeys(names.get(name, name) for name in schema["required"])]
    for holder, key, name in _examples(document, shapes):
        if name in tables:
            holder[key] = renamed(holder[key], name, tables)
    for function, operation in functions(document).items():
        for link in operation["responses"]["200"].get("links", {}).values():
            _rename_link(link, function, shapes, tables)


def _objects(document: Document, key: str) -> Iterator[Document]:
    """Yield every object that has another one under a key."""
    waiting: list[object] = [document["components"], document["paths"]]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            found = cast("Document", node)
            if isinstance(found.get(key), dict):
                yield found
            waiting.extend(found.values())
        elif isinstance(node, list):
            waiting.extend(cast("list[object]", node))


def _examples(document: Document, shapes: Shapes) -> Iterator[tuple[Any, Any, str]]:
    """Yield what holds an example, where it stands in it, and the name of its shape."""
    inline = {
        id(find(document, operation)): starts[function]
        for function, operation in functions(document).items()
        for starts, find in ((shapes.inputs, taken), (shapes.outputs, answered))
        if function in starts
    }
    for media in _objects(document, "schema"):
        name = name_of(document, media["schema"]) or inline.get(id(media), "")
        yield from ((example, "value", name) for example in media.get("examples", {}).values())
        if "example" in media:
            yield media, "example", name
    for name, schema in document["components"]["schemas"].items():
        examples: list[Any] = schema.get("examples", [])
        yield from ((examples, number, name) for number in range(len(examples)))


def _rename_link(link: Document, source: str, shapes: Shapes, tables: Mapping[str, Shape]) -> None:
    starts = {"$request.body#/": shapes.inputs.get(source, ""), "$response.body#/": shapes.outputs.get(source, "")}
    target = shapes.inputs.get(link.get("operationId", ""), "")
    given = link.get("requestBody")
    if isinstance(given, dict):
        names = tables.get(target, Shape()).names
        link["requestBody"] = {names.get(key, key): it for key, it in cast("Document", given).items()}
    for holder in (link.get("requestBody"), link.get("parameters")):
        if isinstance(holder, dict):
            for key, expression in cast("Document", holder).items():
                holder[key] = _expression(expression, starts, tables)


def _expression(expression: Any, starts: Mapping[str, str], tables: Mapping[str, Shape]) -> Any:
    """Return a runtime expression, or whatever it is, with a version's names."""
    body = next((body for body in starts if str(expression).startswith(body)), None)
    if body is None:
        return expression
    steps: list[str] = []
    shape = tables.get(starts[body], Shape())
    for step in str(expression).removeprefix(body).split("/"):
        steps.append(shape.names.get(step, step))
        if not step.isdecimal():  # the place in a list
            shape = tables.get(shape.inside.get(step, ""), Shape())
    return body + "/".join(steps)
