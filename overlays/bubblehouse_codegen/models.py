"""The generator's models and endpoints as the templates want them: fields in the document's order, with texts."""

import builtins
from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

from openapi_python_client.parser.openapi import Endpoint, GeneratorData
from openapi_python_client.parser.properties import AnyProperty, ModelProperty, Property
from openapi_python_client.schema import Reference, Schema
from openapi_python_client.schema.untrusted_string import UntrustedString

from bubblehouse.config import CallOptions
from bubblehouse.model import Model
from bubblehouse_codegen.failure import CodegenError
from bubblehouse_codegen.python_types import ONE_OF, PythonType, python_type

_TAKEN: Final = frozenset(
    {*(name for name in dir(Model) if not name.startswith("_")), "dt"}
    | {"Array", "ClassVar", "EmptyAsNone", "Field", "Integer", "Model", "Nested", "Nullable", "UNSET", "Unset"}
    | {"BOOLEAN", "DAY", "INTEGER", "JSON", "MONEY", "NUMBER", "STRING", "TIME"}
)
"""Names that a model's own code needs. A property of that name gets an underscore behind it."""

_TAKEN_CLASSES: Final = frozenset(
    {*dir(builtins), *_TAKEN, "Answer", "Api", "AsyncClient", "AsyncLoyaltyClient", "Attempt", "CallOptions", "Decimal"}
    | {"Final", "JsonObject", "Literal", "LoyaltyClient", "Operation", "SyncClient", "TypeAlias", "TYPE_CHECKING"}
    | {"Unpack"}
)
"""Names that generated modules use for other things than a model."""

