"""Reads the contract and applies overlays to it, by the OpenAPI Overlay Specification."""

import json
from collections.abc import Iterable
from copy import deepcopy
from pathlib import Path
from typing import Any, cast

from jsonpath_ng.ext.parser import parse
from oas_patch.overlay import apply_overlay  # pyright: ignore[reportUnknownVariableType] - it ships no types
from oas_patch.validator import validate  # pyright: ignore[reportUnknownVariableType] - it ships no types
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bubblehouse_codegen.failure import CodegenError

Document = dict[str, Any]


def _yaml(text: str) -> object:
    # YAML 1.2, where a key stands once and `no` is a string.
    return YAML(typ="safe", pure=True).load(text)  # pyright: ignore[reportUnknownMemberType] - its types are partial


def load(path: Path) -> Document:
    """Read a YAML document.

    Args:
        path: The file.

    Raises:
        CodegenError: The file is missing, not YAML, not an object, or names a key twice.
    """
    try:
        document = _yaml(path.read_text(encoding="utf-8"))
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


def resolve(document: Document, overlays: Iterable[Path]) -> Document:
    """Return a copy of a document with overlays applied.

    Args:
        document: The document; it is not changed.
        overlays: Overlay files, in order.

    Raises:
        CodegenError: An overlay is not a valid Overlay document, or the target of an action matches nothing: then what
            it was written for has moved. The message names the file and the action.
    """
    resolved: Document = deepcopy(document)
    for path in overlays:
        overlay = load(path)
        verdict = cast("Document", _yaml(validate(overlay, "yaml")))
        if verdict["status"] != "success":
            raise CodegenError(f"{path}: not a valid overlay: {verdict['errors']}")
        for number, action in enumerate(overlay["actions"], start=1):
            place = f"{path}: action {number} ({action['target']})"
            try:
                matches = parse(action["target"]).find(resolved)
            except Exception as error:  # the library raises bare Exceptions for a bad path
                raise CodegenError(f"{place}: not a JSONPath: {error}") from error
            if not matches:
                raise CodegenError(f"{place}: the target matches nothing; mend the path or drop the action")
            apply_overlay(resolved, {"actions": [action]})
            # The library puts one and the same object at every match; a later action must change only its own.
            resolved = json.loads(json.dumps(resolved))
    return resolved
