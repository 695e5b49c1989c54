"""How each kind of value travels: a codec per wire type, exact and strict, with an error that names the place.

What takes arguments is written out: seven dataclasses would take longer to make than all the rest of this module.
"""

import datetime as dt
import math
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Protocol, cast

from bubblehouse.texts import place
from bubblehouse.unset import UNSET

if TYPE_CHECKING:
    from bubblehouse.model import Model

Path = tuple[str | int, ...]

_PLACES: Final = 6
"""Decimals of an amount of money on the wire."""

# Found once, not in every call.
_is_money: Final = re.compile(r"-?[0-9]++(?:\.[0-9]++)?").fullmatch
_is_day: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}").fullmatch
_is_time: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]++)?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})"
).fullmatch
_date: Final = dt.date.fromisoformat
_moment: Final = dt.datetime.fromisoformat


class _PlacedError(ValueError):
    """A problem at a place inside a JSON document."""

    def __init__(self, problem: str, path: Path = ()) -> None:
        super().__init__(problem, path)
        self.problem = problem
        self.path = path

    def __str__(self) -> str:
        return f"{place(self.path)}: {self.problem}" if self.path else self.problem


class DecodeError(_PlacedError):
    """A JSON value does not fit the contract."""


class EncodeError(_PlacedError):
    """A Python value can't be sent as what the contract asks for."""


class Codec(Protocol):
    """Translates one kind of value between JSON and Python."""

    def decode(self, value: object) -> object:
        """Return the Python value of a JSON value, or raise DecodeError, as it also does for `UNSET`."""
        ...

    def encode(self, value: object) -> object:
        """Return the JSON value of a Python value, or raise EncodeError."""
        ...


def kind(value: object) -> str:
    """Name a value's type for an error message, without showing the value: it may be somebody's data."""
    return "null" if value is None else type(value).__name__


class _Exactly:
    """A value that is the same in JSON and Python."""

    __slots__ = ("_noun", "_type")

    def __init__(self, python_type: type, noun: str) -> None:
        self._type = python_type
        self._noun = noun

    def decode(self, value: object) -> Any:
        if type(value) is not self._type:
            raise DecodeError(f"expected {self._noun}, got {kind(value)}")
        return value

    def encode(self, value: object) -> object:
        if not isinstance(value, self._type):
            raise EncodeError(f"expected {self._noun}, got {kind(value)}")
        return value


