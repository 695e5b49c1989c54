"""Reads the contract and applies overlays to it, by the OpenAPI Overlay Specification."""

import json
from collections.abc import Iterable
from contextlib import suppress
from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from jsonpath_ng.ext.parser import parse
from jsonpath_ng.jsonpath import DatumInContext, Fields, Index, JSONPath
from oas_patch.overlay import apply_overlay  # pyright: ignore[reportUnknownVariableType] - it ships no types
from oas_patch.validator import validate  # pyright: ignore[reportUnknownVariableType] - it ships no types
from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import YAMLError

from bubblehouse_codegen.failure import CodegenError

Document = dict[str, Any]


class _Constructor(SafeConstructor):
    """Reads a date as a string, as JSON has it."""


_Constructor.add_constructor(  # pyright: ignore[reportUnknownMemberType] - its types are partial
    "tag:yaml.org,2002:timestamp",
    SafeConstructor.construct_yaml_str,  # pyright: ignore[reportUnknownMemberType] - as above
)


def _each_once(pairs: list[tuple[str, object]]) -> Document:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_json(text: str) -> object:
    raise ValueError(f"{text} is not JSON")


@lru_cache(maxsize=16)
def _yaml(text: str) -> object:
    if text.startswith("{"):
        # All JSON is YAML, and is read a hundred times as fast; what is wrong with it, YAML's reader tells.
        with suppress(ValueError):
            return json.loads(text, object_pairs_hook=_each_once, parse_constant=_no_json)
    # YAML 1.2, where a key stands once and `no` is a string.
    yaml = YAML(typ="safe", pure=True)
    yaml.Constructor = _Constructor
    return yaml.load(text)  # pyright: ignore[reportUnknownMemberType] - its types are partial


def load(path: Path) -> Document:
    """Read a YAML document.

    Args:
        path: The file.

    Raises:
        CodegenError: The file is missing, not YAML, not an object, or names a key twice.
    """
    try:
        # Reading takes half a second, and one command reads an overlay several times; a copy is made in no time.
        document = deepcopy(_yaml(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        raise CodegenError(f"{path}: {error}") from error
    if not isinstance(document, dict):
        raise CodegenError(f"{path}: expected an object at the top")
    return cast("Document", document)


def overlays_for(folder: Path, audience: str) -> list[Path]:
    """List the overlays of a folder that are meant for an audience, in the order in which they apply.

    Args:
        folder: Where the `*.overlay.yaml` files are.
        audience: `everybody`, or `generator` for those that reshape the document for code generation alone.
    """
    return [
        path
        for path in sorted(folder.glob("*.overlay.yaml"))
        if load(path).get("x-bubblehouse-audience", "everybody") == audience
    ]


def resolve(document: Document, overlays: Iterable[Path], *, partly: bool = False) -> Document:
    """Return a copy of a document with overlays applied.

    Args:
        document: The document; it is not changed.
        overlays: Overlay files, in order.
        partly: Whether actions that find nothing to act on are passed over: the document isn't all that they are for.

    Raises:
        CodegenError: An overlay is not a valid Overlay document, or the target of an action matches nothing, or the
            action changes nothing: then what it was written for has moved. The message names the file and the action.
    """
    resolved = deepcopy(document)
    for path in overlays:
        overlay = load(path)
        verdict = _verdict(path.read_text(encoding="utf-8"))
        if verdict["status"] != "success":
            raise CodegenError(f"{path}: not a valid overlay: {verdict['errors']}")
        for number, action in enumerate(overlay["actions"], start=1):
            place = f"{path}: action {number} ({action['target']})"
            try:
                changed = _apply(resolved, action)
            except Exception as error:  # the libraries raise bare ones for a path they can't parse or follow
                raise CodegenError(f"{place}: can't be applied: {error}") from error
            if partly and changed in (None, resolved):
                continue
            if changed is None:
                raise CodegenError(f"{place}: the target matches nothing; mend the path or drop the action")
            if changed == resolved:
                raise CodegenError(f"{place}: the action changes nothing; mend it or drop it")
            resolved = changed
    return resolved


@lru_cache(maxsize=16)
def _verdict(text: str) -> Document:
    return cast("Document", _yaml(validate(_yaml(text), "yaml")))


def _apply(document: Document, action: Document) -> Document | None:
    """Return a document after one action, or None where its target matches nothing.

    The library is shown one place at a time: given a path with several matches, it removes from a list at all of them
    once per match, and puts one and the same object at each.
    """
    found = _path(action["target"]).find(document)
    if "update" in action and any(not isinstance(match.value, dict | list) for match in found):
        raise CodegenError("only an object or an array can be updated")
    removes = action.get("remove", False)
    changed = document
    # Backwards, so that a removal doesn't move what is still to be removed.
    for match in reversed(found):
        place = str(match.full_path)
        what = {"remove": True} if removes else {key: action[key] for key in action.keys() & {"update", "copy"}}
        target = "$" if place == "$" else f"$.{place}"
        changed = _with_own(changed, _steps(match))
        apply_overlay(changed, {"actions": [{"target": target, **deepcopy(what)}]})
    return changed if found else None


@lru_cache(maxsize=256)
def _path(target: str) -> JSONPath:
    return parse(target)


def _steps(match: DatumInContext) -> list[str | int]:
    """Return the keys and indices that lead to a match."""
    steps: list[str | int] = []
    while match.context is not None:
        path = match.path
        steps.append(path.indices[0] if isinstance(path, Index) else cast("Fields", path).fields[0])
        match = match.context
    return steps[::-1]


def _with_own(document: Any, steps: list[str | int]) -> Any:
    """Return a document with a copy of the place that steps lead to. All that is beside the way is shared."""
    if not steps:
        return deepcopy(document)
    first, *rest = steps
    copied = document.copy()
    copied[first] = _with_own(document[first], rest)
    return copied
