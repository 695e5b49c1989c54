"""Goes through a schema, alone or beside a value, and names each property and keyword by where it stands."""

import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple, TypeAlias

import jsonschema_rs
from tests.contract.proof.contract import Contract, Json

_KEYWORDS = ("type", "enum", "const", "minimum", "maximum", "minLength", "maxLength", "pattern", "format", "required")
_BRANCHES = ("allOf", "anyOf", "oneOf")
_DEEPEST = 12


Places: TypeAlias = dict[str, dict[str, list[Any]]]
"""Keywords by where they stand, each with what it says: more than once where there are alternatives."""


class Seen(NamedTuple):
    """What a value says of one place of a schema.

    Attributes:
        path: The place, as `customer.shopid` or `tiers[].name`; empty for the whole.
        keyword: A keyword there, or `present`.
        good: Whether the keyword is kept, or the property there.
    """

    path: str
    keyword: str
    good: bool


class Walker:
    """Goes through schemas of one contract.

    Args:
        contract: Where references lead.
    """

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._fitting = cache(self._compile)

    def places(self, schema: Json) -> Places:
        """Return every place of a schema, with its keywords and what they say in one alternative or another."""
        found: Places = {}
        self._collect(schema, "", found, 0)
        return found

    def _collect(self, node: Json, path: str, found: Places, depth: int) -> None:
        schema = self._contract.resolve(node)
        if depth > _DEEPEST:
            return
        keywords = found.setdefault(path, {})
        for keyword in _KEYWORDS:
            if keyword in schema and schema[keyword] not in keywords.setdefault(keyword, []):
                keywords[keyword].append(schema[keyword])
        for name, inner in schema.get("properties", {}).items():
            self._collect(inner, joined(path, name), found, depth + 1)
        if "items" in schema:
            self._collect(schema["items"], f"{path}[]", found, depth + 1)
        for branch in (branch for word in _BRANCHES for branch in schema.get(word, ())):
            self._collect(branch, path, found, depth + 1)

    def seen(self, schema: Json, value: Any) -> Iterator[Seen]:
        """Tell what a value says of a schema's places."""
        yield from self._visit(schema, value, "", 0)

    def _visit(self, node: Json, value: Any, path: str, depth: int) -> Iterator[Seen]:
        schema = self._contract.resolve(node)
        if depth > _DEEPEST:
            return
        for keyword in filter(schema.__contains__, _KEYWORDS):
            yield Seen(path, keyword, is_kept(keyword, schema[keyword], value))
        if isinstance(value, dict):
            yield from self._properties(schema, value, path, depth + 1)
        if isinstance(value, list) and "items" in schema:
            for item in value:
                yield from self._visit(schema["items"], item, f"{path}[]", depth + 1)
        for word in _BRANCHES:
            branches = schema.get(word, ())
            # Of alternatives, those that fit say something. Where none does, all of them are broken.
            fitting = [branch for branch in branches if word == "allOf" or self._fits(branch, value)]
            for branch in fitting or branches:
                yield from self._visit(branch, value, path, depth + 1)

    def _properties(self, schema: Json, value: Json, path: str, depth: int) -> Iterator[Seen]:
        for name, inner in schema.get("properties", {}).items():
            yield Seen(joined(path, name), "present", name in value)
            if name in value:
                yield from self._visit(inner, value[name], joined(path, name), depth)

    def _fits(self, schema: Json, value: Any) -> bool:
        return _answered(self._fitting(json.dumps(schema)), value)

    def _compile(self, schema: str) -> Callable[[Any], bool]:
        return self._contract.validator(json.loads(schema)).is_valid


def joined(path: str, name: str) -> str:
    """Return the place of a property."""
    return f"{path}.{name}" if path else name


def is_kept(keyword: str, said: Any, value: Any) -> bool:
    """Tell whether a value keeps one keyword."""
    return _answered(_keyword(json.dumps({keyword: said})), value)


@cache
def _keyword(schema: str) -> Callable[[Any], bool]:
    return jsonschema_rs.Draft202012Validator(json.loads(schema), validate_formats=True).is_valid


def _answered(is_valid: Callable[[Any], bool], value: Any) -> bool:
    try:
        return is_valid(value)
    except (ValueError, RecursionError):  # Infinity, or what is too deep: no JSON that any schema allows
        return False
