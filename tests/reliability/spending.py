"""Redemptions by the thousand while things go wrong, and the verdict of the ledger on what the callers were told."""

import asyncio
import itertools
import socket
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

import jwt
from tests.reliability.faults.catalogue import FAULTS, SLOW
from tests.reliability.faults.detour import NONE, AsyncDetour, Detour, Plan
from tests.reliability.faults.server import FaultyServer, plain_text, resetting
from tests.unit.runtime.sockets import Server

from bubblehouse.transport import AsyncHttpx2Transport, Httpx2Transport
from bubblehouse_loyalty import AsyncLoyaltyClient, CustomerIdentity1, LoyaltyClient, errors
from bubblehouse_mock import BubblehouseMock

if TYPE_CHECKING:
    from bubblehouse_mock.jsontext import JsonObject


REFUSED: Final = "refused connection"
RESET_AT_ONCE: Final = "reset before reading"
PLAIN_TEXT: Final = "plain text on the TLS port"
UNTRUSTED: Final = "untrusted certificate"
PLACES: Final = (REFUSED, RESET_AT_ONCE, PLAIN_TEXT, UNTRUSTED)
EVERY_FAULT: Final = (*FAULTS, *PLACES)

SEED: Final = 20_260_520
_TIMEOUT: Final = 2.0
_PATIENCE: Final = 0.4
_RARE: Final = ("gzip bomb", "50 MB", "endless")  # megabytes each time

ServerT = TypeVar("ServerT", bound=Server)
Call = tuple[str, int]
"""A redemption goes by its customer and its points: no customer spends the same number of points twice."""


def weights(among: Sequence[str]) -> dict[str, float]:
    """Weigh faults, so that a run takes seconds, what can be tried again often is, and half of all goes well."""

    def weight(name: str) -> float:
        if name.startswith(_RARE):
            return 0.05
        if name.startswith(SLOW):
            return 0.3
        return 1.0 if name.endswith("applying") else 3.0

    each = {name: weight(name) for name in among}
    return {**each, NONE: sum(each.values())}


@dataclass
class Shop:
    """A mock behind a server that goes wrong, and the places beside it where connections do.

    Attributes:
        base_url: Where clients are to call.
        server: The server.
    """

    customers: int
    calls_each: int
    mock: BubblehouseMock = field(default_factory=BubblehouseMock)

    def __post_init__(self) -> None:
        self.mock.configure(minimum_redemption=1, redemption_limit=None, rate_limits_enabled=False)
        for customer in self.ids:
            enough = self.calls_each * (self.calls_each + 1)  # twice what will be spent
            earned: JsonObject = {"type": "earned_from_order", "pts": enough, "at": "-1d"}
            self.mock.control.add_customer({"shopid": customer, "changes": [earned]})

    @property
    def ids(self) -> list[str]:
        return [f"spender-{number}" for number in range(self.customers)]

    def __enter__(self) -> Self:
        self._stack = ExitStack()
        self.server = self._started(FaultyServer(self.mock))
        resets, plain = self._started(Server(resetting)), self._started(Server(plain_text))
        tls = self._started(FaultyServer(self.mock, tls=True))
        closed = self._stack.enter_context(socket.socket())
        closed.bind(("127.0.0.1", 0))  # and doesn't listen
        self.detours = {
            REFUSED: f"http://127.0.0.1:{closed.getsockname()[1]}",
            RESET_AT_ONCE: resets.url.partition("/api")[0],
            PLAIN_TEXT: plain.url.partition("/api")[0].replace("http:", "https:"),
            UNTRUSTED: f"https://127.0.0.1:{tls.port}",
        }
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _started(self, server: ServerT) -> ServerT:
        self._stack.callback(server.stop)
        return server

    def applied(self) -> dict[Call, list[str]]:
        """Return the ids of every redemption that the ledger has."""
        found: dict[Call, list[str]] = {}
        for customer in self.ids:
            known = self.mock.state.by_shopid(customer)
            assert known is not None
            for change in known.changes:
                if change.type == "redeemed_towards_order":
                    found.setdefault((customer, -change.pts), []).append(change.bhid)
        return found


# --- what callers were told ---------------------------------------------------------------------------------------


@dataclass
class Told:
    """What each call came to."""

    returned: dict[Call, str] = field(default_factory=dict[Call, str])
    refused: dict[Call, str] = field(default_factory=dict[Call, str])
    unknown: dict[Call, str] = field(default_factory=dict[Call, str])
    stray: dict[Call, str] = field(default_factory=dict[Call, str])
    mixed_up: list[Call] = field(default_factory=list[Call])

    def answer(self, call: Call, output: Any) -> None:
        if output.pts != call[1]:
            self.mixed_up.append(call)
        self.returned[call] = output.change_bhid

    def error(self, call: Call, error: Exception) -> None:
        if isinstance(error, errors.OutcomeUnknownError):
            self.unknown[call] = type(error.reason).__name__
        elif isinstance(error, errors.CallError):
            self.refused[call] = type(error).__name__
        else:
            self.stray[call] = repr(error)

    def __add__(self, other: "Told") -> "Told":
        return Told(
            self.returned | other.returned,
            self.refused | other.refused,
            self.unknown | other.unknown,
            self.stray | other.stray,
            self.mixed_up + other.mixed_up,
        )


