"""What packages offer to callers, and where that is looked for."""

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from bubblehouse_codegen.render import PACKAGE
from bubblehouse_diff.python_modules import Found, Modules
from bubblehouse_diff.python_nodes import Class, Function, Value, class_of, function_of, value_of

PUBLIC: Final = (
    PACKAGE,
    "bubblehouse",
    "bubblehouse.telemetry",
    "bubblehouse.transport",
    "bubblehouse_mock",
    "bubblehouse_pytest.plugin",
)
"""The modules that callers import from; a module that one of them exports is one, too."""

_WITHIN: Final = frozenset({"bubblehouse.SyncClient", "bubblehouse.AsyncClient"})
"""Classes that callers know as a part of the generated ones. They are compared there."""

PACKAGES: Final = tuple(sorted({name.partition(".")[0] for name in PUBLIC}))


class Exported(NamedTuple):
    """Something that callers can import.

    Attributes:
        definition: What it is.
        modules: The public modules that have it.
    """

    definition: Class | Function | Value
    modules: frozenset[str]


Surface = dict[str, Exported]
"""All that callers can import, by name. Outside of the generated package, the module stands before it."""


def read_surface(folders: Mapping[str, Path]) -> Surface:
    """Return what packages offer, without importing them.

    Args:
        folders: The packages' folders by name; one that is missing offers nothing.

    Raises:
        DiffError: A file can't be read.
    """
    modules = Modules(folders)
    places: dict[Found, list[str]] = {}
    waiting: list[str] = [*PUBLIC]
    for public in waiting:
        module = modules.get(public)
        for name in module.exported if module else ():
            found = modules.find(public, name)
            if isinstance(found, Found):
                places.setdefault(found, []).append(public)
            elif found is not None and found.name not in waiting:
                waiting.append(found.name)
    labels = {found: _label(listed[0], found.name) for found, listed in places.items()}
    reader = _Reader(modules, frozenset(found for found, label in labels.items() if label not in _WITHIN))
    return {
        label: Exported(Value() if label in _WITHIN else reader.read(found), frozenset(places[found]))
        for found, label in labels.items()
    }


def _label(module: str, name: str) -> str:
    return name if module.partition(".")[0] == PACKAGE else f"{module}.{name}"


class _Reader:
    """Reads definitions, and what a class has from bases that aren't public."""

    def __init__(self, modules: Modules, public: frozenset[Found]) -> None:
        self._modules = modules
        self._public = public

    def read(self, found: Found) -> Class | Function | Value:
        node = found.node
        if isinstance(node, ast.ClassDef):
            return self._class(found.module, node)
        return function_of(node) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else value_of(node)

    def _class(self, module: str, node: ast.ClassDef) -> Class:
        return class_of(node, lambda base: self._hidden(module, base))

    def _hidden(self, module: str, name: str) -> Class | None:
        found = self._modules.find(module, name)
        if isinstance(found, Found) and isinstance(found.node, ast.ClassDef) and found not in self._public:
            return self._class(found.module, found.node)
        return None
