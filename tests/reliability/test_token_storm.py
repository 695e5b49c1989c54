"""However many ask at once, one token is minted; whatever the clocks say, a refused one is replaced once."""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import jwt
import pytest
from tests.reliability.caller import KINDS, Caller
from tests.reliability.paths import Scripted

from bubblehouse.flow import Timing
from bubblehouse.tokens import Key
from bubblehouse.transport import Request, Response
from bubblehouse_loyalty import AsyncLoyaltyClient, CustomerIdentity1, LoyaltyClient, errors
from bubblehouse_mock import BubblehouseMock
from bubblehouse_mock.clock import FrozenClock

MANY = 64
ME = CustomerIdentity1(shopid="1001")
NOW = 1_800_000_000.0
SECRET = "YSBzZWNyZXQgZm9yIHRlc3RzIHRoYXQgaXMgbG9uZyBlbm91Z2g="


@dataclass
class Clock:
    now: float = NOW

    def read(self) -> float:
        return self.now

    @property
    def timing(self) -> Timing:
        return Timing(time=self.read, jitter=lambda: 0.0)


@dataclass
class Counted:
    """Counts what is signed, and takes its time over it."""

    signed: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    counter, sign = Counted(), Key.sign

    def slow(key: Key, claims: dict[str, object]) -> str:
        with counter.lock:
            counter.signed += 1
        time.sleep(0.02)
        return sign(key, claims)

    monkeypatch.setattr(Key, "sign", slow)
    return counter


@dataclass
class Server:
    """Answers who has a good token, notes every token, and refuses those that it is told to."""

    refused: set[str] = field(default_factory=set[str])
    came: list[str] = field(default_factory=list[str])

    def answer(self, request: Request) -> Response:
        token = dict(request.headers)["Authorization"].removeprefix("Bearer ")
        self.came.append(token)
        if token in self.refused:
            return Response(401, (), b'{"id": "invalid_token", "message": "No"}')
        return Response(200, (), b'{"code": "", "pts": 5, "amount": "1.000000", "change_bhid": "1"}')


def many(kind: str, server: Server, clock: Clock, between: Callable[[], None] = lambda: None, rounds: int = 1) -> None:
    """Let as many threads or tasks as there are call at once, in rounds, on one client."""
    options: dict[str, Any] = {"shop": "my-shop", "key_id": "key-1", "secret": SECRET, "timing": clock.timing}
    transport = Scripted(kind == "async", server.answer)
    if kind == "sync":
        client = LoyaltyClient(transport=transport, **options)
        together = threading.Barrier(MANY)

        def spend(_: int) -> None:
            together.wait()
            client.redeem_points_1(customer=ME, pts=5)

        with ThreadPoolExecutor(MANY) as pool:
            for _ in range(rounds):
                list(pool.map(spend, range(MANY)))
                between()
        return

    async def run() -> None:
        client = AsyncLoyaltyClient(transport=transport, **options)
        for _ in range(rounds):
            await asyncio.gather(*(client.redeem_points_1(customer=ME, pts=5) for _ in range(MANY)))
            between()

    asyncio.run(run())


@pytest.mark.parametrize("kind", KINDS)
def test_a_cold_and_an_expired_cache_mint_once_each(kind: str, counted: Counted) -> None:
    server, clock = Server(), Clock()

    def expire() -> None:
        clock.now += 400

    many(kind, server, clock, between=expire, rounds=3)
    assert counted.signed == 3
    assert len(set(server.came)) == 3
    assert len(server.came) == 3 * MANY


@pytest.mark.parametrize("kind", KINDS)
def test_a_refused_token_is_replaced_once_for_all(kind: str, counted: Counted) -> None:
    server, clock = Server(), Clock()

    def refuse() -> None:
        server.refused = set(server.came)
        clock.now += 5  # a token of the same second would be the same token

    many(kind, server, clock, between=refuse, rounds=2)
    assert counted.signed == 2
    assert len(server.came) == MANY + 2 * MANY  # refused, and then with the new one


@pytest.mark.parametrize("kind", KINDS)
def test_a_call_asks_for_one_new_token_and_not_for_two(kind: str, counted: Counted) -> None:
    clock, came = Clock(), []

    def refuse(request: Request) -> Response:
        came.append(dict(request.headers)["Authorization"])
        clock.now += 5
        return Response(401, (), b'{"id": "invalid_token"}')

    options: dict[str, Any] = {"shop": "my-shop", "key_id": "key-1", "secret": SECRET, "timing": clock.timing}
    for name in ("redeem_points_1", "customer_balance_3"):
        came.clear()
        error = Caller(kind, options).error(name, transport=Scripted(kind == "async", refuse), max_retries=9)
        assert isinstance(error, errors.InvalidTokenError)
        assert error.attempts == len(came) == len(set(came)) == 2
    assert counted.signed == 4


# --- clocks -------------------------------------------------------------------------------------------------------


def at(moment: float) -> FrozenClock:
    return FrozenClock(datetime.fromtimestamp(moment, UTC))


@pytest.mark.parametrize(
    ("skew", "accepted"), [(0, True), (-29, True), (250, True), (-3600, False), (3600, False)], ids=str
)
@pytest.mark.parametrize("kind", KINDS)
def test_a_server_whose_clock_differs(kind: str, skew: float, *, accepted: bool) -> None:
    """A server that is behind would call a token of its future invalid; one that is ahead sees it expire sooner."""
    clock, mock = Clock(), BubblehouseMock(clock=at(NOW + skew), strict=True)
    transport = mock.transport() if kind == "sync" else mock.async_transport()
    caller = Caller(kind).of(mock, transport=transport, base_url=mock.base_url, timing=clock.timing)
    if accepted:
        assert caller.call("customer_balance_3").pts_available > 0
    else:
        error = caller.error("customer_balance_3")
        assert isinstance(error, errors.InvalidTokenError)
        assert error.attempts == 1  # a new token of the same second would be the same one


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("leap", [-86_400.0, -1.0, 1.0, 86_400.0])
def test_a_clock_that_leaps(kind: str, leap: float) -> None:
    """Each call's token is good at the moment that the clock says it is."""
    clock, server = Clock(), Server()

    def move() -> None:
        clock.now += leap
        claims = jwt.decode(server.came[-1], options={"verify_signature": False})
        moments.append((claims["iat"], clock.now - leap, claims["exp"]))

    moments: list[tuple[float, float, float]] = []
    many(kind, server, clock, between=move, rounds=3)
    assert all(issued <= now < expires for issued, now, expires in moments)
