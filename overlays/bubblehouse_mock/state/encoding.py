"""State to JSON: the reverse of decoding, with absolute times."""

import dataclasses
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final, cast

from bubblehouse_mock.jsontext import JsonValue


def encode(value: object) -> JsonValue:
    """Turn state into JSON, in the form that `decode` reads."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in dataclasses.fields(value) if field.init]
        return {name: encode(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return {str(key): encode(item) for key, item in cast("Mapping[object, object]", value).items()}
    if isinstance(value, (list, tuple)):
        return [encode(item) for item in cast("list[object]", value)]
    scalar = _SCALARS.get(type(value))
    return cast("JsonValue", value) if scalar is None else scalar(value)


def time_text(moment: datetime) -> str:
    """Write a moment as the API does: RFC 3339 in UTC."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


_SCALARS: Final[dict[type, Callable[..., str]]] = {
    datetime: time_text,
    date: date.isoformat,
    Decimal: "{:f}".format,
}
