"""`timeout` is wall-clock time for a whole call, whatever the server, the name service or the token callable does."""

import asyncio
import email.utils
import itertools
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.reliability.caller import KINDS, READ, WRITE, Caller
from tests.reliability.faults.catalogue import Genuine
from tests.unit.runtime.sockets import Handler, Serve, Server, full, receive

from bubblehouse.flow import Timing
from bubblehouse_loyalty import errors
from bubblehouse_mock import BubblehouseMock

TIMEOUT, END = 1.0, 1.2  # both from the project's own goals


@pytest.fixture(params=KINDS)
def caller(request: pytest.FixtureRequest, mock: BubblehouseMock) -> Caller:
    timing = Timing(jitter=lambda: 0.0)  # no pauses but those that the server asks for
    return Caller(request.param).of(mock, timeout=TIMEOUT, max_retries=5, timing=timing)


def silent(connection: socket.socket) -> None:
    while connection.recv(65536):
        pass


def dripping(raw: bytes) -> Handler:
    def drip(connection: socket.socket) -> None:
        receive(connection)
        for index in range(len(raw)):
            connection.sendall(raw[index : index + 1])
            time.sleep(0.05)

    return drip


def base_url(server: Server) -> str:
    return server.url.partition("/v1")[0]


def timed(caller: Caller, name: str, url: str) -> tuple[BaseException, float]:
    """Call until it ended in time, three times at most: who else is at work may cost time, no deadline fails always."""
    for _ in range(3):
        started = time.monotonic()
        error = caller.error(name, base_url=url)
        elapsed = time.monotonic() - started
        if elapsed < END:
            break
    return error, elapsed


def test_a_call_ends_in_time(caller: Caller, serve: Serve) -> None:
    """All at once, or it would take long. Nothing is busy here: everybody waits."""
    servers = [
        serve(silent),
        serve(dripping(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 200)),
        serve(dripping(Genuine(200, b" " * 200).raw())),
        serve(dripping(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 50)),
        serve(dripping(b"HTTP/1.1 100 Continue\r\n\r\n" * 9)),
    ]
    with full(("127.0.0.1", 0)) as deaf:
        never_shakes_hands = base_url(servers[0]).replace("http:", "https:")
        urls = [*(base_url(server) for server in servers), f"http://127.0.0.1:{deaf}/api", never_shakes_hands]
        tries = [(name, url) for url in urls for name in (READ, WRITE)]
        with ThreadPoolExecutor(len(tries)) as pool:
            results = list(pool.map(lambda it: timed(caller, *it), tries))
    for (name, url), (error, elapsed) in zip(tries, results, strict=True):
        unsure = name == WRITE and url not in urls[-2:]
        assert isinstance(error, errors.OutcomeUnknownError if unsure else errors.APITimeoutError), (name, url)
        assert TIMEOUT - 0.05 < elapsed < END, (name, url)
        assert isinstance(error, errors.CallError)
        assert TIMEOUT - 0.05 < error.elapsed < END
    asked = [error.attempts for (name, _), (error, _) in zip(tries, results, strict=True) if name == READ]  # type: ignore[attr-defined]
    assert max(asked) > 1  # a read that isn't answered was asked again, within its time


def test_a_token_callable_that_hangs() -> None:
    async def hang() -> str:
        await asyncio.sleep(9)
        raise AssertionError

    caller = Caller("async", {"shop": "my-shop", "token": hang, "timeout": TIMEOUT})
    error, elapsed = timed(caller, WRITE, "http://127.0.0.1:9/api")
    assert isinstance(error, errors.APITimeoutError)
    assert not error.sent
    assert elapsed < END


# --- Retry-After --------------------------------------------------------------------------------------------------


def http_date(seconds: float) -> str:
    return email.utils.formatdate(time.time() + seconds, usegmt=True)


def refusing(*headers: str) -> tuple[Handler, list[float]]:
    """Refuse every request with headers, and note when it came."""
    came: list[float] = []

    def refuse(connection: socket.socket) -> None:
        while True:
            receive(connection)
            came.append(time.monotonic())
            connection.sendall(Genuine(429, b'{"id":"rate_limit_exceeded","message":"Slow down"}').raw(*headers))

    return refuse, came


@pytest.mark.parametrize("name", [READ, WRITE])
@pytest.mark.parametrize(
    "headers",
    [
        lambda: ("Retry-After: 2",),
        lambda: (f"Retry-After: {http_date(5)}",),
        lambda: ("Retry-After: Wed, 21 Oct 2015 07:28:09 GMT", "Date: Wed, 21 Oct 2015 07:28:00 GMT"),
        lambda: ("Retry-After: " + "9" * 400,),
    ],
    ids=["seconds", "date", "date by the server's clock", "for ever"],
)
def test_a_retry_after_beyond_the_deadline_is_raised_at_once(
    caller: Caller, serve: Serve, headers: Callable[[], tuple[str, ...]], name: str
) -> None:
    handle, came = refusing(*headers())
    error, elapsed = timed(caller, name, base_url(serve(handle)))
    assert isinstance(error, errors.RateLimitExceededError)
    assert error.retry_after is not None
    assert error.retry_after > TIMEOUT
    assert len(came) == error.attempts == 1
    assert elapsed < TIMEOUT


@pytest.mark.parametrize(
    "headers",
    [("Retry-After: 0.4",), ("Retry-After: Wed, 21 Oct 2015 07:28:01 GMT", "Date: Wed, 21 Oct 2015 07:28:00 GMT")],
    ids=["seconds", "date"],
)
def test_no_retry_comes_before_its_time(caller: Caller, serve: Serve, headers: tuple[str, ...]) -> None:
    handle, came = refusing(*headers)
    error = caller.error(WRITE, base_url=base_url(serve(handle)), timeout=1.7)
    assert isinstance(error, errors.RateLimitExceededError)
    assert error.retry_after is not None
    pauses = [after - before for before, after in itertools.pairwise(came)]
    assert pauses
    assert min(pauses) >= error.retry_after


def test_the_last_retry_after_is_told_even_if_something_else_came_last(caller: Caller, serve: Serve) -> None:
    def handle(connection: socket.socket) -> None:
        receive(connection)
        connection.sendall(Genuine(429, b"{}").raw("Retry-After: 0"))
        receive(connection)  # and closes

    error = caller.error(WRITE, base_url=base_url(serve(handle)))
    assert isinstance(error, errors.OutcomeUnknownError)
    assert error.retry_after == 0
    assert error.attempts == 2
