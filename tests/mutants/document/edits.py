"""How mutants of the document are made: it is changed for the proof alone, not for the server or the client."""

import json
import sys
from collections.abc import Callable, Iterable
from copy import deepcopy
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import ModuleType
from typing import Any, Final, TypeAlias

import pytest
from tests.mutants.door import Door
from tests.mutants.mutant import Apply, Witness

from bubblehouse_codegen import documents

Steps: TypeAlias = tuple[str | int, ...]
Document: TypeAlias = dict[str, Any]

REMOVED: Final = object()


# Reading takes longer than all the rest, and the originals are never changed: each is read once, before any fork.
_load: Final = cache(documents.load)
_resolve: Final = documents.resolve


@cache
def _resolved(base: Path, overlays: tuple[Path, ...]) -> Document:
    return _resolve(_load(base), overlays)


_ORIGINALS: Final = {"load": documents.load, "resolve": documents.resolve}


def _proof() -> list[ModuleType]:
    """Return what is imported of the proof: it may have the functions under names of its own."""
    return [module for name, module in sys.modules.items() if name.startswith("tests.contract.")]


def warm(root: Path) -> None:
    """Read the documents of the repository once, for all processes that are forked from this one."""
    _resolved(root / "spec" / "openapi.yaml", tuple(documents.overlays_for(root / "overlays" / "spec", "everybody")))


class NowhereError(LookupError):
    """The place to change is not in this document: it comes with the assumptions."""


def edit(document: Document, steps: Steps, value: object) -> Document:
    """Return a copy of a document with one place changed; an index at the end of a list appends.

    Raises:
        NowhereError: The document has no such place.
    """
    mutant = deepcopy(document)
    place: Any = mutant
    try:
        for step in steps[:-1]:
            place = place[step]
        if value is REMOVED:
            del place[steps[-1]]
        elif isinstance(place, list) and steps[-1] == len(place):
            place.append(deepcopy(value))
        else:
            place[steps[-1]] = deepcopy(value)
    except (KeyError, IndexError, TypeError):
        raise NowhereError(steps) from None
    return mutant


def changed(*edits: tuple[Steps, object]) -> Apply:
    """Change places of the document wherever the proof reads it: its sources, and the copy that the client carries."""

    def mutated(document: Document) -> Document:
        for steps, value in edits:
            document = edit(document, steps, value)
        return document

    def apply(patch: pytest.MonkeyPatch) -> None:
        from tests.contract.proof import contract  # noqa: PLC0415 - the proof is imported afresh for most such mutants

        sources = _Sources(mutated)
        for module in [documents, *_proof()]:
            for name, original in _ORIGINALS.items():
                if vars(module).get(name) is original:
                    patch.setattr(module, name, getattr(sources, name))
        carried = mutated(json.loads(files("bubblehouse_loyalty").joinpath("openapi.json").read_bytes()))
        patch.setattr(contract, "files", lambda _: _Folder(carried))
        contract.load.cache_clear()

    return apply


class _Sources:
    """Reads the sources as if they were written otherwise."""

    def __init__(self, mutated: Callable[[Document], Document]) -> None:
        self._mutated = mutated
        self._read: dict[int, tuple[Document, Path]] = {}

    def load(self, path: Path) -> Document:
        """Read a source; of an overlay, as it is."""
        original = _load(path)
        if "paths" not in original:
            return original
        try:
            mutant = self._mutated(original)
        except NowhereError:
            mutant = deepcopy(original)
        self._read[id(mutant)] = mutant, path
        return mutant

    def resolve(self, document: Document, overlays: Iterable[Path]) -> Document:
        """Apply overlays to a source that was read, and change what comes of it."""
        _, path = self._read[id(document)]
        return self._mutated(_resolved(path, tuple(overlays)))


class _Folder:
    """A package that carries another document."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def joinpath(self, _: str) -> "_Folder":
        """Return the document's place."""
        return self

    def read_bytes(self) -> bytes:
        """Return the document."""
        return json.dumps(self._document).encode()


def judged(schema: str | Steps, *values: object) -> Witness:
    """Ask whether a schema of the document takes values.

    Args:
        schema: The name of a component, or the way to a schema.
        values: The values.
    """

    def witness(_: Door) -> object:
        document = _read()
        place: Any = document
        for step in ("components", "schemas", schema) if isinstance(schema, str) else schema:
            place = place[step]
        validator = _contract().Contract(document, {}).validator(place)
        return [validator.is_valid(value) for value in values]

    return witness


def told(*steps: str | int) -> Witness:
    """Read what stands at a place of the document."""

    def witness(_: Door) -> object:
        place: Any = _read()
        for step in steps:
            while isinstance(place, dict) and "$ref" in place and step not in place:
                place = _contract().Contract(_read(), {}).resolve(place)
            is_there = step in place if isinstance(place, dict) else isinstance(step, int) and step < len(place)
            if not is_there:
                return "nothing"
            place = place[step]
        return json.dumps(place, sort_keys=True)

    return witness


def _contract() -> Any:
    from tests.contract.proof import contract  # noqa: PLC0415 - as above

    return contract


def _read() -> Document:
    contract = _contract()
    contract.load.cache_clear()
    document: Document = contract.load.__wrapped__().document
    return document
