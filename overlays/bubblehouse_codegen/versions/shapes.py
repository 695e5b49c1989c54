"""In which objects a version's contract differs from another one: the tables that its dialect is made of."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from bubblehouse.dialect import Shape
from bubblehouse_codegen.contract import follow
from bubblehouse_codegen.documents import Document

RENAMED_FROM: Final = "x-bubblehouse-renamed-from"
"""On a property: how the default version calls it."""

_JSON: Final = "application/json"


@dataclass(slots=True)
class Pair:
    """An object that both contracts have.

    Attributes:
        properties: What the general contract says of each of its properties.
        shape: How it differs in the version.
    """

    properties: dict[str, Document]
    shape: Shape = field(default_factory=Shape)


class Shapes:
    """Goes through what both contracts describe, side by side.

    Args:
        general: The one contract.
        version: That of the version. Properties that are called otherwise there say so.
    """

    def __init__(self, general: Document, version: Document) -> None:
        self._general = general
        self._version = version
        self.pairs: dict[str, Pair] = {}
        self.inputs: dict[str, str] = {}
        self.outputs: dict[str, str] = {}
        there = functions(version)
        for name, operation in functions(general).items():
            if name in there:
                for starts, find in ((self.inputs, taken), (self.outputs, answered)):
                    before, after = find(general, operation), find(version, there[name])
                    starts[name] = self.visit(
                        f"{name}.{find.__name__}", before.get("schema", {}), after.get("schema", {})
                    )

    def visit(self, name: str, before: Document, after: Document) -> str:
        """Compare a schema in both contracts, and all that it leads to.

        Args:
            name: What to call it if it has no name of its own.
            before: The schema in the general contract.
            after: The schema in the version's.

        Returns:
            The name of its pair.
        """
        name = name_of(self._general, before) or name
        if name in self.pairs:
            return name
        known, there = _properties(self._general, before), _properties(self._version, after)
        self.pairs[name] = pair = Pair(known)
        names = {str(it[RENAMED_FROM]): new for new, it in there.items() if RENAMED_FROM in it}
        inside: dict[str, str] = {}
        for prop, schema in known.items():
            other = there.get(names.get(prop, prop))
            if other is not None:
                inside[prop] = self.visit(f"{name}.{prop}", schema, other)
        plain = {new: old for old, new in names.items()}
        required = [plain.get(it, it) for it in _required(self._version, after)]
        pair.shape = Shape(
            names=names,
            inside=inside,
            absent=tuple(prop for prop in known if prop not in inside),
            required=tuple(it for it in required if it not in _required(self._general, before)),
        )
        return name

    def tables(self) -> dict[str, Shape]:
        """Return the shapes that differ, or have such a one inside."""
        differing = self._leading_to({name for name, pair in self.pairs.items() if any(pair.shape._replace(inside={}))})
        return {
            name: pair.shape._replace(inside={prop: it for prop, it in pair.shape.inside.items() if it in differing})
            for name, pair in self.pairs.items()
            if name in differing
        }

    def with_other_names(self) -> set[str]:
        """Return the names of the shapes that have properties of another name, or lead to such."""
        return self._leading_to({name for name, pair in self.pairs.items() if pair.shape.names})

    def _leading_to(self, differing: set[str]) -> set[str]:
        while more := {
            name
            for name, pair in self.pairs.items()
            if name not in differing and not differing.isdisjoint(pair.shape.inside.values())
        }:
            differing |= more
        return differing


def functions(document: Document) -> dict[str, Document]:
    """Return the POST operation of each function."""
    return {item["post"]["operationId"]: item["post"] for item in document["paths"].values() if "post" in item}


def taken(document: Document, operation: Document) -> Document:
    """Return the JSON body that an operation takes: its schema and examples."""
    body: dict[str, Document] = follow(document, operation.get("requestBody", {})).get("content", {})
    return body.get(_JSON, {})


def answered(document: Document, operation: Document) -> Document:
    """Return the JSON body that an operation answers on success: its schema and examples."""
    body: dict[str, Document] = follow(document, operation["responses"].get("200", {})).get("content", {})
    return body.get(_JSON, {})


def name_of(document: Document, schema: Document) -> str:
    """Return the name of the schema that holds the properties, where it has one."""
    name = ""
    while True:
        if "$ref" in schema:
            name, schema = schema["$ref"].rpartition("/")[2], follow(document, {"$ref": schema["$ref"]})
        elif "items" in schema:
            name, schema = "", schema["items"]
        elif len(choices := _choices(schema)) == 1 and "properties" not in schema:
            name, schema = "", choices[0]
        else:
            return name


def _choices(schema: Document) -> list[Document]:
    found = [it for keyword in ("allOf", "anyOf", "oneOf") for it in schema.get(keyword, [])]
    return [it for it in found if it != {"type": "null"}]


def _parts(document: Document, schema: Document) -> Iterator[Document]:
    """Yield the schemas that describe an object, or the items of a list, together."""
    schema = follow(document, {"$ref": schema["$ref"]}) if "$ref" in schema else schema
    if "items" in schema:
        yield from _parts(document, schema["items"])
        return
    yield schema
    for choice in _choices(schema):
        yield from _parts(document, choice)


def _properties(document: Document, schema: Document) -> dict[str, Any]:
    return {name: it for part in _parts(document, schema) for name, it in part.get("properties", {}).items()}


def _required(document: Document, schema: Document) -> list[str]:
    return [name for part in _parts(document, schema) for name in part.get("required", [])]
