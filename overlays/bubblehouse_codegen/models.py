"""The generator's models and endpoints as the templates want them: fields in the document's order, with texts."""

from dataclasses import dataclass

from openapi_python_client.parser.openapi import Endpoint, GeneratorData
from openapi_python_client.parser.properties import ModelProperty, Property
from openapi_python_client.schema import Reference, Schema
from openapi_python_client.schema.untrusted_string import UntrustedString

from bubblehouse_codegen.failure import CodegenError
from bubblehouse_codegen.python_types import PythonType, python_type


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field of a model, and one argument of a method."""

    name: str
    wire: str
    required: bool
    type: PythonType
    description: str

    @property
    def annotation(self) -> str:
        """The type hint, with `Unset` where the field may be left out."""
        return self.type.annotation if self.required else f"{self.type.annotation} | Unset"


def fields(model: ModelProperty) -> list[FieldView]:
    """List a model's fields in the order of its schema's properties."""
    properties = [*(model.required_properties or []), *(model.optional_properties or [])]
    order = [name.get_untrusted_value() for name in model.data.properties or {}]
    # What comes from an allOf has no place of its own in the schema; it goes last.
    properties.sort(key=lambda prop: order.index(wire) if (wire := _text(prop.name)) in order else len(order))
    return [_field(model, prop) for prop in properties]


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


def input_model(data: GeneratorData, endpoint: Endpoint) -> ModelProperty:
    """Return the model of an endpoint's JSON body.

    Raises:
        CodegenError: It has none.
    """
    bodies = [body.prop for body in endpoint.bodies if isinstance(body.prop, ModelProperty)]
    if len(bodies) != 1:
        raise CodegenError(f"{endpoint.name}: expected one JSON object as request body")
    return _same(data, bodies[0])


def output_model(data: GeneratorData, endpoint: Endpoint) -> ModelProperty:
    """Return the model of an endpoint's 200 answer.

    Raises:
        CodegenError: It has none.
    """
    answers = [answer.prop for answer in endpoint.responses.patterns if answer.status_code.pattern == "200"]
    if len(answers) != 1 or not isinstance(answers[0], ModelProperty):
        raise CodegenError(f"{endpoint.name}: expected a JSON object as the answer 200")
    return _same(data, answers[0])


def _same(data: GeneratorData, prop: ModelProperty) -> ModelProperty:
    """A reference is a copy that may have been made before its fields were known: return the model it copies."""
    return next(model for model in data.models if model.class_info.name == prop.class_info.name)


def _field(model: ModelProperty, prop: Property) -> FieldView:
    source = (model.data.properties or {}).get(prop.name)
    # Beside a $ref stands what the value means here; behind it, what its type means everywhere.
    beside = (source.model_extra or {}).get("description") if isinstance(source, Reference) else None
    return FieldView(
        name=prop.python_name,
        wire=_text(prop.name),
        required=prop.required,
        type=python_type(prop, source if isinstance(source, Schema) else None),
        description=beside or _text(prop.description),
    )


def _text(value: UntrustedString | str | None) -> str:
    return value.get_untrusted_value() if isinstance(value, UntrustedString) else value or ""
