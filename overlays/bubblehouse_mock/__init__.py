"""A stateful mock of the Bubblehouse Loyalty API: a real shop with real rules, in process or as a server.

Nothing is imported before it is used: pytest loads this package in every run through its plugin.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bubblehouse_mock.asgi import MockApp
    from bubblehouse_mock.clock import FrozenClock
    from bubblehouse_mock.mock import BubblehouseMock
    from bubblehouse_mock.server import running

__all__ = ["BubblehouseMock", "FrozenClock", "MockApp", "running"]

_HOMES = {"BubblehouseMock": "mock", "FrozenClock": "clock", "MockApp": "asgi", "running": "server"}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
