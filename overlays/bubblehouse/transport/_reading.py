"""A response, put together from its head and the pieces of its body: decompressed, and never beyond a limit."""

import zlib
from collections.abc import Iterable
from typing import Final

from bubblehouse.transport._protocol import Headers, Response, ResponseTooLargeError, TransportError

ACCEPTED: Final = "gzip"
"""What a request may offer as `Accept-Encoding`."""


def decoded(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """Return headers as text.

    Args:
        headers: As they came.
    """
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers)


class Reading:
    """A response that is being read.

    Args:
        status: Its status.
        headers: Its headers.
        limit: The most bytes of its body that are read, compressed or not.

    Raises:
        TransportError: The body is compressed in a way that wasn't asked for.
    """

    def __init__(self, status: int, headers: Headers, limit: int) -> None:
        codings = [value for name, value in headers if name.lower() == "content-encoding"]
        coding = ", ".join(codings).strip().lower()
        if coding not in {"", "identity", "gzip", "x-gzip"}:
            raise TransportError("the answer is compressed in a way that was not asked for", sent=True)
        self._status = status
        self._headers = headers
        self._unzip = zlib.decompressobj(zlib.MAX_WBITS | 16) if coding.endswith("gzip") else None
        self._limit = limit
        self._read = 0
        self._size = 0
        self._chunks: list[bytes] = []

    def feed(self, chunk: bytes) -> None:
        """Add a piece of the body as it came.

        Raises:
            TransportError: It is not what its encoding says.
            ResponseTooLargeError: It goes beyond the limit.
        """
        self._read += len(chunk)
        if self._unzip is not None:
            try:
                chunk = self._unzip.decompress(chunk, self._limit - self._size + 1)
            except zlib.error:
                raise TransportError("the answer is not the gzip that it says it is", sent=True) from None
        self._size += len(chunk)
        if max(self._size, self._read) > self._limit:
            raise ResponseTooLargeError(self._limit)
        self._chunks.append(chunk)

    def finish(self) -> Response:
        """Return the whole.

        Raises:
            TransportError: Compressed data ends too early.
        """
        if self._unzip is not None and self._read and not self._unzip.eof:
            raise TransportError("the answer ends in the middle of its gzip", sent=True)
        return Response(self._status, self._headers, b"".join(self._chunks))
