"""How much a transport reads, on real sockets."""

import gzip
import socket
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from tests.unit.runtime.sockets import BODY, PLAIN, Handler, Serve, answering, receive, request
from tests.unit.transport.wires import Wire

from bubblehouse.transport import ResponseTooLargeError

ROOT = Path(__file__).parents[3]


def test_gzip_is_undone(wire: Wire, serve: Serve) -> None:
    packed = gzip.compress(BODY)
    answer = b"HTTP/1.1 200 OK\r\nContent-Encoding: GZip\r\nContent-Length: %d\r\n\r\n%s" % (len(packed), packed)
    assert wire.send(request(serve(answering(answer)).url)).content == BODY


def test_an_empty_body_needs_no_gzip(wire: Wire, serve: Serve) -> None:
    answer = b"HTTP/1.1 204 No Content\r\nContent-Encoding: gzip\r\n\r\n"
    assert wire.send(request(serve(answering(answer)).url)).content == b""


@pytest.mark.parametrize(
    ("coding", "body", "problem"),
    [
        (b"gzip", BODY, "not the gzip"),
        (b"gzip", gzip.compress(BODY)[:-9], "in the middle of its gzip"),
        (b"br", BODY, "not asked for"),
        (b"gzip, gzip", gzip.compress(gzip.compress(BODY)), "not asked for"),
        (b"deflate", zlib.compress(BODY), "not asked for"),
    ],
    ids=["plain", "half", "brotli", "twice", "deflate"],
)
def test_what_cannot_be_unpacked_is_an_error(
    wire: Wire, serve: Serve, coding: bytes, body: bytes, problem: str
) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n%s" % (coding, len(body), body)
    error = wire.failure(serve(answering(answer)).url)
    assert problem in str(error)
    assert error.sent


@pytest.mark.parametrize("size", [1000, 1001])
@pytest.mark.parametrize("packed", [False, True])
def test_an_answer_is_read_up_to_the_limit_and_no_further(wire: Wire, serve: Serve, size: int, *, packed: bool) -> None:
    wire.options["max_response_bytes"] = 1000
    body = gzip.compress(b"x" * size) if packed else b"x" * size
    coding = b"gzip" if packed else b"identity"
    answer = b"HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n%s" % (coding, len(body), body)
    server = serve(answering(answer))
    if size == 1000:
        assert wire.send(request(server.url)).content == b"x" * 1000
    else:
        error = wire.failure(server.url)
        assert isinstance(error, ResponseTooLargeError)
        assert error.limit == 1000
        assert str(error) == "the answer is larger than 1000 bytes"
        assert error.sent


def megabytes(connection: socket.socket) -> None:
    receive(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n")
    for _ in range(50):
        connection.sendall(bytes(1_000_000))


def bomb(connection: socket.socket) -> None:
    receive(connection)
    packed = gzip.compress(bytes(50_000_000), 9)
    connection.sendall(
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed) + packed
    )


MEASURE = """
import resource, sys
from tests.unit.runtime.sockets import request
from tests.unit.transport.wires import Wire
from bubblehouse.transport import ResponseTooLargeError
with Wire(sys.argv[1], sys.argv[2] == "async", {"max_response_bytes": 1_000_000}).open() as line:
    assert line.send(request(sys.argv[3])).content
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        line.send(request(sys.argv[4]))
    except ResponseTooLargeError as error:
        print(error.limit, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss is in kB there")
@pytest.mark.parametrize("handle", [megabytes, bomb])
def test_memory_stays_bounded(wire: Wire, serve: Serve, handle: Handler) -> None:
    kind = "async" if wire.is_async else "sync"
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, wire.library, kind, serve(answering(PLAIN)).url, serve(handle).url],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    limit, growth = done.stdout.split() or [done.stderr, "0"]
    assert limit == "1000000"
    assert int(growth) < 12  # MB


def test_nor_is_endless_packing_of_nothing_read(wire: Wire, serve: Serve) -> None:
    wire.options["max_response_bytes"] = 10_000
    empty = zlib.compressobj(wbits=31)
    nothing = empty.compress(b"") + empty.flush(zlib.Z_FULL_FLUSH) + b"\x00\x00\x00\xff\xff" * 4000  # empty blocks
    answer = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + nothing
    assert "larger than 10000 bytes" in str(wire.failure(serve(answering(answer)).url))


def test_the_default_limit_is_generous(wire: Wire, serve: Serve) -> None:
    body = b"x" * 16 * 1024 * 1024
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"
    assert len(wire.send(request(serve(answering(head % len(body) + body)).url)).content) == len(body)
    error = wire.failure(serve(answering(head % (len(body) + 1) + body + b"x")).url)
    assert "larger than 16777216 bytes" in str(error)
