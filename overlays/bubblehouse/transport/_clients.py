"""What is needed of a user's own client, so that neither httpx nor httpx2 has to be imported to use one."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, MutableMapping, Sequence
from typing import Protocol


class HttpxRequest(Protocol):
    """A request that a client has built."""

    @property
    def headers(self) -> MutableMapping[str, str]:
        """Its headers, to be changed."""
        ...


class HttpxHeaders(Protocol):
    """An answer's headers."""

    @property
    def raw(self) -> Sequence[tuple[bytes, bytes]]:
        """Names and values as they came."""
        ...


class HttpxHead(Protocol):
    """An answer, as far as both kinds of client have it alike."""

    @property
    def status_code(self) -> int:
        """The answer's status."""
        ...

    @property
    def headers(self) -> HttpxHeaders:
        """The answer's headers."""
        ...

    @property
    def is_stream_consumed(self) -> bool:
        """Whether its body was read already."""
        ...

    @property
    def content(self) -> bytes:
        """The body then, decompressed."""
        ...


class HttpxResponse(HttpxHead, Protocol):
    """An answer, its body still to be read."""

    def iter_raw(self) -> Iterator[bytes]:
        """Read its body as it comes."""
        ...

    def close(self) -> None:
        """Read no further."""
        ...


class AsyncHttpxResponse(HttpxHead, Protocol):
    """The same for asyncio."""

    def aiter_raw(self) -> AsyncIterator[bytes]:
        """Read its body as it comes."""
        ...

    async def aclose(self) -> None:
        """Read no further."""
        ...


class HttpxClient(Protocol):
    """An `httpx.Client`, an `httpx2.Client`, or anything with these methods of theirs."""

    @property
    def build_request(self) -> Callable[..., HttpxRequest]:
        """Make a request of a method, a URL, headers, content and extensions."""
        ...

    @property
    def send(self) -> Callable[..., HttpxResponse]:
        """Send one."""
        ...

    def close(self) -> None:
        """Give up connections. A transport leaves that to the client's owner."""
        ...


class AsyncHttpxClient(Protocol):
    """An `httpx.AsyncClient`, an `httpx2.AsyncClient`, or anything with these methods of theirs."""

    @property
    def build_request(self) -> Callable[..., HttpxRequest]:
        """Make a request of a method, a URL, headers, content and extensions."""
        ...

    @property
    def send(self) -> Callable[..., Awaitable[AsyncHttpxResponse]]:
        """Send one."""
        ...

    async def aclose(self) -> None:
        """Give up connections. A transport leaves that to the client's owner."""
        ...
