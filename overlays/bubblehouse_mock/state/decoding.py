"""State from plain data: records by their annotations, strictly, with an error that names the place."""

import math
import re
import types
from collections.abc import Callable, Hashable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache, reduce
from typing import Annotated, Final, Literal, TypeAlias, TypeVar, Union, cast, get_args, get_origin

from bubblehouse_mock.state.bounds import AtLeast, AtMost, Matches, OneOf
from bubblehouse_mock.state.records import fields_of, is_record

T = TypeVar("T")

NEVER: Final = datetime(1, 1, 1, tzinfo=UTC)
"""What relative times are relative to where there are none: in what was encoded here."""

INTEGERS: Final = 2**63  # the API's integers have 64 bits
DECIMAL: Final = re.compile(r"[0-9]{1,31}(\.[0-9]{1,12})?")  # room for the most points at the highest point value
DAY: Final = re.compile(r"(?!0000)[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CLOCK: Final = r"([01][0-9]|2[0-3]):[0-5][0-9]"
TIME: Final = re.compile(rf"{DAY.pattern}T{_CLOCK}:[0-5][0-9](\.[0-9]+)?(Z|[+-]{_CLOCK})")
OFFSET: Final = re.compile(r"([+-])([0-9]{1,6})([smhd])")

_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}

_Read: TypeAlias = Callable[[object, datetime], object]


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

    def within(self, step: str) -> "FixtureError":
        """Return the same error as seen from outside: what it is about stands at `step`, `email` or `[0]` for one."""
        dot = "." if self.place and not self.place.startswith("[") else ""
        return FixtureError(self.problem, f"{step}{dot}{self.place}")


def decode(cls: type[T], data: object, *, now: datetime) -> T:
    """Build a record from plain data, as JSON or YAML give it.

    Every key must be a field and have exactly the field's type, within the field's bounds. As in JSON Schema, 500.0 is
    a whole number. Money is a decimal string, a date `YYYY-MM-DD`; a time is RFC 3339, or an offset from now such as
    `-30d`, `+12h`, `-5m`, `+90s`.

    Args:
        cls: A class of records whose annotations are understood here.
        data: The data.
        now: What relative times are relative to, aware.

    Raises:
        FixtureError: Anything doesn't fit.
    """
    return cast("T", _reader(cast("Hashable", cls))(data, now))


@cache
def _reader(hint: Hashable) -> _Read:
    """Return what reads data as what an annotation says. It is made once: a million changes are read."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in {Union, types.UnionType}:
        inner = _reader(arguments[0])
        return lambda data, now: None if data is None else inner(data, now)
    if origin is Annotated:
        return reduce(_bounded, arguments[1:], _reader(arguments[0]))
    if origin is Literal:
        return lambda data, _: _one_of(arguments, data)
    if origin in {tuple, list}:
        items = _items(_reader(arguments[0]))
        return (lambda data, now: tuple(items(data, now))) if origin is tuple else items
    if origin is dict:
        return _mapping(_reader(arguments[0]), _reader(arguments[1]))
    return _fields(hint) if is_record(hint) else _SCALARS[cast("type", hint)]


def _items(read: _Read) -> Callable[[object, datetime], list[object]]:
    def items(data: object, now: datetime) -> list[object]:
        if not isinstance(data, list):
            raise FixtureError(f"{data!r:.60} is not a list")
        found: list[object] = []
        try:
            for item in cast("list[object]", data):
                found.append(read(item, now))  # noqa: PERF401 - how many there are tells where an error is
        except FixtureError as error:
            raise error.within(f"[{len(found)}]") from None
        return found

    return items


def _mapping(read_name: _Read, read: _Read) -> _Read:
    def mapping(data: object, now: datetime) -> object:
        found: dict[object, object] = {}
        for name, item in _object(data).items():
            try:
                found[read_name(name, now)] = read(item, now)
            except FixtureError as error:
                raise error.within(str(name)) from None
        return found

    return mapping


def _bounded(read: _Read, bound: object) -> _Read:
    """Return a reader that holds to a bound, too."""

    def bounded(data: object, now: datetime) -> object:
        value = read(data, now)
        match value, bound:
            case str() | Decimal(), Matches(pattern, otherwise) if not re.fullmatch(pattern, str(data)):
                raise FixtureError(f"{data!r:.60} {otherwise}")
            case _, OneOf(choices):
                return _one_of(choices, value)
            case int(), AtLeast(least) if value < least:
                raise FixtureError(f"{value} is below {least}")
            case int(), AtMost(most) if value > most:
                raise FixtureError(f"{value} is above {most}")
            case ((list() | tuple()), AtLeast(least)) if len(cast("list[object]", value)) < least:
                raise FixtureError(f"there must be {least} or more")
            case _:
                return value

    return bounded


def _fields(cls: type) -> _Read:
    readers = {it.name: _reader(it.hint) for it in fields_of(cls)}
    if "secret" in readers:
        readers["secret"] = _hiding(readers["secret"])
    needed = [it.name for it in fields_of(cls) if it.default is None]

    def fields(data: object, now: datetime) -> object:
        values: dict[str, object] = {}
        for name, item in _object(data).items():
            read = readers.get(cast("str", name))
            if read is None:
                raise FixtureError(f"there is no {name!r:.60} here; there are {', '.join(readers)}", f"{name}")
            try:
                values[cast("str", name)] = read(item, now)
            except FixtureError as error:
                raise error.within(cast("str", name)) from None
        for name in needed:
            if name not in values:
                raise FixtureError(f"{name!r} is missing")
        try:
            return cls(**values)
        except ValueError as error:
            raise FixtureError(str(error)) from None

    return fields


def _hiding(read: _Read) -> _Read:
    """Return a reader of secrets: its errors don't show what was there."""

    def hiding(data: object, now: datetime) -> object:
        try:
            return read(data, now)
        except FixtureError:
            raise FixtureError("it is not text; quotes make it so") from None

    return hiding


