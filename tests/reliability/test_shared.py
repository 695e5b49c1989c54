"""One client used by many at once: cancelled, forked, closed under way. Nobody gets another's answer."""

import asyncio
import contextlib
import os
import random
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from tests.reliability.caller import KINDS, Caller
from tests.reliability.faults.server import FaultyServer
from tests.unit.runtime.sockets import Serve, Server, receive

from bubblehouse.middleware import Attempt
from bubblehouse.tokens import Key
from bubblehouse.transport import AsyncHttpx2Transport, Response
from bubblehouse_loyalty import AsyncLoyaltyClient, CustomerIdentity1, LoyaltyClient, errors
from bubblehouse_mock import BubblehouseMock

if TYPE_CHECKING:
    from tests.reliability.conftest import ServeFault

ME = CustomerIdentity1(shopid="1001")
CONNECTIONS = 4


def options(mock: BubblehouseMock, server: FaultyServer) -> dict[str, Any]:
    key = mock.keys[0]
    return {"shop": mock.shop, "key_id": key.key_id, "secret": key.secret, "base_url": server.base_url}


@pytest.fixture
def echo(serve: Serve) -> Server:
    """A server that takes a moment, and answers with the points that it was asked for."""
    moments = random.Random(5)  # noqa: S311 - the same in every run

    def handle(connection: socket.socket) -> None:
        while True:
            pts = receive(connection).partition(b'"pts":')[2].rstrip(b"}")
            body = b'{"code":"X","pts":%s,"amount":"1.000000","change_bhid":"b%s"}' % (pts, pts)
            head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
            time.sleep(moments.random() * 0.002)
            connection.sendall(head + body[:20])
            time.sleep(moments.random() * 0.002)
            connection.sendall(body[20:])

    return serve(handle)


# --- cancelling ---------------------------------------------------------------------------------------------------


def test_cancelled_calls_leave_the_pool_as_good_as_it_was(echo: Server) -> None:
    dice = random.Random(7)  # noqa: S311 - the same in every run
    outcomes: list[str] = []
    takes = 1.0  # seconds for an undisturbed call: moments to cancel at are drawn from it, so that any machine will do

    async def spend(client: AsyncLoyaltyClient, pts: int) -> None:
        result = await client.redeem_points_1(customer=ME, pts=pts)
        assert result.pts == pts, "another call's answer"

    async def cancelled(client: AsyncLoyaltyClient, pts: int) -> None:
        task = asyncio.create_task(spend(client, pts))
        await asyncio.sleep(dice.random() * 2 * takes)  # twice: some wait for a connection first
        task.cancel()
        try:
            await task
            outcomes.append("done")
        except asyncio.CancelledError:
            outcomes.append("cancelled")

    async def run() -> None:
        nonlocal takes
        transport = AsyncHttpx2Transport(max_connections=CONNECTIONS)
        client = AsyncLoyaltyClient(
            shop="my-shop", token="a.token", base_url=echo.url.partition("/v1")[0], transport=transport, timeout=20
        )
        numbers = iter(range(1, 10_000))
        await spend(client, next(numbers))  # the first call also sets up the connection
        for _ in range(60):  # twice as many as there are connections: some are cancelled while they wait for one
            start = time.perf_counter()
            await spend(client, next(numbers))
            takes = min(takes, time.perf_counter() - start)
            under_way = [cancelled(client, next(numbers)) for _ in range(2 * CONNECTIONS)]
            await asyncio.gather(spend(client, next(numbers)), *under_way)
        # Each connection can be had: as many calls as there are, all under way at once, and again.
        for _ in range(3):
            await asyncio.gather(*(spend(client, next(numbers)) for _ in range(2 * CONNECTIONS)))
        accepted = echo.accepted
        await asyncio.gather(*(spend(client, next(numbers)) for _ in range(CONNECTIONS)))
        assert echo.accepted == accepted  # on the connections that are there
        await transport.aclose()

    asyncio.run(run())
    assert outcomes.count("cancelled") > 100
    for _ in range(echo.accepted):  # none was leaked
        assert echo.finished.acquire(timeout=5)


# --- threads ------------------------------------------------------------------------------------------------------


