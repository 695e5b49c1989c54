"""JSON text, read as strictly as money deserves."""

import json
import math
from typing import Final, NoReturn


def parse(content: bytes) -> object:
    """Decode JSON as RFC 8259 and I-JSON have it: UTF-8, no duplicate keys, no NaN, no number beyond a float.

    Args:
        content: The bytes.

    Raises:
        ValueError: They are something else. The text says what, without repeating any of it.
        RecursionError: It is nested too deeply.
    """
    if not content:
        raise ValueError("it is empty")
    try:
        found: object = _DECODER.decode(content.decode("utf-8"))
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"it is not JSON: {error.msg} at character {error.pos} of {len(error.doc)}") from None
    return found


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("an object has the same key twice")
    return found


def _constant(name: str) -> NoReturn:
    raise ValueError(f"JSON has no {name}")


def _float(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError("a number is too large")
    return number


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant, parse_float=_float)
"""Made once: `json.loads` makes a new one in every call that has hooks."""
