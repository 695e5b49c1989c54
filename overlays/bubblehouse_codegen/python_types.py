"""How a property of the generator's model is written in Python: its annotation and its codec."""

from dataclasses import dataclass, field

from openapi_python_client.parser.properties import LiteralEnumProperty, ModelProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.none import NoneProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.schema import Schema

from bubblehouse_codegen.failure import CodegenError

SCALAR = "x-python"
"""On a schema: the Python type and the codec that it stands for. Set by the generator's own overlay."""

_SIMPLE = {
    "str": ("str", "STRING"),
    "bool": ("bool", "BOOLEAN"),
    "int": ("int", "INTEGER"),
    "float": ("float", "NUMBER"),
    "datetime.datetime": ("dt.datetime", "TIME"),
    "datetime.date": ("dt.date", "DAY"),
    "Any": ("object", "JSON"),
}


@dataclass(frozen=True, slots=True)
class PythonType:
    """A type as source code.

    Args:
        annotation: The type hint of a value that is there.
        codec: An expression over the names in `bubblehouse.fields`.
        models: The generated classes that the annotation names, by module.
        imports: Statements that the annotation needs.
    """

    annotation: str
    codec: str
    models: dict[str, str] = field(default_factory=dict[str, str])
    imports: frozenset[str] = frozenset()


def scalar(schema: Schema) -> dict[str, str] | None:
    """Return what a schema says of the Python value it stands for, or None where it is a model like others."""
    return (schema.model_extra or {}).get(SCALAR)


def python_type(prop: PropertyProtocol, schema: Schema | None = None) -> PythonType:
    """Return how a property is written in Python.

    Args:
        prop: A property of the generator's model.
        schema: The schema it was made of, where it stands in line; it knows bounds that the model forgets.

    Raises:
        CodegenError: The runtime has no codec for it; the message says how to go on.
    """
    if isinstance(prop, UnionProperty):
        return _nullable(prop)
    if isinstance(prop, ListProperty):
        inner = python_type(prop.inner_property)
        return PythonType(f"list[{inner.annotation}]", f"Array({inner.codec})", inner.models, inner.imports)
    if isinstance(prop, ModelProperty):
        info = prop.class_info
        value = scalar(prop.data)
        if value is not None:
            return PythonType(value["annotation"], value["codec"], {}, frozenset({value["import"]}))
        codec = f'Nested(__name__, "{info.module_name}", "{info.name}")'
        return PythonType(info.name, codec, {info.module_name: info.name})
    if isinstance(prop, LiteralEnumProperty):
        info = prop.class_info
        return PythonType(info.name, "STRING" if prop.value_type is str else "INTEGER", {info.module_name: info.name})
    source = prop.get_base_type_string().as_unembedded_code()
    if source not in _SIMPLE:
        raise CodegenError(f"property {prop.name}: no codec for {source}; reshape it in the generator's overlay")
    annotation, codec = _SIMPLE[source]
    if codec == "INTEGER" and schema is not None and schema.minimum is not None:
        codec = f"Integer(minimum={schema.minimum:.0f})"
    needs_datetime = annotation.startswith("dt.")
    return PythonType(annotation, codec, {}, frozenset({"import datetime as dt"} if needs_datetime else ()))


def _nullable(prop: UnionProperty) -> PythonType:
    values = [inner for inner in prop.inner_properties if not isinstance(inner, NoneProperty)]
    if len(values) != 1 or len(values) == len(prop.inner_properties):
        raise CodegenError(
            f"property {prop.name.get_untrusted_value()}: a union is read only as a type or null; "
            "give it a schema of its own, and that schema a codec in the generator's overlay"
        )
    inner = python_type(values[0])
    if inner.annotation.endswith("| None"):
        return inner
    return PythonType(f"{inner.annotation} | None", f"Nullable({inner.codec})", inner.models, inner.imports)
