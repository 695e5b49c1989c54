"""The pools of a transport: one per origin, and per process or event loop that sends."""

from collections.abc import Callable, MutableMapping
from functools import lru_cache
from typing import Generic, NamedTuple, TypeVar
from urllib.parse import urlsplit

from bubblehouse.transport._protocol import TransportError

PlaceT = TypeVar("PlaceT")
PoolT = TypeVar("PoolT")


class Origin(NamedTuple):
    """Where a request goes, as its URL says it."""

    scheme: str
    netloc: str
    host: str


@lru_cache(maxsize=256)
def origin_of(url: str) -> Origin:
    """Return where a URL leads.

    Args:
        url: An absolute URL. A client has a few dozen.

    Raises:
        ValueError: It is none.
    """
    parts = urlsplit(url)
    return Origin(parts.scheme, parts.netloc, parts.hostname or "")


class Pools(Generic[PlaceT, PoolT]):
    """Pools by place and origin. There is no lock in it, so a fork can't leave one taken.

    Attributes:
        closed: Whether no more are given out.

    Args:
        pools: Where they are kept.
    """

    def __init__(self, pools: MutableMapping[PlaceT, dict[Origin, PoolT]]) -> None:
        self._pools = pools
        self.closed = False

    def get(self, place: PlaceT, origin: Origin, make: Callable[[Origin], PoolT]) -> PoolT:
        """Return the pool of a place and an origin.

        Args:
            place: The process or the event loop that sends.
            origin: Where to.
            make: Makes the pool on first use. Of two that threads make at once, one is dropped unused.

        Raises:
            TransportError: The transport was closed.
        """
        if self.closed:
            raise TransportError("the transport is closed", sent=False)
        pools = self._pools.setdefault(place, {})
        pool = pools.get(origin)
        return pools.setdefault(origin, make(origin)) if pool is None else pool

    def close(self, place: PlaceT) -> list[PoolT]:
        """Give no pool out any more.

        Args:
            place: The process or the event loop that closes.

        Returns:
            The pools of that place, once.
        """
        self.closed = True
        return list(self._pools.pop(place, {}).values())
