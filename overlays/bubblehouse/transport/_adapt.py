"""What a user may give as a transport, besides one."""

from typing import TYPE_CHECKING, Final, cast, overload

if TYPE_CHECKING:
    from bubblehouse.transport._clients import AsyncHttpxClient, HttpxClient
    from bubblehouse.transport._protocol import AsyncTransport, Transport

_LIBRARIES: Final = {"httpx", "httpx2"}


@overload
def adapt(transport: "HttpxClient | Transport") -> "Transport": ...


@overload
def adapt(transport: "AsyncHttpxClient | AsyncTransport") -> "AsyncTransport": ...


def adapt(transport: object) -> object:
    """Return a transport: a client of httpx or httpx2 is wrapped, and anything else is left alone.

    Args:
        transport: What the user gave.
    """
    for kind in type(transport).__mro__:
        if kind.__module__.partition(".")[0] in _LIBRARIES and kind.__name__ in {"Client", "AsyncClient"}:
            from bubblehouse.transport import _httpx  # noqa: PLC0415 - only where there is such a client

            if kind.__name__ == "Client":
                return _httpx.HttpxTransport(cast("HttpxClient", transport))
            return _httpx.AsyncHttpxTransport(cast("AsyncHttpxClient", transport))
    return transport
