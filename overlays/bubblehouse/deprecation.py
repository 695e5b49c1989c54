"""Functions that the vendor has replaced: type checkers mark every call, and the first one warns."""

import inspect
import sys
import warnings
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar

from bubblehouse.locks import ForkSafeLock

__all__ = ["deprecated", "warns_once"]

P = ParamSpec("P")
R = TypeVar("R")

_lock: Final = ForkSafeLock()
_told: Final[set[str]] = set()


def warns_once(message: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Return a decorator of a method that is deprecated.

    The first call of the process warns, where it is made: of an async method, too, before it is awaited. Methods that
    share a message share the warning.

    Args:
        message: What is deprecated, and what to use in its place.
    """

    def mark(method: Callable[P, R]) -> Callable[P, R]:
        @wraps(method)
        def warned(*args: P.args, **kwargs: P.kwargs) -> R:
            with _lock:
                first = message not in _told
                _told.add(message)
            if first:
                warnings.warn(message, DeprecationWarning, stacklevel=2)
            return method(*args, **kwargs)

        if sys.version_info >= (3, 12) and inspect.iscoroutinefunction(method):
            inspect.markcoroutinefunction(warned)  # before, nothing could make it look like one
        return warned

    return mark


if TYPE_CHECKING:
    from typing_extensions import deprecated  # every checker has it; it is no dependency
else:
    deprecated = warns_once