_TAKEN_ARGUMENTS: Final = frozenset({"options", *CallOptions.__annotations__})
"""What every method takes. An argument of that name gets an underscore behind it."""


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field of a model, and one argument of a method."""

    name: str
    wire: str
    required: bool
    type: PythonType
    description: str

    @property
    def argument(self) -> str:
        """Its name as an argument of a method."""
        return f"{self.name}_" if self.name in _TAKEN_ARGUMENTS else self.name

    @property
    def annotation(self) -> str:
        """The type hint, with `Unset` where the field may be left out."""
        return self.type.annotation if self.required else f"{self.type.annotation} | Unset"

    @property
    def codec(self) -> str:
        """The name of the codec of a value that is there and not null; a module has its own where it is no constant."""
        return self.type.codec if self.type.codec.isidentifier() else f"_codec_of_{self.name}"

    @property
    def field_codec(self) -> str:
        """An expression for the codec of the whole field."""
        return f"Nullable({self.codec})" if self.type.nullable else self.codec

    @property
    def kept(self) -> str:
        """A condition under which a `value`, be it `UNSET`, is kept without its codec; empty where no value ever is."""
        if not self.type.kept and not self.type.nullable:
            return ""
        conditions = {
            "value is UNSET": not self.required,
            "value is None": self.type.nullable,
            f"type(value) is {self.type.kept}": self.type.kept,
        }
        return " or ".join(condition for condition, holds in conditions.items() if holds)


@dataclass(frozen=True, slots=True)
class Models:
    """The generator's models, with what their schemas say beside.

    Args:
        data: What the generator made of the document.
        schemas: The document's own schemas, by name.
    """

    data: GeneratorData
    schemas: dict[str, Any]

    def verify(self) -> None:
        """Check the classes' names.

        Raises:
            CodegenError: One is taken by something else.
        """
        for prop in (*self.data.models, *self.data.enums):
            name = _text(prop.name).rpartition("/")[2]
            if not _TAKEN_CLASSES.isdisjoint({name, prop.class_info.name}):
                raise CodegenError(f"schema {name}: generated code uses the name for something else; find another one")

    def fields(self, model: ModelProperty) -> list[FieldView]:
        """List a model's fields in the order of its schema's properties.

        Raises:
            CodegenError: The runtime can't express the model.
        """
        if not isinstance(model.additional_properties, AnyProperty | None):
            raise CodegenError(f"schema {model.class_info.name}: additional properties of one type can't be expressed")
        if "patternProperties" in (model.data.model_extra or {}):
            raise CodegenError(f"schema {model.class_info.name}: patternProperties can't be expressed")
        properties = [*(model.required_properties or []), *(model.optional_properties or [])]
        order = [name.get_untrusted_value() for name in model.data.properties or {}]
        # What comes from an allOf has no place of its own in the schema; it goes last.
        properties.sort(key=lambda prop: order.index(wire) if (wire := _text(prop.name)) in order else len(order))
        rows = [self._field(model, prop) for prop in properties]
        for name, count in Counter(row.name for row in rows).items():
            if count > 1:
                raise CodegenError(
                    f"schema {model.class_info.name}: {count} properties would be called {name} in Python"
                )
        return rows

    def one_of(self, model: ModelProperty, rows: list[FieldView]) -> tuple[str, ...]:
        """List the names of fields of which one at least must say something; none where all may be left out.

        Args:
            model: The model.
            rows: Its fields.

        Raises:
            CodegenError: The schema names a property that it doesn't have.
        """
        names = {row.wire: row.name for row in rows}
        wanted = (model.data.model_extra or {}).get(ONE_OF, ())
        for wire in wanted:
            if wire not in names:
                raise CodegenError(f"schema {model.class_info.name}: {ONE_OF} names {wire}, which is no property")
        return tuple(names[wire] for wire in wanted)

    def input(self, endpoint: Endpoint) -> ModelProperty:
        """Return the model of an endpoint's JSON body.

        Raises:
            CodegenError: It is no object.
        """
        return self._model(endpoint, [body.prop for body in endpoint.bodies], "request body")

    def output(self, endpoint: Endpoint) -> ModelProperty:
        """Return the model of an endpoint's 200 answer.

        Raises:
            CodegenError: It is no object.
        """
        answers = [answer.prop for answer in endpoint.responses.patterns if answer.status_code.pattern == "200"]
        return self._model(endpoint, answers, "answer 200")

    def _model(self, endpoint: Endpoint, properties: list[Property], what: str) -> ModelProperty:
        # A reference is a copy that may have been made before its fields were known: take the model it copies.
        names = [prop.class_info.name for prop in properties if isinstance(prop, ModelProperty)]
        found = [model for model in self.data.models if model.class_info.name in names]
        if len(found) != 1:
            raise CodegenError(f"{endpoint.name}: its {what} must be a JSON object")
        return found[0]

    def _field(self, model: ModelProperty, prop: Property) -> FieldView:
        source = (model.data.properties or {}).get(prop.name)
        # Beside a $ref stands what the value means here; behind it, what its type means everywhere.
        beside = (source.model_extra or {}).get("description") if isinstance(source, Reference) else None
        name = str(prop.python_name)
        try:
            value = python_type(prop, self._find(source), self._find)
        except CodegenError as error:
            raise CodegenError(f"schema {model.class_info.name}: {error}") from None
        return FieldView(
            name=f"{name}_" if name in _TAKEN else name,
            wire=_text(prop.name),
            required=prop.required,
            type=value,
            description=beside or _text(prop.description),
        )

    def _find(self, schema: Schema | Reference | None) -> Schema | None:
        if isinstance(schema, Reference):
            return Schema.model_validate(self.schemas[schema.ref.get_untrusted_value().rpartition("/")[2]])
        return schema


def plain_imports(rows: list[FieldView]) -> list[str]:
    """List the import statements that fields' annotations need, generated classes aside."""
    return sorted({statement for row in rows for statement in row.type.imports})


def model_imports(rows: list[FieldView], package: str = "") -> list[str]:
    """List the import statements of the generated classes that fields' annotations name.

    Args:
        rows: The fields.
        package: Where the models are, relative to the module that imports; the module's own package if empty.
    """
    found = {(module, name) for row in rows for module, name in row.type.models.items()}
    return [f"from {package}.{module} import {name}" for module, name in sorted(found)]


def _text(value: UntrustedString | str | None) -> str:
    return value.get_untrusted_value() if isinstance(value, UntrustedString) else value or ""