def test_threads_share_a_client(echo: Server) -> None:
    base_url = echo.url.partition("/v1")[0]
    with LoyaltyClient(shop="my-shop", token="a.token", base_url=base_url) as client, ThreadPoolExecutor(16) as pool:
        answers = pool.map(lambda pts: client.redeem_points_1(customer=ME, pts=pts).change_bhid, range(1, 301))
        assert list(answers) == [f"b{pts}" for pts in range(1, 301)]
    assert echo.accepted <= 16


# --- fork ---------------------------------------------------------------------------------------------------------


def in_a_fork(work: Callable[[], object]) -> Callable[[], int]:
    """Start work in a forked process. Returns what waits for its end, and tells how it went."""
    child = os.fork()
    if child == 0:
        signal.alarm(10)  # or a deadlock would last for ever
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)

    def wait() -> int:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    return wait


@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_parent_and_child_both_go_on_after_a_fork(echo: Server) -> None:
    with LoyaltyClient(shop="my-shop", token="a.token", base_url=echo.url.partition("/v1")[0]) as client:

        def spend(first: int) -> None:
            for pts in range(first, first + 12):
                assert client.redeem_points_1(customer=ME, pts=pts).pts == pts

        spend(1)  # there is a connection now
        children = [in_a_fork(partial(spend, number * 1000)) for number in range(1, 4)]
        spend(100)
        assert [wait() for wait in children] == [0, 0, 0]
        spend(200)


