"""A stateful mock of the Bubblehouse Loyalty API: a real shop with real rules, in process or as a server.

Nothing is imported before it is used: pytest loads this package in every run through its plugin.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bubblehouse_mock.clock import FrozenClock
    from bubblehouse_mock.mock import BubblehouseMock
    from bubblehouse_mock.serving.asgi import MockApp
    from bubblehouse_mock.serving.server import running
else:
    from bubblehouse.lazy import lazy_exports

    __getattr__, __dir__ = lazy_exports(
        __name__,
        {"BubblehouseMock": ".mock", "FrozenClock": ".clock", "MockApp": ".serving.asgi", "running": ".serving.server"},
        extra="mock",
    )

__all__ = ["BubblehouseMock", "FrozenClock", "MockApp", "running"]
