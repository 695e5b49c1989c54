"""Requests that are almost right, by the ten thousand: each is answered as documented, and nothing else happens."""

import gc
import json
import mmap
import time
from collections import Counter
from pathlib import Path
from typing import Any, Final, TypeAlias

import pytest
from tests.unit.mock.fuzzing import Fuzzer

from bubblehouse_mock.clock import FrozenClock
from bubblehouse_mock.messages import Request, Response
from bubblehouse_mock.mock import BubblehouseMock

REQUESTS: Final = 10_000  # of each round
SLOWEST: Final = 5.0  # seconds for one answer; the slowest ones take some hundredths
GROWTH: Final = 6 * 1024 * 1024  # bytes by which memory may grow over the second half

# How far a request came, by the ids that stop it there. What passed all of it is an answer of a rule.
STAGES: Final = {
    "path": {
        "unknown_function",
        "method_not_allowed",
        "invalid_global_api_version",
        "obsolete_global_api_version",
        "inaccessible_global_api_version",
    },
    "token": {"invalid_token"},
    "rate limit": {"rate_limit_exceeded"},
    "input": {"invalid_request", "request_too_large", "unsupported_media_type"},
    "customer": {
        "missing_customer_identity",
        "empty_customer_identity",
        "no_customers_match_customer_identity",
        "customer_identity_does_not_match_token",
        "customer_identity_partially_mismatches_matched_customer",
    },
}
# Of all requests, at least so many stop at each stage, and at most the rest comes to a rule.
LEAST: Final = {
    "path": 0.03,
    "token": 0.1,
    "rate limit": 0.005,
    "input": 0.1,
    "customer": 0.05,
    "refused": 0.05,
    "200": 0.15,
}

Books: TypeAlias = list[tuple[int, ...]]


def books(mock: BubblehouseMock) -> Books:
    """Return what each customer has: all that a call could change."""
    return [
        (
            len(it.ledger.changes),
            it.ledger.earned,
            it.ledger.redeemed,
            it.ledger.expired,
            len(it.coupons),
            sum(owned.remaining_uses or 0 for owned in it.achievements),
        )
        for it in mock.customers
    ]


def check_books(request: Request, body: dict[str, Any], before: Books, after: Books) -> None:
    """See that a success changed what it says, and nothing else."""
    function = request.path.rpartition(b"/")[2].decode()
    changes = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    if function == "CustomerBalance3":
        assert changes == []
        return
    ((old, new),) = changes
    spent, given = new[2] - old[2], new[0] - old[0]
    if function == "RedeemPoints1":
        assert (spent, given) == (body["pts"], 1)
    elif function == "Unredeem1":
        assert (spent, given) == (-body["pts"], 1)
    else:
        assert (spent, given) == (0, 0)


def stage_of(response: Response, body: dict[str, Any]) -> str:
    if response.status == 200:
        return "200"
    return next((stage for stage, ids in STAGES.items() if body["id"] in ids), "refused")


@pytest.fixture
def generous(mock: BubblehouseMock) -> BubblehouseMock:
    """A shop in which much is allowed, but not all at once."""
    settings: dict[str, Any] = {
        "minimum_redemption": 10,
        "redemption_limit": None,
        "rate_limits_enabled": True,
        "rate_limit_delay": 0,
        "rate_limits": {kind: {"per_day": {"customer": 10**6}} for kind in ("read", "write")},
    }
    mock.configure(**settings)
    return mock


def play(mock: BubblehouseMock, clock: FrozenClock, seed: int) -> tuple[Counter[str], float]:
    """Send the requests of one round. Return where they ended, and how long the slowest answer took."""
    fuzzer, stages, slowest = Fuzzer(mock, seed), Counter[str](), 0.0
    before = books(mock)
    for _ in range(REQUESTS):
        request = fuzzer.request()
        start = time.perf_counter()
        response = mock.handle(request, control=None)
        slowest = max(slowest, time.perf_counter() - start)
        body = json.loads(response.body)
        after = books(mock)
        if response.status == 200:
            check_books(request, body, before, after)
            fuzzer.redemptions.extend([body["change_bhid"]] if "change_bhid" in body else [])
        else:
            assert 400 <= response.status < 500
            assert after == before
        before = after
        stages[stage_of(response, body)] += 1
        clock.advance(seconds=0.2)
    return stages, slowest


def resident() -> int:
    """Return the bytes of memory that the process holds; 0 where that can't be told."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * mmap.PAGESIZE
    except OSError:
        return 0


@pytest.mark.parametrize("rounds", [2, pytest.param(10, marks=pytest.mark.deep)])
def test_requests_by_the_ten_thousand(generous: BubblehouseMock, clock: FrozenClock, rounds: int) -> None:
    stages, slowest, held = Counter[str](), 0.0, list[int]()
    state = generous.control.state()
    for seed in range(rounds):
        ended, took = play(generous, clock, seed)
        stages, slowest = stages + ended, max(slowest, took)
        generous.control.load(state)
        gc.collect()
        held.append(resident())
    assert stages.total() == rounds * REQUESTS
    shares = {stage: stages[stage] / stages.total() for stage in LEAST}
    assert all(share >= LEAST[stage] for stage, share in shares.items()), shares
    assert slowest < SLOWEST
    assert held[-1] - held[rounds // 2 - 1] < GROWTH


def test_the_same_seed_makes_the_same_requests(mock: BubblehouseMock) -> None:
    first, second = (Fuzzer(mock, 7) for _ in range(2))
    assert [first.request() for _ in range(500)] == [second.request() for _ in range(500)]