@dataclass
class Verdict:
    """What the ledger says of it. Everything but the counts must be empty."""

    twice: list[Call]
    lost: list[Call]
    denied: list[Call]
    mixed_up: list[Call]
    stray: dict[Call, str]
    from_nowhere: list[Call]
    counts: dict[str, int]

    @property
    def flaws(self) -> dict[str, object]:
        """Everything that must not be."""
        return {name: value for name, value in vars(self).items() if value and name != "counts"}


def judge(told: Told, applied: Mapping[Call, Sequence[str]]) -> Verdict:
    """Hold what callers were told against the ledger."""
    every = told.returned.keys() | told.refused.keys() | told.unknown.keys() | told.stray.keys()
    return Verdict(
        twice=[call for call, changes in applied.items() if len(changes) > 1],
        lost=[call for call, bhid in told.returned.items() if bhid not in applied.get(call, ())],
        denied=[call for call in told.refused if call in applied],
        mixed_up=told.mixed_up,
        stray=told.stray,
        from_nowhere=[call for call in applied if call not in every],
        counts={
            "redemptions": len(every),
            "returned": len(told.returned),
            "refused": len(told.refused),
            "unknown": len(told.unknown),
            "unknown and applied": len(told.unknown.keys() & applied.keys()),
            "applied": len(applied),
            "applied twice": sum(len(changes) > 1 for changes in applied.values()),
            "lost": sum(call not in applied for call in told.returned),
        },
    )


# --- the callers --------------------------------------------------------------------------------------------------


def tokens(shop: Shop) -> Callable[[], str]:
    """Return a token callable whose tokens are all different, so that one that is refused can be renewed."""
    numbers = itertools.count()
    key = shop.mock.keys[0]

    def mint() -> str:
        now = int(time.time())
        claims = {"aud": "BH", "sub": shop.mock.shop, "iat": now - 30, "exp": now + 300, "jti": str(next(numbers))}
        return jwt.encode(claims, key.secret_bytes, algorithm="HS256", headers={"kid": key.key_id})

    return mint


def spend_in_threads(shop: Shop, plan: Plan, calls: Iterable[Call], threads: int, **options: Any) -> Told:
    """Redeem from many threads that share one pool."""
    told = Told()
    transport = Detour(Httpx2Transport(max_response_bytes=1_000_000), plan, _PATIENCE)
    key = shop.mock.keys[0]
    given: dict[str, Any] = {"key_id": key.key_id, "secret": key.secret, "timeout": _TIMEOUT, **options}
    client = LoyaltyClient(shop=shop.mock.shop, base_url=shop.server.base_url, transport=transport, **given)
    of = {customer: client.for_customer(customer) for customer in shop.ids}
    queue = iter(list(calls))  # a list's iterator is safe between threads; a generator is not

    def work() -> None:
        for call in queue:
            try:
                told.answer(call, of[call[0]].redeem_points_1(pts=call[1]))
            except Exception as error:  # noqa: BLE001 - judged later
                told.error(call, error)

    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(work) for _ in range(threads)]:
            done.result()
    transport.close()
    return told


def spend_in_tasks(shop: Shop, plan: Plan, calls: Iterable[Call], tasks: int, **options: Any) -> Told:
    """Redeem from many tasks that share one client."""
    told = Told()

    queue = iter(calls)

    async def work(client: AsyncLoyaltyClient) -> None:
        for call in queue:
            customer = CustomerIdentity1(shopid=call[0])
            try:
                told.answer(call, await client.redeem_points_1(customer=customer, pts=call[1]))
            except Exception as error:  # noqa: BLE001 - judged later
                told.error(call, error)

    async def run() -> None:
        transport = AsyncDetour(AsyncHttpx2Transport(max_response_bytes=1_000_000), plan, _PATIENCE)
        given: dict[str, Any] = {"token": tokens(shop), "timeout": _TIMEOUT, **options}
        client = AsyncLoyaltyClient(shop=shop.mock.shop, base_url=shop.server.base_url, transport=transport, **given)
        async with asyncio.TaskGroup() as group:
            for _ in range(tasks):
                group.create_task(work(client))
        await transport.aclose()

    asyncio.run(run())
    return told


def spend(shop: Shop, faults: Sequence[str], *, threads: int, tasks: int, **options: Any) -> tuple[Verdict, Told]:
    """Let every customer spend every number of points once, half of them from threads and half from tasks.

    Returns:
        The ledger's verdict, and what the callers were told.
    """
    plan = Plan(SEED, weights(faults), shop.detours)
    calls = [(customer, pts) for pts in range(1, shop.calls_each + 1) for customer in shop.ids]
    with ThreadPoolExecutor(2) as pool:
        blocking = pool.submit(spend_in_threads, shop, plan, calls[::2], threads, **options)
        waiting = pool.submit(spend_in_tasks, shop, plan, calls[1::2], tasks, **options)
        told = blocking.result() + waiting.result()
    return judge(told, shop.applied()), told
