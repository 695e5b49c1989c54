"""The default transport: httpcore2, the engine of httpx2, without the client on top.

That client keeps cookies between calls, of different customers too, and has no deadline for a whole request. Below it
there is a public seam for one, and half the time per call is saved.
"""

import os
import weakref

import httpcore2

from bubblehouse.transport._deadline import Deadline, DeadlineBackend
from bubblehouse.transport._httpcore2 import HttpcoreTransport, encode, stream_of, transport_errors
from bubblehouse.transport._origins import Origin, Pools, origin_of
from bubblehouse.transport._protocol import Request, Response


class Httpx2Transport(HttpcoreTransport):
    """Sends requests and blocks until they are answered. Safe to share between threads, and over a fork.

    Args:
        proxy: The URL of a proxy, with a user name and a password where it asks for them: http, https or socks5; those
            of the environment unless given. This machine itself is never reached by a proxy.
        ca_file: A file of certificates in PEM to trust in place of those that the operating system and
            `SSL_CERT_FILE` say.
        ssl_context: How servers are verified, in place of `ca_file`.
        max_connections: The most connections to one host, from 1 up. A request beyond them waits for its turn.
        max_keepalive: The most of them that are kept while idle, from 0 up.
        keepalive_seconds: How long they are, above 0.
        max_response_bytes: The largest answer that is read, compressed or not, from 1 up.

    Raises:
        ConfigurationError: An argument is wrong. It names the argument.
    """

    def _start(self) -> None:
        # By process: connections that a fork shares would give one process the answers of another.
        pools: dict[int, dict[Origin, httpcore2.ConnectionPool]] = {}
        self._pools = Pools(pools)
        weakref.finalize(self, _close_all, pools)

    def send(self, request: Request, *, timeout: float) -> Response:
        """Send the request once and read the whole response.

        Args:
            request: What to send.
            timeout: Seconds of wall-clock time for all of it.

        Returns:
            The response, decompressed.

        Raises:
            TransportError: No complete response came.
            ResponseTooLargeError: It is larger than is read.
        """
        deadline = Deadline(timeout)
        with transport_errors(deadline):
            pool = self._pools.get(os.getpid(), origin_of(request.url), self._make)
            answer = pool.handle_request(encode(request, deadline))
            try:
                read = self._reading(answer, deadline)
                for chunk in answer.iter_stream():
                    read.feed(chunk)
            finally:
                answer.close()
            if self._pools.closed:  # while this connection was being made: its pool knows it no more
                stream_of(answer).close()
            return read.finish()

    def _make(self, origin: Origin) -> httpcore2.ConnectionPool:
        return httpcore2.ConnectionPool(network_backend=DeadlineBackend(), **self._options(origin))

    def close(self) -> None:
        """Give up connections. Calling it again does nothing."""
        for pool in self._pools.close(os.getpid()):
            pool.close()


def _close_all(pools: dict[int, dict[Origin, httpcore2.ConnectionPool]]) -> None:
    for process, of_process in pools.items():
        for pool in of_process.values():
            if process == os.getpid():
                pool.close()
            for connection in pool.connections:  # of a parent's pool, which its threads may have locked for ever
                connection.close()
