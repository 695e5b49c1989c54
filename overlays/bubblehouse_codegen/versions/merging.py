"""The contract of all versions at once, which one client is made of: whatever any of them has."""

import json
from typing import Any, Final, TypeGuard, cast

from bubblehouse_codegen.contract import SCOPE, follow
from bubblehouse_codegen.documents import Document
from bubblehouse_codegen.failure import CodegenError
from bubblehouse_codegen.versions.shapes import RENAMED_FROM

_NAMED: Final = frozenset(
    {"content", "headers", "mapping", "paths", "properties", "requestBodies", "responses", "schemas"}
)
"""Keywords whose values have names of the contract's own for keys."""

_UNITED: Final = frozenset({"enum", "oneOf", "security"})
_LOOSENED: Final = frozenset(
    {"exclusiveMaximum", "exclusiveMinimum", "maxItems", "maxLength", "maxProperties", "maximum", "minItems"}
    | {"minLength", "minProperties", "minimum", "multipleOf", "pattern", "uniqueItems"}
)
"""Bounds that a client can leave to the server, where versions don't agree on them."""

_ONE_TOLD: Final = frozenset(
    {"deprecated", "description", "example", "examples", "externalDocs", "info", "links", "parameters", "servers"}
    | {"summary", "tags", "title", "securitySchemes"}
)
"""What people read, or no client is made of: the default version's is kept."""

_BINDING: Final = frozenset({"x-bubblehouse-kind", SCOPE})

_Place = tuple[str, ...]


def merge(contract: Document, documents: dict[str, Document]) -> Document:
    """Return a contract that has what any version has. Properties have the names of the default version.

    Args:
        contract: The contract of the default version.
        documents: Those of the versions that differ.

    Raises:
        CodegenError: Two of them disagree about what can't be both in one client.
    """
    merged = _copy(contract)
    for version, document in documents.items():
        try:
            merged = _Merger(merged, _copy(document)).whole()
        except CodegenError as error:
            raise CodegenError(f"{version}: {error}") from None
    return merged


class _Merger:
    def __init__(self, before: Document, after: Document) -> None:
        self._before = before
        self._after = after

    def whole(self) -> Document:
        return self._object(self._before, self._after, ())

    def _object(self, before: Document, after: Document, place: _Place) -> Document:
        """Merge two objects whose keys are keywords."""
        done: Document = {}
        for key in [*before, *(key for key in after if key not in before)]:
            here = (*place, key)
            old: Any = before.get(key)
            new: Any = after.get(key)
            if old == new or (key in before and _is_told_once(key)):
                done[key] = old
            elif key == "required":
                done[key] = _required(old, new, after.get("properties", {}))
            elif key in _NAMED:
                done[key] = self._names(old or {}, new or {}, here)
            elif key in _UNITED and old and new:
                done[key] = [*old, *(it for it in new if it not in old)]
            elif _is_object(old) and _is_object(new):
                done[key] = self._object(old, new, here)
            elif key == "get":
                done[key] = old or new
            elif key not in _LOOSENED and not _is_told_once(key):
                place_of_it = ".".join(filter(None, here))
                raise CodegenError(
                    f"{place_of_it}: {_shown(before, key)} in the default version, {_shown(after, key)} here. One "
                    "client can't have both: a property of another type needs another name, a function another number"
                )
        return done

    def _names(self, before: Document, after: Document, place: _Place) -> Document:
        """Merge two objects whose keys are names."""
        done = dict(before)
        for new, there in after.items():
            name = str(there.get(RENAMED_FROM, new)) if _is_object(there) else new
            here = before.get(name)
            if here is None:
                done[name] = there
            elif here != there:
                shared = place[-1] == "responses"  # one may be, and the other not
                old = follow(self._before, here) if shared else here
                its = follow(self._after, there) if shared else there
                done[name] = self._object({"": old}, {"": its}, (*place, name))[""]
        return done


def _is_object(value: object) -> TypeGuard[Document]:
    return isinstance(value, dict)


def _copy(document: Document) -> Document:
    """Return a copy in which nothing is one object in two places."""
    copied: Document = json.loads(json.dumps(document))
    return copied


def _required(before: object, after: object, properties: dict[str, Document]) -> object:
    """Return what all versions require: a list of names, or a flag."""
    if not isinstance(before, list) and not isinstance(after, list):
        return before is after is True
    names = [properties.get(name, {}).get(RENAMED_FROM, name) for name in cast("list[str]", after or [])]
    return [name for name in cast("list[str]", before or []) if name in names]


def _is_told_once(key: str) -> bool:
    return key in _ONE_TOLD or (key.startswith("x-") and key not in _BINDING)


def _shown(node: Document, key: str) -> str:
    return json.dumps(node[key], ensure_ascii=False) if key in node else "nothing"