def _object(data: object) -> dict[object, object]:
    if not isinstance(data, dict):
        raise FixtureError(f"{data!r:.60} is not an object")
    return cast("dict[object, object]", data)


def _one_of(choices: tuple[object, ...], data: object) -> object:
    try:
        return choices[choices.index(data)]  # of a million equal texts that are read, one is kept
    except ValueError:
        raise FixtureError(f"{data!r:.60} is not one of {', '.join(map(str, choices))}") from None


def _text(data: object, _: datetime) -> str:
    if not isinstance(data, str):
        raise FixtureError(f"{data!r:.60} is not text; quotes make it so")
    return data


def _integer(data: object, _: datetime) -> int:
    if isinstance(data, float) and data.is_integer():
        data = int(data)
    if not isinstance(data, int) or isinstance(data, bool):
        raise FixtureError(f"{data!r:.60} is not a whole number")
    if not -INTEGERS <= data < INTEGERS:
        raise FixtureError("the number is beyond 64 bits")
    return data


def _number(data: object, now: datetime) -> float:
    if isinstance(data, int) and not isinstance(data, bool):
        return _integer(data, now)
    if not isinstance(data, float) or not math.isfinite(data):
        raise FixtureError(f"{data!r:.60} is not a number")
    if not -INTEGERS <= data < INTEGERS:
        raise FixtureError("the number is beyond 64 bits")
    return data


def _boolean(data: object, _: datetime) -> bool:
    if not isinstance(data, bool):
        raise FixtureError(f"{data!r:.60} is neither true nor false")
    return data


def _date(data: object, _: datetime) -> date:
    try:
        return date.fromisoformat(data if isinstance(data, str) and DAY.fullmatch(data) else "")
    except ValueError:
        raise FixtureError(f"{data!r:.60} is not a day, YYYY-MM-DD") from None


def _decimal(data: object, _: datetime) -> Decimal:
    if not isinstance(data, str) or not DECIMAL.fullmatch(data):
        raise FixtureError(f'{data!r:.60} is not a decimal number in quotes, such as "42.99"')
    return Decimal(data)


def _time(data: object, now: datetime) -> datetime:
    try:
        return _moment(_text(data, now), now)
    except OverflowError:
        raise FixtureError(f"{data!r} lies beyond the years 1 to 9999") from None


def _moment(data: str, now: datetime) -> datetime:
    offset = OFFSET.fullmatch(data)
    if offset is not None:
        sign, amount, unit = offset.groups()
        return now + timedelta(**{_UNITS[unit]: int(sign + amount)})
    try:
        moment = datetime.fromisoformat(data if TIME.fullmatch(data) else "")
    except ValueError:
        raise FixtureError(
            f"{data!r:.60} is neither a time (RFC 3339, with Z or an offset) nor an offset from now, such as -30d"
        ) from None
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


_SCALARS: Final[dict[type, _Read]] = {
    str: _text,
    int: _integer,
    float: _number,
    bool: _boolean,
    date: _date,
    datetime: _time,
    Decimal: _decimal,
}
