"""Loosens a document in every place where it can be, mechanically, one way at a time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from tests.contract.proof.contract import Contract, Json
from tests.contract.proof.recipes import ALL_KINDS
from tests.contract.two_sided.permissions import branches, name_of, types_of

_BOUNDS: Final = {"minimum": -1, "maximum": 1, "minLength": -1, "maxLength": 1, "minItems": -1, "maxItems": 1}
_KEYWORDS: Final = ("pattern", "format", "enum", "const", "type", "properties", *_BOUNDS)
_BEYOND: Final = "brand_new"


@dataclass(frozen=True, slots=True, repr=False)
class Loosening:
    """One way in which a document allows more than it did.

    Attributes:
        name: Where and how.
        node: The object of the document that is changed.
        key: Which of its values.
        value: What it becomes; `...` for nothing.
        incoming: Whether it is about what clients send.
    """

    name: str
    node: Json
    key: str
    value: Any
    incoming: bool = False

    def __repr__(self) -> str:
        return self.name


def loosenings(contract: Contract) -> Iterator[Loosening]:
    """List every way; each changes one value of one node of the contract's own document."""
    seen: set[tuple[int, bool]] = set()
    for operation in contract.operations.values():
        node, place = contract.node(operation.id), operation.id
        yield from _of_security(node, place)
        body = node.get("requestBody")
        if body is not None:
            yield Loosening(f"{place}: no body is needed", body, "required", False)  # noqa: FBT003 - a value of JSON
            form: Json = {"application/x-www-form-urlencoded": {"schema": {}}}
            yield Loosening(f"{place}: takes forms", body, "content", {**body["content"], **form})
            schema = body["content"]["application/json"]["schema"]
            yield from _of_schemas(contract, schema, place, seen, incoming=True)
        for parameter in map(contract.resolve, node.get("parameters", ())):
            if parameter["in"] == "query" and "content" in parameter:
                inner = parameter["content"]["application/json"]["schema"]
                yield from _of_schemas(contract, inner, f"{place}?{parameter['name']}", seen, incoming=True)
        responses = node["responses"]
        yield Loosening(f"{place}: 409", node, "responses", {**responses, "409": responses["404"]})
        yield Loosening(f"{place}: 202", node, "responses", {**responses, "202": responses["200"]})
        for status, found in responses.items():
            response = contract.resolve(found)
            if (id(response), False) not in seen:
                seen.add((id(response), False))
                yield from _of_response(contract, response, f"{place} {status}", seen)


def _of_security(node: Json, place: str) -> Iterator[Loosening]:
    security = node["security"]
    for kind in ALL_KINDS:
        if {kind: []} not in security:
            yield Loosening(f"{place}: takes a {kind}", node, "security", [*security, {kind: []}])
    yield Loosening(f"{place}: takes nobody's token", node, "security", [*security, {}])


def _of_response(contract: Contract, response: Json, place: str, seen: set[tuple[int, bool]]) -> Iterator[Loosening]:
    headers = {**response.get("headers", {}), "X-Brand-New": {"schema": {"type": "string"}}}
    yield Loosening(f"{place}: a header", response, "headers", headers)
    content = response["content"]
    yield Loosening(f"{place}: XML", response, "content", {**content, "application/xml": content["application/json"]})
    schema = content["application/json"]["schema"]
    if "oneOf" in schema:
        error = {"type": "object", "required": ["id"], "properties": {"id": {"const": _BEYOND}}}
        yield Loosening(f"{place}: an error id", schema, "oneOf", [*schema["oneOf"], error])
    yield from _of_schemas(contract, schema, place, seen, incoming=False)


def _of_schemas(
    contract: Contract, schema: Json, place: str, seen: set[tuple[int, bool]], *, incoming: bool
) -> Iterator[Loosening]:
    """Loosen a schema, and all that stand within it, once each."""
    place, schema = name_of(schema, place), contract.resolve(schema)
    if (id(schema), incoming) in seen:
        return
    seen.add((id(schema), incoming))
    for name, key, value in _ways(schema, incoming=incoming):
        yield Loosening(f"{place}: {name}", schema, key, value, incoming)
    for at, branch in enumerate(branches(schema)):
        yield from _of_schemas(contract, branch, f"{place} choice {at}", seen, incoming=incoming)
    for name, inner in schema.get("properties", {}).items():
        yield from _of_schemas(contract, inner, f"{place}.{name}", seen, incoming=incoming)
    if "items" in schema:
        yield from _of_schemas(contract, schema["items"], f"{place}[]", seen, incoming=incoming)


def _ways(schema: Json, *, incoming: bool) -> Iterator[tuple[str, str, Any]]:
    kinds = types_of(schema)
    # A constant says its type, and the bounds of an integer say its format.
    needless = {"type": not kinds, "format": "integer" in kinds and "minimum" in schema}
    dropped = [keyword for keyword in _KEYWORDS if keyword in schema and not needless.get(keyword)]
    yield from ((f"no {keyword}", keyword, ...) for keyword in dropped)
    for keyword, step in _BOUNDS.items():
        if keyword in schema:
            yield f"{keyword} moved", keyword, schema[keyword] + step
    if "pattern" in schema:
        yield "pattern anywhere", "pattern", schema["pattern"].strip("^$")
    if "enum" in schema:
        yield "an enum value", "enum", [*schema["enum"], _BEYOND]
    if "type" in schema and kinds:
        yield from _other_types(kinds)
    for name in schema.get("required", ()):
        yield f"{name} not required", "required", [it for it in schema["required"] if it != name]
    if "properties" in schema and not incoming:
        yield "a property", "properties", {**schema["properties"], _BEYOND: {"type": "string"}}
    for keyword in (it for it in ("anyOf", "oneOf") if it in schema):
        yield f"no {keyword}", keyword, ...
        if {"type": "null"} not in schema[keyword]:
            yield f"{keyword} or null", keyword, [*schema[keyword], {"type": "null"}]


def _other_types(kinds: list[str]) -> Iterator[tuple[str, str, Any]]:
    others = [kind for kind in ("null", "string", "integer") if kind not in kinds]
    yield from ((f"or {kind}", "type", [*kinds, kind]) for kind in others[:2])
    if "integer" in kinds:
        yield "or a fraction", "type", ["number" if kind == "integer" else kind for kind in kinds]


def during(loosening: Loosening, action: Callable[[], bool]) -> bool:
    """Ask something while the contract is loosened, and return the answer."""
    before = loosening.node.get(loosening.key, ...)
    _set(loosening, loosening.value)
    try:
        return action()
    finally:
        _set(loosening, before)


def _set(loosening: Loosening, value: Any) -> None:
    if value is ...:
        loosening.node.pop(loosening.key, None)
    else:
        loosening.node[loosening.key] = value
