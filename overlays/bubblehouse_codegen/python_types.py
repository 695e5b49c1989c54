"""How a property of the generator's model is written in Python: its annotation and its codec."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from openapi_python_client.parser.properties import LiteralEnumProperty, ModelProperty
from openapi_python_client.parser.properties.const import ConstProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.none import NoneProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.schema import DataType, Reference, Schema

from bubblehouse_codegen.failure import CodegenError

SCALAR = "x-python"
"""On a schema: the Python type and the codec that it stands for. Set by the generator's own overlay."""

ONE_OF = "x-python-one-of"
"""On a schema: the properties of which one at least must say something. Set by the generator's own overlay."""

_SIMPLE = {
    "str": ("str", "STRING"),
    "bool": ("bool", "BOOLEAN"),
    "int": ("int", "INTEGER"),
    "float": ("float", "NUMBER"),
    "datetime.datetime": ("dt.datetime", "TIME"),
    "datetime.date": ("dt.date", "DAY"),
    "Any": ("object", "JSON"),
    "UUID": ("str", "STRING"),
}

_KEPT = {"STRING": "str", "BOOLEAN": "bool", "INTEGER": "int", "NUMBER": "float"}
"""Codecs, and the type of JSON values that they pass on as they are. A test holds generated code and codecs equal."""

Find = Callable[[Schema | Reference | None], Schema | None]
"""Returns the schema that is given or referred to."""


@dataclass(frozen=True, slots=True)
class PythonType:
    """A type as source code.

    Args:
        annotation: The type hint of a value that is there.
        codec: An expression over the names in `bubblehouse.fields` for the codec of what isn't null.
        models: The generated classes that the annotation names, by module.
        imports: Statements that the annotation needs.
        kept: The type of JSON values that the codec passes on as they are; empty where there is none.
        nullable: Whether null is a value, and None in Python.
    """

    annotation: str
    codec: str
    models: dict[str, str] = field(default_factory=dict[str, str])
    imports: frozenset[str] = frozenset()
    kept: str = ""
    nullable: bool = False


def scalar(schema: Schema) -> dict[str, str] | None:
    """Return what a schema says of the Python value it stands for, or None where it is a model like others."""
    return (schema.model_extra or {}).get(SCALAR)


def python_type(prop: PropertyProtocol, schema: Schema | None, find: Find) -> PythonType:
    """Return how a property is written in Python.

    Args:
        prop: A property of the generator's model.
        schema: The schema it was made of; it knows bounds that the model forgets.
        find: Follows references.

    Raises:
        CodegenError: The runtime has no codec for it; the message says how to go on.
    """
    if isinstance(prop, UnionProperty):
        return _nullable(prop, schema, find)
    if isinstance(prop, ListProperty):
        inner = python_type(prop.inner_property, find(schema.items if schema else None), find)
        codec = f"Nullable({inner.codec})" if inner.nullable else inner.codec
        return PythonType(f"list[{inner.annotation}]", f"Array({codec})", inner.models, inner.imports)
    if isinstance(prop, ModelProperty):
        return _model(prop)
    if isinstance(prop, LiteralEnumProperty):
        info = prop.class_info
        codec = "STRING" if prop.value_type is str else "INTEGER"
        return PythonType(info.name, codec, {info.module_name: info.name}, kept=_KEPT[codec])
    if isinstance(prop, ConstProperty):
        source = type(prop.value.raw_value).__name__
    else:
        source = prop.get_base_type_string().as_unembedded_code()
    if source not in _SIMPLE:
        raise CodegenError(f"property {prop.name.get_untrusted_value()}: there is no codec for {source}")
    annotation, codec = _SIMPLE[source]
    kept = _KEPT.get(codec, "")
    least = None if schema is None else _least(schema)
    if codec == "INTEGER" and least is not None:
        codec = f"Integer(minimum={least})"
    needs_datetime = annotation.startswith("dt.")
    return PythonType(annotation, codec, {}, frozenset({"import datetime as dt"} if needs_datetime else ()), kept)


def _model(prop: ModelProperty) -> PythonType:
    info = prop.class_info
    value = scalar(prop.data)
    if value is not None:
        return PythonType(value["annotation"], value["codec"], {}, frozenset({value["import"]}))
    return PythonType(
        info.name, f'Nested(__name__, "{info.module_name}", "{info.name}")', {info.module_name: info.name}
    )


def _least(schema: Schema) -> int | None:
    bounds = [] if schema.minimum is None else [math.ceil(schema.minimum)]
    if schema.exclusiveMinimum is not None and not isinstance(schema.exclusiveMinimum, bool):
        bounds.append(math.floor(schema.exclusiveMinimum) + 1)
    return max(bounds, default=None)


def _nullable(prop: UnionProperty, schema: Schema | None, find: Find) -> PythonType:
    values = [inner for inner in prop.inner_properties if not isinstance(inner, NoneProperty)]
    if len(values) != 1 or len(values) == len(prop.inner_properties):
        raise CodegenError(
            f"property {prop.name.get_untrusted_value()}: a union is read only as a type or null; "
            "give it a schema of its own, and that schema a codec in the generator's overlay"
        )
    alternatives = [find(choice) for choice in (*schema.anyOf, *schema.oneOf)] if schema else []
    of_value = next((it for it in alternatives if it is not None and it.type != DataType.NULL), schema)
    inner = python_type(values[0], of_value, find)
    if inner.annotation.endswith("| None"):
        return inner
    return replace(inner, annotation=f"{inner.annotation} | None", nullable=True)
