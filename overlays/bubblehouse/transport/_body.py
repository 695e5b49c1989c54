"""A response's body, put together from chunks: decompressed, and never beyond a limit."""

import zlib
from collections.abc import Iterable
from typing import Final

from bubblehouse.transport._protocol import ResponseTooLargeError, TransportError

ACCEPTED: Final = "gzip"
"""What a request may offer as `Accept-Encoding`."""


class Body:
    """Collects a body.

    Args:
        encodings: The values of the response's `Content-Encoding` headers.
        limit: The most bytes that are read, compressed or not.

    Raises:
        TransportError: The body is compressed in a way that wasn't asked for.
    """

    def __init__(self, encodings: Iterable[str], limit: int) -> None:
        coding = ", ".join(encodings).strip().lower()
        if coding not in {"", "identity", "gzip", "x-gzip"}:
            raise TransportError("the answer is compressed in a way that was not asked for", sent=True)
        self._unzip = zlib.decompressobj(zlib.MAX_WBITS | 16) if coding.endswith("gzip") else None
        self._limit = limit
        self._read = 0
        self._size = 0
        self._chunks: list[bytes] = []

    def feed(self, chunk: bytes) -> None:
        """Add a chunk as it came.

        Raises:
            ResponseTooLargeError: It goes beyond the limit.
            TransportError: It is not what its encoding says.
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

    def finish(self) -> bytes:
        """Return the whole.

        Raises:
            TransportError: Compressed data ends too early.
        """
        if self._unzip is not None and self._read and not self._unzip.eof:
            raise TransportError("the answer ends in the middle of its gzip", sent=True)
        return b"".join(self._chunks)
