"""Finds its way through an OpenAPI document: operations, references, schemas and the examples that must fit them."""

from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import quote

import jsonschema_rs

Node = dict[str, Any]
Path = tuple[str, ...]

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

_URI = "urn:contract"


def operations(document: Node) -> Iterator[tuple[str, str, Node]]:
    """List the operations as (`RedeemPoints1 POST`, path, operation); parameters of the path are among its own."""
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                shared = item.get("parameters", [])
                operation = {**item[method], "parameters": [*shared, *item[method].get("parameters", [])]}
                yield f"{path.rpartition('/')[2]} {method.upper()}", path, operation


def responses(document: Node) -> Iterator[tuple[str, str, Node]]:
    """List the responses of all operations as (`RedeemPoints1 POST 422`, status, response)."""
    for label, _, operation in operations(document):
        for status, response in operation["responses"].items():
            yield f"{label} {status}", status, follow(document, response)


def target(document: Node, reference: str) -> Node:
    """Return what a reference such as `#/components/schemas/Error` leads to.

    Raises:
        LookupError: Nothing is there.
    """
    node: Any = document
    for step in reference.removeprefix("#/").split("/"):
        node = node[step.replace("~1", "/").replace("~0", "~")]
    found: Node = node
    return found


def follow(document: Node, node: Node) -> Node:
    """Return what a reference within the document leads to, or the node itself if it is none."""
    while "$ref" in node:
        node = target(document, node["$ref"])
    return node


def error_id(schema: Node) -> str | None:
    """Return the id that the schema of an error stands for; None for other schemas."""
    constant: str | None = schema.get("properties", {}).get("id", {}).get("const")
    return constant


def walk(node: object, path: Path = ()) -> Iterator[tuple[Path, Node]]:
    """List all objects of a document with the way to them; what stands inside examples is data and left out."""
    if isinstance(node, dict):
        yield path, node
        for key, value in node.items():
            if key not in {"example", "examples"}:
                yield from walk(value, (*path, str(key)))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from walk(value, (*path, str(index)))


def examples(document: Node) -> Iterator[tuple[Path, Path, object]]:
    """List all examples as (where it stands, where its schema stands, value)."""
    for path, node in walk(document):
        listed = node.get("examples", ())
        if isinstance(listed, list):  # of a schema; elsewhere it is an object of named examples
            for index, value in enumerate(listed):
                yield (*path, "examples", str(index)), path, value
        elif "schema" in node:
            for name, example in node.get("examples", {}).items():
                yield (*path, "examples", name), (*path, "schema"), follow(document, example)["value"]
        if "schema" in node and "example" in node:
            yield (*path, "example"), (*path, "schema"), node["example"]


class Schemas:
    """Judges values by the schemas of a document, by JSON Schema 2020-12 with formats."""

    def __init__(self, document: Node) -> None:
        registry = jsonschema_rs.Registry([(_URI, document)], draft=jsonschema_rs.Draft202012)

        @cache
        def validator(path: Path) -> jsonschema_rs.Draft202012Validator:
            pointer = "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in path)
            schema = {"$ref": f"{_URI}#{quote(pointer, safe='/~')}"}
            return jsonschema_rs.Draft202012Validator(schema, registry=registry, validate_formats=True)

        self._validator = validator

    def problems(self, path: Path, value: object) -> list[str]:
        """Return what is wrong with a value.

        Args:
            path: The way to the schema, from the root of the document.
            value: Decoded JSON.
        """
        return [error.message for error in self._validator(path).iter_errors(value)]
