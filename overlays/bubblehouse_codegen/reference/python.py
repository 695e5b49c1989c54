"""How a function is called in Python: the example of a request, as the generated client takes it."""

import re
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from openapi_python_client.parser.openapi import Endpoint
from openapi_python_client.parser.properties import ModelProperty

from bubblehouse_codegen.failure import CodegenError
from bubblehouse_codegen.models import FieldView, Models

_WIDTH: Final = 76
_MILLION: Final = 1_000_000

Json: TypeAlias = "dict[str, Json] | list[Json] | str | float | bool | None"
"""A value of JSON."""


@dataclass(frozen=True, slots=True)
class Calls:
    """The client's methods.

    Args:
        models: The generator's models.
        endpoints: What the methods call, by their names.
    """

    models: Models
    endpoints: dict[str, Endpoint]

    def snippet(self, method: str, example: Json) -> str:
        """Write a call of a method.

        Args:
            method: The method's name.
            example: The body of the request.

        Raises:
            CodegenError: The example is no object, or names a property that the schema lacks.
        """
        writer = _Writer(self.models)
        given = self.models.input(self.endpoints[method])
        if not isinstance(example, dict):
            raise CodegenError(f"an example of {given.class_info.name} is no object: {example!r}")
        arguments = writer.arguments(given, example, [it.argument for it in self.models.fields(given)])
        call = _called(f"answer = loyalty.{method}", arguments, 4)
        names = ", ".join(sorted({"LoyaltyClient", *writer.classes}))
        imports = [*sorted(writer.imports), f"from bubblehouse_loyalty import {names}"]
        return "\n".join([*imports, "", "with LoyaltyClient.from_env() as loyalty:", f"    {call}"])


@dataclass(slots=True)
class _Writer:
    models: Models
    classes: set[str] = field(default_factory=set[str])
    imports: set[str] = field(default_factory=set[str])

    def arguments(self, model: ModelProperty, example: dict[str, Json], names: list[str]) -> list[str]:
        """Write keyword arguments in the example's order; the names are those of the model's fields, in their order."""
        rows = {row.wire: (name, row) for name, row in zip(names, self.models.fields(model), strict=True)}
        for wire in example:
            if wire not in rows:
                raise CodegenError(f"an example of {model.class_info.name} names {wire!r}, which is no property of it")
        return [f"{rows[wire][0]}={self._value(rows[wire][1], value)}" for wire, value in example.items()]

    def _value(self, row: FieldView, value: Json) -> str:
        if isinstance(value, list):
            return f"[{', '.join(self._value(row, item) for item in value)}]"
        if isinstance(value, dict) and row.type.models:
            (name,) = row.type.models.values()
            model = next(it for it in self.models.data.models if it.class_info.name == name)
            self.classes.add(name)
            return _called(name, self.arguments(model, value, [it.name for it in self.models.fields(model)]), 8)
        if value is not None and row.type.codec == "MONEY":
            self.imports |= row.type.imports
            return f"Decimal({_literal(value)})" if isinstance(value, str) else f"Decimal({value}) / {_MILLION}"
        for kind in ("dt.datetime", "dt.date"):
            if isinstance(value, str) and re.search(rf"\b{kind}\b", row.type.annotation):
                self.imports |= row.type.imports
                return f"{kind}.fromisoformat({_literal(value)})"
        return _literal(value)


def _called(name: str, arguments: list[str], indent: int) -> str:
    line = f"{name}({', '.join(arguments)})"
    if indent + len(line) <= _WIDTH and "\n" not in line:
        return line
    inside, end = " " * (indent + 4), " " * indent
    return "\n".join([f"{name}(", *(f"{inside}{argument}," for argument in arguments), f"{end})"])


def _literal(value: Json) -> str:
    written = repr(value)
    # Double quotes, as everywhere in the docs.
    return f'"{written[1:-1]}"' if isinstance(value, str) and written[0] == "'" and '"' not in written else written
