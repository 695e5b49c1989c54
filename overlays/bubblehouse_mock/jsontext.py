"""JSON as the mock reads and writes it: strict on the way in, plain ASCII on the way out."""

import json
from _json import make_encoder
from collections import Counter
from json.encoder import encode_basestring_ascii
from typing import Final, NoReturn, TypeAlias

JsonValue: TypeAlias = "dict[str, JsonValue] | list[JsonValue] | str | int | float | bool | None"
JsonObject: TypeAlias = dict[str, "JsonValue"]

# Every document of the API is a few levels deep. The limit also keeps below what the schema validator can walk.
MAX_DEPTH = 64


class MalformedJsonError(ValueError):
    """The bytes are not a JSON document that the mock accepts; the message says why."""


def parse(content: bytes) -> JsonValue:
    """Read a JSON document.

    Stricter than `json.loads`: UTF-8 only, no byte order mark, no NaN or Infinity, no number beyond a double, no key
    twice in one object, no half of a surrogate pair, at most 64 levels.

    Args:
        content: The bytes of the document.

    Returns:
        The value. A number with a fraction or an exponent is a float, even where it is whole (`500.0`).

    Raises:
        MalformedJsonError: The bytes are anything else.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedJsonError(f"it is not UTF-8 (byte {error.start})") from None
    try:
        value = _decoded(text)
    except json.JSONDecodeError as error:
        raise MalformedJsonError(f"{error.msg} at line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise MalformedJsonError(f"it is nested deeper than {MAX_DEPTH} levels") from None
    except MalformedJsonError:
        raise
    except ValueError:  # Python refuses integers of thousands of digits
        raise MalformedJsonError("a number has too many digits") from None
    if content.count(b"[") + content.count(b"{") > MAX_DEPTH:
        _check_depth(value)
    if "\\" in text and r"\ud" in text.lower():
        _check_surrogates(value)
    return value


def dump(value: JsonValue) -> bytes:
    """Write a value as compact JSON, in ASCII: no text that came in can make it fail."""
    return text_of(value).encode("ascii")


def text_of(value: JsonValue) -> str:
    """Return the same as text."""
    return "".join(_write(value, 0))


def pointer(document: JsonValue, path: str) -> JsonValue:
    """Return what stands at a JSON pointer (RFC 6901), given without its `#`.

    Raises:
        KeyError: Nothing is there.
    """
    found = document
    for step in path.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(found, list) and name.isdecimal() and int(name) < len(found):
            found = found[int(name)]
        elif isinstance(found, dict) and name in found:
            found = found[name]
        else:
            raise KeyError(path)
    return found


def merge_patch(target: JsonValue, patch: JsonValue) -> JsonValue:
    """Apply a JSON merge patch (RFC 7396) and return the outcome; neither argument changes."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge_patch(merged.get(name), value)
    return merged


def _decoded(text: str) -> JsonValue:
    # Few documents have space around them. The others are not looked through for any.
    try:
        value, end = _DECODER.raw_decode(text)
    except json.JSONDecodeError:
        value, end = None, -1
    whole: JsonValue = value if end == len(text) else _DECODER.decode(text)
    return whole


def _refuse_constant(name: str) -> NoReturn:
    raise MalformedJsonError(f"{name} is not a JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if number in {float("inf"), float("-inf")}:
        raise MalformedJsonError("a number is too large")
    return number


def _unique(pairs: list[tuple[str, JsonValue]]) -> JsonObject:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise MalformedJsonError(f"the key {twice[:40]!r} stands twice in one object")
    return found


def _check_depth(value: JsonValue) -> None:
    level: list[JsonValue] = [value]
    for _ in range(MAX_DEPTH):
        level = [child for parent in level for child in _children(parent)]
        if not level:
            return
    raise MalformedJsonError(f"it is nested deeper than {MAX_DEPTH} levels")


def _check_surrogates(value: JsonValue) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise MalformedJsonError("a string holds half of a surrogate pair") from None


def _children(value: JsonValue) -> list[JsonValue]:
    if isinstance(value, dict):
        return [child for child in value.values() if isinstance(child, (dict, list))]
    if isinstance(value, list):
        return [child for child in value if isinstance(child, (dict, list))]
    return []


def _unknown(value: object) -> NoReturn:
    raise TypeError(f"{type(value).__name__} has no place in JSON")


_DECODER: Final = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_refuse_constant, parse_float=_finite)
# `json.JSONEncoder` makes one of these for each document, which takes as long as to write a short one.
_write: Final = make_encoder(
    markers=None,
    default=_unknown,
    encoder=encode_basestring_ascii,
    indent=None,
    key_separator=":",
    item_separator=",",
    sort_keys=False,
    skipkeys=False,
    allow_nan=False,
)
