"""Where in the YAML files of the contract something stands."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import yaml

from bubblehouse_docs.failure import DocsError

Pointer = tuple[str, ...]
"""The keys that lead to a part of a document; those of a list are its indices."""

_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The one in C is ten times as fast, where PyYAML was built with it."""
_STEP: Final = re.compile(r"\['([^']+)'\]|\.(\w+)")


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


def compose(path: Path) -> yaml.Node:
    """Read a YAML file as nodes, which know their lines.

    Args:
        path: The file.

    Raises:
        DocsError: It can't be read or is not YAML.
    """
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"), Loader=_LOADER)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        raise DocsError(f"{path}: can't be read as YAML: {error}") from error
    if node is None:
        raise DocsError(f"{path}: empty")
    return node


def children(node: yaml.Node) -> dict[str, tuple[int, yaml.Node]]:
    """List what a node holds: each key, or index, with its line and its value."""
    if isinstance(node, yaml.MappingNode):
        return {str(key.value): (key.start_mark.line + 1, value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return {str(index): (item.start_mark.line + 1, item) for index, item in enumerate(node.value)}
    return {}


class Places:
    """The lines of a contract and of what its overlays add to it: facts of a global version, and assumptions."""

    def __init__(self, spec: Path, facts: list[Path], assumptions: list[Path], names: dict[Path, str]) -> None:
        self._name = names
        self._spec = (spec, compose(spec))
        self._facts = [addition for overlay in facts for addition in _additions(overlay)]
        self._assumptions = [addition for overlay in assumptions for addition in _additions(overlay)]

    def documented(self, pointer: Pointer) -> Place:
        """Return where a part of the contract stands; where its nearest parent does, if it is left out."""
        path, root = self._spec
        return self._added(self._facts, pointer) or Place(self._name.get(path, str(path)), _line(root, pointer)[0])

    def assumed(self, pointer: Pointer) -> Place:
        """Return where an overlay adds a part to the contract."""
        return self._added(self._assumptions, pointer) or self.documented(pointer)

    def _added(self, additions: "list[_Addition]", pointer: Pointer) -> Place | None:
        for path, target, update in additions:
            rest = pointer[len(target) :]
            if pointer[: len(target)] == target and rest:
                line, whole = _line(update, rest)
                if whole:
                    return Place(self._name.get(path, str(path)), line)
        return None


_Addition: TypeAlias = tuple[Path, Pointer, yaml.Node]


def _additions(overlay: Path) -> Iterator[_Addition]:
    """Yield what an overlay adds, with where it does."""
    actions = children(compose(overlay)).get("actions")
    for _, action in children(actions[1]).values() if actions else ():
        parts = children(action)
        if "target" in parts and "update" in parts:
            target = tuple(a or b for a, b in _STEP.findall(str(parts["target"][1].value)))
            yield overlay, target, parts["update"][1]


def _line(node: yaml.Node, pointer: Pointer) -> tuple[int, bool]:
    """Follow a pointer; return the line where it ends, and whether it could be followed to its end."""
    line = node.start_mark.line + 1
    for step in pointer:
        found = children(node).get(step)
        if found is None:
            return line, False
        line, node = found
    return line, True
