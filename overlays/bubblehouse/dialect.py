"""How one global version of an API differs from what generated code says: names, what is missing, what is required."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple, cast

from bubblehouse.errors import ConfigurationError
from bubblehouse.fields import EncodeError, Path

_NONE: Final[Mapping[Any, Any]] = MappingProxyType({})


class Shape(NamedTuple):
    """How one kind of JSON object differs in a version.

    Attributes:
        names: Properties that are called otherwise, and how.
        inside: Properties whose values differ inside, and the shape of a value, or of each item of a list.
        absent: Properties that the version doesn't have.
        required: Properties that may be left out in general, but not in this version.
    """

    names: Mapping[str, str] = _NONE
    inside: Mapping[str, str] = _NONE
    absent: tuple[str, ...] = ()
    required: tuple[str, ...] = ()


class Dialect(NamedTuple):
    """One global version, where it isn't what generated code says.

    Attributes:
        version: The version.
        missing: Functions that the version doesn't have, and the method to call instead, or "".
        shapes: The kinds of objects that differ, each under a name that others refer to.
        inputs: Functions whose input differs, and its shape.
        outputs: Functions whose output differs, and its shape.
    """

    version: str
    missing: Mapping[str, str] = _NONE
    shapes: Mapping[str, Shape] = _NONE
    inputs: Mapping[str, str] = _NONE
    outputs: Mapping[str, str] = _NONE

    def check(self, function: str) -> None:
        """Pass a function that the version has.

        Args:
            function: The function.

        Raises:
            ConfigurationError: The version doesn't have it.
        """
        if function in self.missing:
            instead = f"; call {self.missing[function]} in its place" if self.missing[function] else ""
            raise ConfigurationError("api_version", f"{self.version} has no {function}{instead}")

    def outgoing(self, function: str, data: dict[str, object]) -> dict[str, object]:
        """Return an input as the version wants it.

        Args:
            function: The function that is called.
            data: The input as JSON-ready data, with the names of generated code.

        Raises:
            EncodeError: The version doesn't have a property, or lacks one that it requires.
        """
        shape = self.inputs.get(function)
        if shape is None:
            return data
        self._check(data, shape, ())
        return cast("dict[str, object]", renamed(data, shape, self.shapes))

    def incoming(self, function: str, data: object) -> object:
        """Return an answer with the names of generated code.

        Args:
            function: The function that was called.
            data: The answer as it came.
        """
        shape = self.outputs.get(function)
        return data if shape is None else renamed(data, shape, self.shapes, back=True)

    def _check(self, value: object, name: str, path: Path) -> None:
        if isinstance(value, list):
            for number, item in enumerate(cast("list[object]", value)):
                self._check(item, name, (*path, number))
        if not isinstance(value, dict):
            return
        data, shape = cast("dict[str, object]", value), self.shapes[name]
        for absent in shape.absent:
            if absent in data:
                raise EncodeError(f"is not known in {self.version}; leave it out", (*path, absent))
        for required in shape.required:
            if required not in data:
                raise EncodeError(f"is required in {self.version}", (*path, required))
        for inner, its in shape.inside.items():
            if inner in data:
                self._check(data[inner], its, (*path, inner))


def renamed(value: object, name: str, shapes: Mapping[str, Shape], *, back: bool = False) -> object:
    """Return a JSON value with the names that its properties have in a version. What has no other name stays.

    On the way back, a property that has the general name of another one is left out: the version doesn't know it.

    Args:
        value: The value.
        name: Its shape.
        shapes: All shapes.
        back: Whether the value has the version's names, and is to have the general ones.
    """
    if isinstance(value, list):
        return [renamed(item, name, shapes, back=back) for item in cast("list[object]", value)]
    if not isinstance(value, dict):
        return value
    shape = shapes[name]
    names = {new: old for old, new in shape.names.items()} if back else shape.names
    strangers: Mapping[str, str] = shape.names if back else {}
    same: dict[str, object] = {}
    other: dict[str, object] = {}
    for before, inner in cast("dict[str, object]", value).items():
        after = names.get(before, before)
        if before in strangers and before not in names:
            continue
        its = shape.inside.get(after if back else before)
        (same if after == before else other)[after] = inner if its is None else renamed(inner, its, shapes, back=back)
    return same | other  # whoever has the name by right goes before a stranger that came with it
