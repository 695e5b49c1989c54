"""A transport shared between clients: when it is made, and who closes it."""

from collections.abc import Callable
from typing import Generic, TypeVar

from bubblehouse.errors import ClientClosedError
from bubblehouse.locks import ForkSafeLock

TransportT = TypeVar("TransportT")


class Wire(Generic[TransportT]):
    """The transport that a client and those derived from it share.

    Args:
        given: The user's transport, which is the user's to close.
        make: Makes one on first use, where none was given.
    """

    def __init__(self, given: TransportT | None, make: Callable[[], TransportT]) -> None:
        self._transport = given
        self._make = make
        self._ours = given is None
        self._closed = False
        self._lock = ForkSafeLock()

    def transport(self) -> TransportT:
        """Return the transport.

        Raises:
            ClientClosedError: The client that it belongs to was closed.
        """
        transport = self._transport
        if transport is not None and not self._closed:
            return transport
        with self._lock:
            if self._closed:
                raise ClientClosedError
            if self._transport is None:
                self._transport = self._make()
            return self._transport

    def close(self) -> TransportT | None:
        """Give the transport out no more. Return it, once, where it is ours to close."""
        with self._lock:
            first, self._closed = not self._closed, True
            return self._transport if first and self._ours else None
