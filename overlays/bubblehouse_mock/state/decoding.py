"""State from plain data: dataclasses by their annotations, strictly, with an error that names the place."""

import dataclasses
import re
import types
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any, Final, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")

_OFFSET: Final = re.compile(r"([+-])([0-9]{1,6})([smhd])")
_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_INTEGERS: Final = 2**63  # the API's integers have 64 bits
_DECIMAL: Final = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?")


class FixtureError(ValueError):
    """Data for the mock's state doesn't fit.

    Args:
        problem: What is wrong, and what is expected.
        place: Where in the data, as `customers[0].email`; "" for the whole.
    """

    def __init__(self, problem: str, place: str = "") -> None:
        super().__init__(problem, place)
        self.problem = problem
        self.place = place

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}" if self.place else self.problem


def decode(cls: type[T], data: object, *, now: datetime) -> T:
    """Build a dataclass from plain data, as JSON or YAML give it.

    Every key must be a field and have exactly the field's type. Money is a decimal string, a date `YYYY-MM-DD`; a time
    is RFC 3339, or an offset from now such as `-30d`, `+12h`, `-5m`, `+90s`.

    Args:
        cls: A dataclass whose annotations are understood here.
        data: The data.
        now: What relative times are relative to, aware.

    Raises:
        FixtureError: Anything doesn't fit.
    """
    return cast("T", _Decoder(now).any(cls, data, ""))


@dataclasses.dataclass(frozen=True, slots=True)
class _Decoder:
    now: datetime

    def any(self, hint: object, data: object, place: str) -> object:
        """Decode data as what an annotation says."""
        origin, arguments = get_origin(hint), get_args(hint)
        if origin in {Union, types.UnionType}:
            return None if data is None else self.any(arguments[0], data, place)
        if origin is Literal:
            return _one_of(arguments, data, place)
        if origin in {tuple, list}:
            items = self._items(arguments[0], data, place)
            return tuple(items) if origin is tuple else items
        if origin is dict:
            given = _object(data, place)
            return {name: self.any(arguments[1], item, _inside(place, name)) for name, item in given.items()}
        if dataclasses.is_dataclass(hint):
            return self._fields(cast("type", hint), data, place)
        scalar = self._time if hint is datetime else _SCALARS[cast("type", hint)]
        return scalar(data, place)

    def _items(self, hint: object, data: object, place: str) -> list[object]:
        if not isinstance(data, list):
            raise FixtureError(f"{data!r:.60} is not a list", place)
        items = cast("list[object]", data)
        return [self.any(hint, item, f"{place}[{index}]") for index, item in enumerate(items)]

    def _fields(self, cls: type, data: object, place: str) -> object:
        given, hints = _object(data, place), _hints(cls)
        for name in given:
            if name not in hints:
                raise FixtureError(f"there is no {name!r} here; there are {', '.join(hints)}", place)
        values = {name: self.any(hints[name], item, _inside(place, name)) for name, item in given.items()}
        for name in _required(cls):
            if name not in values:
                raise FixtureError(f"{name!r} is missing", place)
        try:
            return cls(**values)
        except ValueError as error:
            raise FixtureError(str(error), place) from None

    def _time(self, data: object, place: str) -> datetime:
        try:
            return self._moment(data, place)
        except OverflowError:
            raise FixtureError(f"{data!r} lies beyond the years 1 to 9999", place) from None

    def _moment(self, data: object, place: str) -> datetime:
        offset = _OFFSET.fullmatch(data) if isinstance(data, str) else None
        if offset is not None:
            sign, amount, unit = offset.groups()
            return self.now + timedelta(**{_UNITS[unit]: int(sign + amount)})
        try:
            moment = datetime.fromisoformat(_text(data, place))
        except ValueError as error:
            if isinstance(error, FixtureError):
                raise
            raise FixtureError(f"{data!r:.60} is neither a time (RFC 3339) nor an offset such as -30d", place) from None
        if moment.tzinfo is None:
            raise FixtureError(f"{data!r} has no time zone; add Z or an offset", place)
        return moment.astimezone(UTC)


def _one_of(choices: tuple[object, ...], data: object, place: str) -> object:
    if data not in choices:
        raise FixtureError(f"{data!r:.60} is not one of {', '.join(map(str, choices))}", place)
    return data


def _object(data: object, place: str) -> dict[str, object]:
    if not isinstance(data, dict):
        raise FixtureError(f"{data!r:.60} is not an object", place)
    given = cast("dict[object, object]", data)
    return {_text(name, place): item for name, item in given.items()}


def _text(data: object, place: str) -> str:
    if not isinstance(data, str):
        shown = "it" if place.endswith("secret") else f"{data!r:.60}"
        raise FixtureError(f"{shown} is not text; quotes make it so", place)
    return data


def _integer(data: object, place: str) -> int:
    if not isinstance(data, int) or isinstance(data, bool):
        raise FixtureError(f"{data!r:.60} is not a whole number", place)
    if not -_INTEGERS <= data < _INTEGERS:
        raise FixtureError("the number is beyond 64 bits", place)
    return data


def _boolean(data: object, place: str) -> bool:
    if not isinstance(data, bool):
        raise FixtureError(f"{data!r:.60} is neither true nor false", place)
    return data


def _date(data: object, place: str) -> date:
    try:
        return date.fromisoformat(data if isinstance(data, str) else "")
    except ValueError:
        raise FixtureError(f"{data!r:.60} is not a day, YYYY-MM-DD", place) from None


def _decimal(data: object, place: str) -> Decimal:
    if not isinstance(data, str) or not _DECIMAL.fullmatch(data):
        raise FixtureError(f'{data!r:.60} is not a decimal number in quotes, such as "42.99"', place)
    return Decimal(data)


_SCALARS: Final[dict[type, Callable[[object, str], object]]] = {
    str: _text,
    int: _integer,
    bool: _boolean,
    date: _date,
    Decimal: _decimal,
}


def _inside(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


@cache
def _hints(cls: type) -> dict[str, object]:
    hints = get_type_hints(cls)
    return {field.name: hints[field.name] for field in _init_fields(cls)}


@cache
def _required(cls: type) -> tuple[str, ...]:
    missing = dataclasses.MISSING
    fields = _init_fields(cls)
    return tuple(it.name for it in fields if it.default is missing and it.default_factory is missing)


def _init_fields(cls: type) -> "list[dataclasses.Field[Any]]":
    return [field for field in dataclasses.fields(cls) if field.init]
