"""State to JSON: the reverse of decoding, with absolute times."""

import types
from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, Literal, TypeAlias, Union, cast, get_args, get_origin

import yaml

from bubblehouse_mock.jsontext import JsonObject, JsonValue
from bubblehouse_mock.state.records import fields_of, is_record

_Writer: TypeAlias = Callable[[Any], JsonValue]


def encode(value: object) -> JsonValue:
    """Turn state into JSON, in the form that `decode` reads."""
    kind = type(value)
    write = _WRITERS.get(kind)
    if write is None:
        write = _WRITERS[kind] = _writer(kind)
    return write(value)


@lru_cache(maxsize=64)  # one moment is that of all that a call changes
def time_text(moment: datetime) -> str:
    """Write a moment as the API does: RFC 3339 in UTC."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def to_yaml(fixtures: Iterable[object]) -> str:
    """Write shops as a fixture file for people: what is as it would be anyway is left out.

    Args:
        fixtures: The data of each shop.
    """
    shops: list[JsonValue] = [_brief(fixture) for fixture in fixtures]
    whole = cast("JsonObject", shops[0]) if len(shops) == 1 else {"shops": shops}
    text = yaml.dump(whole, Dumper=_DUMPER, sort_keys=False, allow_unicode=True, width=120, default_flow_style=False)
    return f"# A fixture of bubblehouse-mock. `bubblehouse-mock --schema` prints the JSON Schema of such files.\n{text}"


def _brief(value: object) -> JsonValue:
    kind = type(value)
    if is_record(kind):
        said = [(it, getattr(value, it.name)) for it in fields_of(cast("Hashable", kind))]
        return {it.name: _brief(there) for it, there in said if it.default is None or there != it.default()}
    if isinstance(value, Mapping):
        return {str(key): _brief(item) for key, item in cast("Mapping[object, object]", value).items()}
    if isinstance(value, (list, tuple)):
        return [_brief(item) for item in cast("list[object]", value)]
    return encode(value)


def _writer(kind: type) -> _Writer:
    """Return what writes a type. It is made once: each call of a mock with a file writes several."""
    if is_record(kind):
        fields = [(it.name, _is_json(it.hint)) for it in fields_of(kind)]
        return lambda value: {
            name: getattr(value, name) if is_json else encode(getattr(value, name)) for name, is_json in fields
        }
    if issubclass(kind, Mapping):
        return lambda value: {str(key): encode(item) for key, item in value.items()}
    if issubclass(kind, (list, tuple)):
        return lambda value: [encode(item) for item in value]
    return lambda value: value


def _is_json(hint: object) -> bool:
    """Tell whether what an annotation says is written as it is."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {Union, types.UnionType, list}:
        return all(map(_is_json, arguments))
    return origin is Literal or hint in _JSON


_JSON: Final[set[object]] = {str, int, float, bool, type(None)}
_WRITERS: Final[dict[type, _Writer]] = {
    datetime: time_text,
    date: date.isoformat,
    Decimal: "{:f}".format,
}
_DUMPER: Final[Any] = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
