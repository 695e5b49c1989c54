"""From a call's input to the bytes of its body."""

import datetime as dt
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from bubblehouse.answer import ApiObject
from bubblehouse.errors import InvalidArgumentError
from bubblehouse.fields import DAY, MONEY, TIME
from bubblehouse.model import EncodeError, Model

if TYPE_CHECKING:
    from bubblehouse.dialect import Dialect


def encode(arguments: ApiObject, function: str, dialect: "Dialect | None") -> bytes:
    """Write a call's input as JSON.

    Args:
        arguments: The input. Where the contract doesn't say what a property is, money may be a `Decimal`, a moment an
            aware `datetime`, a day a `date`, and an object of the API what it is.
        function: The function that is called.
        dialect: How the global version differs from what generated code says. JSON objects are sent as they are.

    Raises:
        InvalidArgumentError: It can't be sent.
    """
    try:
        data = arguments.to_dict()
        if dialect is not None and isinstance(arguments, Model):
            data = dialect.outgoing(function, data)
        return _ENCODER.encode(data).encode("utf-8")
    except EncodeError as error:
        problem = str(error)
    except UnicodeEncodeError:
        problem = "a text has half a surrogate pair, which UTF-8 can't express"
    except (TypeError, ValueError, RecursionError) as error:
        # Only what the contract doesn't name gets here unchecked, and the texts of json speak of types alone.
        problem = f"a property that the contract doesn't know is not JSON: {error}"
    raise InvalidArgumentError(problem)  # out here, or it would have an exception for its context that holds the text


def _wire_value(value: object) -> object:
    if isinstance(value, Decimal):
        return MONEY.encode(value)
    if isinstance(value, dt.datetime):
        return TIME.encode(value)
    if isinstance(value, dt.date):
        return DAY.encode(value)
    if isinstance(value, Model):
        return value.to_dict()
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_wire_value)
"""Made once: `json.dumps` makes a new one in every call that has options."""
