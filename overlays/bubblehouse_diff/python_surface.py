"""Reads what a generated package offers to callers, without importing it."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bubblehouse_diff.failure import DiffError


class Keyword(NamedTuple):
    """An argument by keyword.

    Attributes:
        annotation: Its type as written, one member of a union each.
        required: Whether it has to be given.
    """

    annotation: frozenset[str]
    required: bool


class Method(NamedTuple):
    """A method.

    Attributes:
        keywords: Its arguments by name.
        returns: The type of its result, as written.
        deprecated: Whether it is marked as deprecated.
    """

    keywords: dict[str, Keyword]
    returns: str
    deprecated: bool


class PythonClass(NamedTuple):
    """A public class.

    Attributes:
        bases: The classes that it comes from.
        methods: Its public methods by name, and `__init__`.
    """

    bases: tuple[str, ...]
    methods: dict[str, Method]


Surface = dict[str, PythonClass]


def read_surface(package: Path) -> Surface:
    """Return the public classes of a package by name.

    Args:
        package: The package's folder.

    Raises:
        DiffError: A file can't be read.
    """
    files = [package / "client.py", package / "errors.py", *sorted(package.glob("models/*.py"))]
    return {name: read for path in files for name, read in _classes(path)}


def _classes(path: Path) -> Iterator[tuple[str, PythonClass]]:
    try:
        module = ast.parse(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, SyntaxError) as error:
        raise DiffError(f"{path.name} of the generated package can't be read: {error}") from error
    for node in module.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            functions = [one for one in node.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
            methods = {
                one.name: _method(one) for one in functions if one.name == "__init__" or not one.name.startswith("_")
            }
            yield node.name, PythonClass(tuple(ast.unparse(base) for base in node.bases), methods)


def _method(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Method:
    arguments = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
    return Method(
        {one.arg: Keyword(_union(one.annotation), default is None) for one, default in arguments},
        ast.unparse(node.returns) if node.returns else "",
        any("deprecated" in ast.unparse(decorator) for decorator in node.decorator_list),
    )


def _union(node: ast.expr | None) -> frozenset[str]:
    if isinstance(node, ast.BinOp):
        return _union(node.left) | _union(node.right)
    return frozenset({ast.unparse(node)} if node else ())
