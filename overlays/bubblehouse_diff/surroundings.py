"""Compares what stands around the functions: servers, kinds of tokens, rate limits, and the contract itself."""

from collections.abc import Iterator
from typing import Final

from bubblehouse_codegen.documents import Document
from bubblehouse_diff.changes import Change, Where, at
from bubblehouse_diff.documents import as_object

_LIMITS: Final = "x-bubblehouse-rate-limits"
_ELSEWHERE: Final = frozenset({"paths", "components", "servers", "security", _LIMITS})
_SCHEME_TEXTS: Final = frozenset({"description", "x-bubblehouse-assumption"})


def compare_surroundings(before: Document, after: Document) -> Iterator[Change]:
    """Yield the changes outside of the functions and their types.

    Args:
        before: One document.
        after: The other.
    """
    yield from _servers(before.get("servers", []), after.get("servers", []))
    yield from _schemes(before, after)
    yield from _limits(_flat(before.get(_LIMITS, {})), _flat(after.get(_LIMITS, {})))
    for key in sorted((before.keys() | after.keys()) - _ELSEWHERE):
        if before.get(key) != after.get(key):
            texts = key in {"info", "tags", "externalDocs"}
            rule = "text-changed" if texts else "extension-changed" if key.startswith("x-") else "keyword-changed"
            old, new = (None, key) if texts else (before.get(key), after.get(key))
            yield at(Where("input", "contract", "" if texts else key), rule, old, new)


def _servers(before: list[Document], after: list[Document]) -> Iterator[Change]:
    where = Where("input", "servers")
    old, new = ({str(one["url"]): one for one in servers} for servers in (before, after))
    yield from (at(where, "server-removed", url) for url in old if url not in new)
    yield from (at(where, "server-added", None, url) for url in new if url not in old)
    if old and new and next(iter(old)) != next(iter(new)):
        yield at(where, "server-default-changed", next(iter(old)), next(iter(new)))
    for url in (url for url in old if url in new):
        one, other = (server.get("variables", {}) for server in (old[url], new[url]))
        for name in sorted(one.keys() | other.keys()):
            yield from _variable(one.get(name, {}), other.get(name, {}), where.child(name))
        if old[url].get("description") != new[url].get("description"):
            yield at(where, "text-changed", None, "description")


def _variable(before: Document, after: Document, where: Where) -> Iterator[Change]:
    if before.get("default") != after.get("default"):
        yield at(where, "server-variable-default-changed", before.get("default"), after.get("default"))
    old, new = before.get("enum", []), after.get("enum", [])
    yield from (at(where, "server-variable-value-removed", value) for value in old if value not in new)
    yield from (at(where, "server-variable-value-added", None, value) for value in new if value not in old)
    if before.get("description") != after.get("description"):
        yield at(where, "text-changed", None, "description")


def _schemes(before: Document, after: Document) -> Iterator[Change]:
    old, new = (document.get("components", {}).get("securitySchemes", {}) for document in (before, after))
    for name in sorted(old.keys() & new.keys()):
        where = Where("input", name)
        forms = [
            {key: value for key, value in scheme.items() if key not in _SCHEME_TEXTS}
            for scheme in (old[name], new[name])
        ]
        if forms[0] != forms[1]:
            yield at(where, "security-scheme-changed", *forms)
        if texts := [key for key in sorted(_SCHEME_TEXTS) if old[name].get(key) != new[name].get(key)]:
            yield at(where, "text-changed", None, ", ".join(texts))


def _flat(limits: Document, prefix: str = "") -> dict[str, int]:
    found: dict[str, int] = {}
    for key, value in limits.items():
        inner = as_object(value)
        found |= {f"{prefix}{key}": int(value)} if inner is None else _flat(inner, f"{prefix}{key} ")
    return found


def _limits(before: dict[str, int], after: dict[str, int]) -> Iterator[Change]:
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if old != new:
            lowered = old is None or (new is not None and new < old)
            rule = "rate-limit-lowered" if lowered else "rate-limit-raised"
            yield at(Where("input", "rate limits", name), rule, old, new)
