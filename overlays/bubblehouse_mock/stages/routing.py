"""Which function and verb does the request ask for?"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import unquote_to_bytes

from bubblehouse_mock.contract import Contract, Operation
from bubblehouse_mock.refusal import RefusalError

ROOT: Final = "api"

_COMMON: Final = 200  # bytes; whoever calls with longer paths does not do it often
_SEGMENTS: Final = 5  # /api/<version>/<shop>/<Function>


@dataclass(frozen=True, slots=True)
class Route:
    """What the path names, percent-decoded."""

    version: str
    shop: str
    function: str


def split(path: bytes) -> Route:
    """Take a path apart. Nothing is normalised: `..`, `%2F` and double slashes are names like any other.

    Args:
        path: The path as it was sent.

    Raises:
        RefusalError: unknown_function.
    """
    return _known(path) if len(path) <= _COMMON else _split(path)


def _split(path: bytes) -> Route:
    if b"%" in path:
        segments = [unquote_to_bytes(segment).decode("utf-8", "replace") for segment in path.split(b"/")]
    else:
        segments = path.decode("utf-8", "replace").split("/")
    if len(segments) != _SEGMENTS or segments[:2] != ["", ROOT]:
        raise RefusalError("unknown_function", f"Paths are of the form /{ROOT}/<version>/<shop>/<Function>")
    return Route(*segments[2:])


_known: Final = lru_cache(maxsize=1024)(_split)


def find(contract: Contract, function: str, method: str) -> Operation:
    """Return the operation that a function and a verb name.

    Raises:
        RefusalError: unknown_function or method_not_allowed.
    """
    verbs = contract.functions.get(function)
    if verbs is None:
        raise RefusalError("unknown_function", f"There is no function {function!r:.60}")
    operation = verbs.get(method)
    if operation is None:
        allowed = ", ".join(sorted(verbs))
        raise RefusalError("method_not_allowed", f"{function} takes {allowed}", headers=(("allow", allowed),))
    return operation