class Integer:
    """A whole number. In JSON `500.0` is one too; `true` is not.

    Args:
        minimum: The least value that may be sent. What arrives isn't held to it, so that an old client can read a new
            server.
    """

    __slots__ = ("_minimum",)

    def __init__(self, minimum: int | None = None) -> None:
        self._minimum = minimum

    def decode(self, value: object) -> int:
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if type(value) is not int:
            raise DecodeError(f"expected an integer, got {kind(value)}")
        return value

    def encode(self, value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise EncodeError(f"expected an int, got {kind(value)}")
        if self._minimum is not None and value < self._minimum:
            raise EncodeError(f"must be at least {self._minimum}, got {value}")
        return value


class _Number:
    """Any JSON number. Money never is one."""

    def decode(self, value: object) -> float:
        if type(value) is not int and type(value) is not float:
            raise DecodeError(f"expected a number, got {kind(value)}")
        try:
            return float(value)
        except OverflowError:
            raise DecodeError("the number is too large") from None

    def encode(self, value: object) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise EncodeError(f"expected a number, got {kind(value)}")
        if isinstance(value, float) and not math.isfinite(value):
            raise EncodeError(f"JSON has no {value}")
        return value


class _Money:
    """Money: a decimal string on the wire, `Decimal` in Python, exact to the millionth both ways."""

    _MOST: Final = Decimal(2**63 - 1).scaleb(-6)

    def decode(self, value: object) -> Decimal:
        if not isinstance(value, str) or not _is_money(value):
            raise DecodeError(f"expected a decimal string, got {kind(value)}")
        return Decimal(value)

    def encode(self, value: object) -> str:
        if not isinstance(value, Decimal):
            raise EncodeError(
                f"money must be a Decimal, got {kind(value)}: a float is not exact, an integer would mean millionths"
            )
        if not value.is_finite():
            raise EncodeError(f"{value} is not an amount of money")
        # Compared before it is written out: a Decimal of a few bytes can stand for millions of digits.
        if value.copy_abs() > self._MOST:
            raise EncodeError("money must fit 64 bits of millionths")
        sign, digits, exponent = value.as_tuple()
        significant = "".join(map(str, digits)).rstrip("0")
        if not significant:
            return "0.000000"
        exponent = int(exponent) + len(digits) - len(significant)
        if exponent < -_PLACES:
            raise EncodeError("money is exact to a millionth; round it first")
        micros = int(significant) * 10 ** (exponent + _PLACES)
        return f"{'-' * sign}{micros // 10**_PLACES}.{micros % 10**_PLACES:0{_PLACES}}"


class _Time:
    """A moment: RFC 3339 on the wire, an aware `datetime` in Python."""

    def decode(self, value: object) -> dt.datetime:
        if not isinstance(value, str):
            raise DecodeError(f"expected an RFC 3339 time, got {kind(value)}")
        if not _is_time(value):
            raise DecodeError("expected an RFC 3339 time with its offset")
        try:
            return _moment(value)
        except ValueError:
            return self._decode_rare(value.upper())

    def _decode_rare(self, text: str) -> dt.datetime:
        # datetime knows no leap second, which RFC 3339 allows: read it as the moment it runs into.
        leap = text[17:19] == "60"
        try:
            return _moment(f"{text[:17]}59{text[19:]}" if leap else text) + dt.timedelta(seconds=leap)
        except (ValueError, OverflowError):
            raise DecodeError("expected an RFC 3339 time that the calendar has") from None

    def encode(self, value: object) -> str:
        if not isinstance(value, dt.datetime):
            raise EncodeError(f"expected a datetime, got {kind(value)}")
        if value.tzinfo is None:
            raise EncodeError("expected an aware datetime: give it a tzinfo")
        try:
            # In UTC, because RFC 3339 has no offsets with seconds, which zones of long ago do.
            return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
        except OverflowError:
            raise EncodeError("the moment is beyond the years 1 to 9999 in UTC") from None


class _Day:
    """A calendar day: `YYYY-MM-DD` on the wire, `date` in Python."""

    def decode(self, value: object) -> dt.date:
        if not isinstance(value, str) or not _is_day(value):
            raise DecodeError(f"expected a day as YYYY-MM-DD, got {kind(value)}")
        try:
            return _date(value)
        except ValueError:
            raise DecodeError("expected a day that the calendar has, as YYYY-MM-DD") from None

    def encode(self, value: object) -> str:
        if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
            raise EncodeError(f"expected a date, got {kind(value)}")
        return value.isoformat()


class _Json:
    """Whatever the other side says: the contract knows no more."""

    def decode(self, value: object) -> object:
        if value is UNSET:
            raise DecodeError("expected a value")
        return value

    def encode(self, value: object) -> object:
        return value


STRING: Final = _Exactly(str, "a string")
BOOLEAN: Final = _Exactly(bool, "a boolean")
INTEGER: Final = Integer()
NUMBER: Final = _Number()
MONEY: Final = _Money()
TIME: Final = _Time()
DAY: Final = _Day()
JSON: Final = _Json()


class Nullable:
    """A value, or null.

    Args:
        inner: How a value that is there travels.
    """

    __slots__ = ("inner",)

    def __init__(self, inner: Codec) -> None:
        self.inner: Codec = inner

    def decode(self, value: object) -> object:
        return None if value is None else self.inner.decode(value)

    def encode(self, value: object) -> object:
        return None if value is None else self.inner.encode(value)


class EmptyAsNone:
    """A value that stands empty (`""` or a zero) where others would be left out. It reads as None.

    Args:
        inner: How a value that is there is read.
        empty: What counts as empty.
    """

    __slots__ = ("_empty", "inner")

    def __init__(self, inner: Codec, empty: frozenset[str]) -> None:
        self.inner: Codec = inner
        self._empty = empty

    def decode(self, value: object) -> Any:
        is_empty = value is None or (isinstance(value, str) and value in self._empty)
        return None if is_empty else self.inner.decode(value)

    def encode(self, value: object) -> object:
        return None if value is None else self.inner.encode(value)


class Array:
    """A list of values of one kind.

    Args:
        inner: How each value travels.
    """

    __slots__ = ("inner",)

    def __init__(self, inner: Codec) -> None:
        self.inner: Codec = inner

    def decode(self, value: object) -> list[Any]:
        if not isinstance(value, list):
            raise DecodeError(f"expected an array, got {kind(value)}")
        return _each(cast("list[object]", value), self.inner.decode)

    def encode(self, value: object) -> list[object]:
        if not isinstance(value, list | tuple):
            raise EncodeError(f"expected a list, got {kind(value)}")
        return _each(cast("list[object]", value), self.inner.encode)


def _each(values: Sequence[object], translate: Callable[[object], object]) -> list[object]:
    done: list[object] = []
    try:
        for value in values:
            done.append(translate(value))  # noqa: PERF401 - how many are done tells which one failed
    except _PlacedError as error:
        raise type(error)(error.problem, (len(done), *error.path)) from None
    return done


class Nested:
    """Another model, imported when the first one of its kind comes: models may name each other in a circle.

    Args:
        beside: The name of the module that speaks of it; the other one lies in the same package.
        module: The module's own name.
        name: The class.
    """

    __slots__ = ("_address", "_model", "name")

    def __init__(self, beside: str, module: str, name: str) -> None:
        self._address = f"{beside.rpartition('.')[0]}.{module}"
        self._model: type[Model] | None = None
        self.name: str = name

    def decode(self, value: object) -> Any:
        return (self._model or self._load()).from_dict(value)

    def encode(self, value: object) -> dict[str, object]:
        if not isinstance(value, self._model or self._load()):
            raise EncodeError(f"expected {self.name}, got {kind(value)}")
        return value.to_dict()

    def _load(self) -> "type[Model]":
        model: type[Model] = getattr(import_module(self._address), self.name)
        self._model = model
        return model


class Field:
    """One property of a model.

    Attributes:
        name: Its name in Python.
        wire: Its name in JSON.
        codec: How its value travels.
        required: Whether it must be there.
    """

    __slots__ = ("codec", "name", "required", "wire")

    def __init__(self, name: str, wire: str, codec: Codec, *, required: bool) -> None:
        self.name: str = name
        self.wire: str = wire
        self.codec: Codec = codec
        self.required: bool = required
