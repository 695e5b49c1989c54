"""Bodies as they may be logged: their shape, and nothing that could be somebody's."""

import json
import re
from collections.abc import Mapping
from typing import Final, cast

from bubblehouse.texts import one_line

_LONGEST: Final = 2000
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}", re.ASCII)
_HARMLESS: Final = re.compile(
    r"-?[0-9]{1,13}\.[0-9]{6}"  # money
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9:.]+([Zz]|[+-][0-9:]+)",  # a moment
    re.ASCII,
)
_LARGE: Final = 10**9  # from here up, a number may be a telephone's


def redacted(content: bytes) -> str:
    """Write a body for the log: switches, numbers, money and moments as they are, of all other texts the length alone.

    What a text may hold can't be told from the name it goes by: a customer's data stands in properties that the
    contract doesn't know yet, too.

    Args:
        content: The body. One that is no JSON is told by its size.
    """
    try:
        return one_line(json.dumps(_redacted(json.loads(content)), ensure_ascii=False), _LONGEST)
    except (ValueError, RecursionError):
        return f"{len(content)} bytes that are not JSON, or too deeply nested"


def _redacted(value: object) -> object:
    if isinstance(value, str):
        return value if _HARMLESS.fullmatch(value) else f"<{len(value)} characters>"
    if isinstance(value, Mapping):
        return {_name(name): _redacted(inner) for name, inner in cast("Mapping[str, object]", value).items()}
    if isinstance(value, list):
        return [_redacted(inner) for inner in cast("list[object]", value)]
    if isinstance(value, int | float) and abs(value) >= _LARGE:
        return "<a large number>"
    return value


def _name(name: str) -> str:
    return name if _NAME.fullmatch(name) else f"<{len(name)} characters>"
