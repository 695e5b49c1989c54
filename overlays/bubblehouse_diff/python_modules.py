"""Finds where the names of a module are defined, through imports within the packages, without importing anything."""

import ast
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from bubblehouse_diff.failure import DiffError

Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef | ast.Assign | ast.AnnAssign


class Module(NamedTuple):
    """A module, as it is written.

    Attributes:
        name: Its full name.
        exported: The names that it offers: those of `__all__`, or else its public classes and functions.
        imported: Names that it has from elsewhere, with the module and the name there.
        defined: Names that it defines itself.
    """

    name: str
    exported: list[str]
    imported: dict[str, tuple[str, str]]
    defined: dict[str, Definition]


class Found(NamedTuple):
    """A definition, and where it stands.

    Attributes:
        module: The module.
        name: The name there.
        node: The definition.
    """

    module: str
    name: str
    node: Definition


class Modules:
    """The modules of some packages, each read when it is first asked for.

    Args:
        folders: The packages' folders by name.
    """

    def __init__(self, folders: Mapping[str, Path]) -> None:
        self._folders = folders
        self._read: dict[str, Module | None] = {}

    def get(self, name: str) -> Module | None:
        """Return a module; None where there is none in these packages.

        Args:
            name: Its full name.

        Raises:
            DiffError: It can't be read.
        """
        if name not in self._read:
            self._read[name] = self._load(name)
        return self._read[name]

    def find(self, module: str, name: str) -> Module | Found | None:
        """Return what a name of a module stands for; None where that isn't in these packages.

        Args:
            module: The module's full name.
            name: The name in it.

        Raises:
            DiffError: A module can't be read.
        """
        at = self.get(module)
        if at is None:
            return None
        if name in at.defined:
            return Found(module, name, at.defined[name])
        # A package imports its own modules from itself.
        inner = self.get(f"{module}.{name}")
        if inner is not None or name not in at.imported:
            return inner
        return self.find(*at.imported[name])

    def _load(self, name: str) -> Module | None:
        top, *rest = name.split(".")
        if top not in self._folders:
            return None
        path = self._folders[top].joinpath(*rest)
        file, package = path / "__init__.py", name
        if not file.is_file():
            file, package = path.with_name(f"{path.name}.py"), name.rpartition(".")[0]
        if not file.is_file():
            return None
        try:
            return _module(name, package, file.read_text(encoding="utf-8"))
        except (OSError, ValueError, SyntaxError) as error:
            raise DiffError(f"the module {name} can't be read: {error}") from error


@lru_cache(maxsize=256)  # most of what one side has, the other has as well
def _module(name: str, package: str, text: str) -> Module:
    imported: dict[str, tuple[str, str]] = {}
    defined: dict[str, Definition] = {}
    exported: list[str] | None = None
    for node in _statements(ast.parse(text).body):
        if isinstance(node, ast.ImportFrom):
            source = _source(node, package)
            imported |= {alias.asname or alias.name: (source, alias.name) for alias in node.names}
        elif isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            defined[node.name] = node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in (one for one in targets if isinstance(one, ast.Name)):
                if target.id == "__all__" and node.value is not None:
                    exported = [str(one) for one in ast.literal_eval(node.value)]
                defined[target.id] = node
    if exported is None:
        kinds = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
        exported = [one for one, node in defined.items() if isinstance(node, kinds) and not one.startswith("_")]
    return Module(name, exported, imported, defined)


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield statements as checkers see them: what is lazy otherwise is written out for them."""
    for node in body:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            yield from _statements(node.body)
        else:
            yield node


def _source(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    base = package.split(".")[: len(package.split(".")) - node.level + 1]
    return ".".join([*base, *([node.module] if node.module else [])])