@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_a_fork_while_another_thread_mints_a_token(
    mock: BubblehouseMock, serve_fault: "ServeFault", monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lock that a thread held is held for ever in the child, where that thread doesn't exist."""
    minting, go_on, sign, parent = threading.Event(), threading.Event(), Key.sign, os.getpid()

    def slow(key: Key, claims: dict[str, object]) -> str:
        if os.getpid() == parent:
            minting.set()
            go_on.wait(10)
        return sign(key, claims)

    monkeypatch.setattr(Key, "sign", slow)
    with LoyaltyClient(**options(mock, serve_fault(None))) as client, ThreadPoolExecutor(1) as pool:
        call = pool.submit(client.customer_balance_3, customer=ME)
        assert minting.wait(10)
        wait = in_a_fork(partial(client.customer_balance_3, customer=ME))
        code = wait()
        go_on.set()
        assert call.result(10).pts_available > 0
    assert code == 0


def test_a_fork_while_a_place_within_the_rate_limits_is_given_out(
    mock: BubblehouseMock, serve_fault: "ServeFault"
) -> None:
    with LoyaltyClient(**options(mock, serve_fault(None)), rate_limits=True) as client:
        limiter: Any = client._pacing._limiter  # noqa: SLF001 - no caller can be stopped at just that moment
        with limiter._lock:  # noqa: SLF001 - as said
            wait = in_a_fork(partial(client.customer_balance_3, customer=ME))
            assert wait() == 0


@pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
def test_forks_in_the_middle_of_calls(echo: Server) -> None:
    base_url = echo.url.partition("/v1")[0]
    with LoyaltyClient(shop="my-shop", token="a.token", base_url=base_url) as client, ThreadPoolExecutor(8) as pool:

        def spend(pts: int) -> None:
            assert client.redeem_points_1(customer=ME, pts=pts).pts == pts

        def in_the_child(number: int) -> None:
            for pts in range(number * 1000, number * 1000 + 5):
                spend(pts)
            client.close()

        calls = [pool.submit(spend, pts) for pts in range(1, 201)]
        children = []
        for number in range(1, 11):
            time.sleep(0.01)
            children.append(in_a_fork(partial(in_the_child, number)))
        for call in calls:
            call.result()
        assert [wait() for wait in children] == [0] * 10


# --- closing ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("given", [False, True], ids=["its own transport", "a given transport"])
def test_closing_is_idempotent(mock: BubblehouseMock, serve_fault: "ServeFault", kind: str, *, given: bool) -> None:
    caller = Caller(kind, options(mock, serve_fault(None)))

    def work(client: Any) -> Any:
        if kind == "sync":
            client.customer_balance_3(customer=ME)
            for _ in range(3):
                client.close()
            with pytest.raises(errors.ClientClosedError):
                client.customer_balance_3(customer=ME)
            return None

        async def run() -> None:
            await client.customer_balance_3(customer=ME)
            for _ in range(3):
                await client.aclose()
            with pytest.raises(errors.ClientClosedError):
                await client.customer_balance_3(customer=ME)

        return run()

    caller.run(work, **({"wire": {}} if given else {}))


@contextlib.contextmanager
def settled(outcomes: list[object]) -> Iterator[None]:
    try:
        yield
        outcomes.append("answered")
    except errors.BubblehouseError as error:
        outcomes.append(error)


def test_closing_while_threads_call(echo: Server) -> None:
    outcomes: list[object] = []
    base_url = echo.url.partition("/v1")[0]
    for _ in range(10):
        client = LoyaltyClient(shop="my-shop", token="a.token", base_url=base_url, timeout=3)

        def spend(pts: int, client: LoyaltyClient = client) -> None:
            with settled(outcomes):
                assert client.redeem_points_1(customer=ME, pts=pts).pts == pts

        with ThreadPoolExecutor(8) as pool:
            calls = [pool.submit(spend, pts) for pts in range(1, 33)]
            time.sleep(0.015)
            client.close()
        for call in calls:
            call.result()
    assert len(outcomes) == 320
    assert "answered" in outcomes
    assert any(isinstance(outcome, errors.ClientClosedError) for outcome in outcomes)


def test_closing_while_tasks_call(echo: Server) -> None:
    outcomes: list[object] = []

    async def run() -> None:
        client = AsyncLoyaltyClient(shop="my-shop", token="a.token", base_url=echo.url.partition("/v1")[0], timeout=3)

        async def spend(pts: int) -> None:
            with settled(outcomes):
                for more in range(20):
                    assert (await client.redeem_points_1(customer=ME, pts=pts + more)).pts == pts + more

        calls = [asyncio.create_task(spend(pts)) for pts in range(100, 1700, 100)]
        await asyncio.sleep(0.03)
        await client.aclose()
        await asyncio.gather(*calls)

    for _ in range(5):
        asyncio.run(run())
    assert len(outcomes) == 80
    assert any(isinstance(outcome, errors.BubblehouseError) for outcome in outcomes)


def test_a_call_that_waits_for_its_retry_is_told_that_the_client_was_closed(serve: Serve) -> None:
    def refuse(connection: socket.socket) -> None:
        receive(connection)
        connection.sendall(b"HTTP/1.1 429 No\r\nRetry-After: 0.3\r\nContent-Length: 0\r\n\r\n")

    answered = threading.Event()

    def note(attempt: Attempt, send: Callable[[Attempt], Response]) -> Response:
        try:
            return send(attempt)
        finally:
            answered.set()

    server = serve(refuse)
    base_url = server.url.partition("/v1")[0]
    client = LoyaltyClient(shop="my-shop", token="a.token", base_url=base_url, timeout=5, middleware=[note])
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(client.redeem_points_1, customer=ME, pts=5)
        assert answered.wait(5)
        client.close()
        assert isinstance(call.exception(), errors.ClientClosedError)
    assert server.accepted == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_connection_that_is_made_while_the_client_is_closed_is_not_left_open(
    echo: Server, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up, go_on, look_up = threading.Event(), threading.Event(), socket.getaddrinfo

    def slow(*arguments: Any, **more: Any) -> Any:
        looked_up.set()
        go_on.wait(5)
        return look_up(*arguments, **more)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    given: dict[str, Any] = {"shop": "my-shop", "token": "a.token", "timeout": 5}
    given["base_url"] = echo.url.partition("/v1")[0].replace("127.0.0.1", "localhost")
    outcomes: list[object] = []

    def blocking() -> None:
        client = LoyaltyClient(**given)
        with ThreadPoolExecutor(1) as pool, settled(outcomes):
            call = pool.submit(client.redeem_points_1, customer=ME, pts=5)
            assert looked_up.wait(5)
            client.close()
            go_on.set()
            call.result()

    async def waiting() -> None:
        client = AsyncLoyaltyClient(**given)
        call = asyncio.create_task(client.redeem_points_1(customer=ME, pts=5))
        assert await asyncio.to_thread(looked_up.wait, 5)
        await client.aclose()
        go_on.set()
        with settled(outcomes):
            await call
        await asyncio.sleep(0)  # asyncio closes a socket one turn later

    blocking() if kind == "sync" else asyncio.run(waiting())
    assert len(outcomes) == 1
    for _ in range(echo.accepted):
        assert echo.finished.acquire(timeout=2)
