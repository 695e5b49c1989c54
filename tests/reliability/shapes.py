"""Answers as the contract describes them, with every property there is, and all that can be wrong with a type."""

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from tests.contract.proof.contract import Contract

_SAMPLES: Final[tuple[Any, ...]] = (None, True, 7, 1.5, "text", [], {}, ["text"], {"key": "text"})
"""One value of each JSON type, and of the two that hold others."""

_OPEN: Final = {"enum", "const", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems"}
"""What a client doesn't hold answers to, so that an old one can read a new server."""

_STRINGS: Final = {"date-time": "2026-05-20T12:00:00Z", "date": "2026-05-20"}

Path = tuple[str | int, ...]


def complete(contract: Contract, schema: Any) -> Any:
    """Return a value that has every property which a schema names, and one item in each array."""
    node = contract.resolve(schema)
    for branch in (node.get("anyOf") or node.get("oneOf") or node.get("allOf") or [])[:1]:
        return complete(contract, branch)
    kinds = node.get("type", "string")
    kind = next(it for it in ([kinds] if isinstance(kinds, str) else kinds) if it != "null")
    if kind == "object":
        return {name: complete(contract, inner) for name, inner in node.get("properties", {}).items()}
    if kind == "array":
        return [complete(contract, node["items"])]
    if "examples" in node:
        return node["examples"][0]
    if "pattern" in node:
        return "12.500000"
    scalars = {"string": _STRINGS.get(node.get("format", ""), "text"), "integer": 7, "number": 1.5, "boolean": True}
    return scalars[kind]


def open_schema(node: Any) -> Any:
    """Return a schema without what a client doesn't hold answers to."""
    if isinstance(node, dict):
        return {key: open_schema(value) for key, value in node.items() if key not in _OPEN or isinstance(value, dict)}
    return [open_schema(item) for item in node] if isinstance(node, list) else node


@dataclass(frozen=True, slots=True, eq=False)
class Wrong:
    """An answer that is altered in one place."""

    path: Path
    value: Any
    body: Any

    @property
    def raw(self) -> bytes:
        """The answer's bytes."""
        return json.dumps(self.body).encode()


def alterations(whole: Any) -> Iterator[Wrong]:
    """Put a value of each type in each place, and leave each property out."""
    for path in _paths(whole):
        for sample in _SAMPLES:
            yield Wrong(path, sample, _with(whole, path, sample))
        if path and isinstance(path[-1], str):
            yield Wrong(path, ..., _with(whole, path, ...))


def _paths(value: Any, path: Path = ()) -> Iterator[Path]:
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in inner:
        yield from _paths(item, (*path, step))


def _with(whole: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    changed = copy.deepcopy(whole)
    place = changed
    for step in path[:-1]:
        place = place[step]
    if value is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return changed
