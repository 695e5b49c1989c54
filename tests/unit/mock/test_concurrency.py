"""Points never appear or vanish, however many threads redeem and undo at once."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any

import pytest

from bubblehouse_mock.messages import Request
from bubblehouse_mock.mock import BubblehouseMock

THREADS, ROUNDS, START = 16, 120, 5_000


@pytest.fixture
def post(mock: BubblehouseMock, mint: Callable[..., str]) -> Callable[[str, dict[str, Any]], tuple[int, Any]]:
    """Call with one shop token; as little as possible beside the mock itself."""
    headers = (("authorization", f"Bearer {mint()}"), ("content-type", "application/json"))

    def post(function: str, body: dict[str, Any]) -> tuple[int, Any]:
        path = f"/api/v2023061/demo-shop/{function}".encode()
        response = mock.handle(Request(method="POST", path=path, headers=headers, body=json.dumps(body).encode()))
        return response.status, json.loads(response.body)

    return post


@pytest.mark.parametrize("provisional", [False, True])
def test_the_ledger_adds_up(
    mock: BubblehouseMock, post: Callable[[str, dict[str, Any]], tuple[int, Any]], *, provisional: bool
) -> None:
    mock.configure(minimum_redemption=1, redemption_limit=None, provisional_redemptions=provisional)
    mock.control.add_customer(
        {"shopid": "hammered", "changes": [{"type": "earned_from_order", "pts": START, "at": "-1d"}]}
    )
    customer = {"customer": {"shopid": "hammered"}}
    given: list[str] = []
    undone: list[str] = []
    together = threading.Barrier(THREADS)

    def hammer(seed: int) -> None:
        random = Random(seed)  # noqa: S311 - a repeatable mixture of calls
        together.wait()
        for _ in range(ROUNDS):
            if random.random() < 0.6:
                status, answer = post("RedeemPoints1", {**customer, "pts": random.randint(1, 900)})
                assert status == 200 or answer["id"] == "insufficient_points"
                if status == 200:
                    given.append(answer["change_bhid"])
            elif given:
                bhid = random.choice(given)
                status, answer = post("Unredeem1", {**customer, "change_bhid": bhid})
                assert status == 200 or answer["id"] == "change_already_reverted"
                if status == 200:
                    undone.append(bhid)

    with ThreadPoolExecutor(THREADS) as pool:
        for outcome in [pool.submit(hammer, seed) for seed in range(THREADS)]:
            outcome.result()

    hammered = mock.state.by_shopid("hammered")
    assert hammered is not None
    ledger, changes = hammered.ledger, hammered.changes
    running = 0
    for change in changes:
        running += change.pts
        assert running >= 0
    assert running == ledger.available(changes[-1].at)
    assert ledger.available(changes[-1].at) == ledger.earned - ledger.redeemed - ledger.expired
    assert len({change.bhid for change in changes}) == len(changes)
    assert len(set(given)) == len(given)
    assert len(set(undone)) == len(undone)
    taken = {it.bhid: -it.pts for it in changes if it.type == "redeemed_towards_order"}
    reverted = [it.reverts for it in changes if it.reverts is not None]
    assert set(taken) == set(given)
    assert len(set(reverted)) == len(reverted)
    assert set(undone) <= set(reverted)
    assert running == START - sum(pts for bhid, pts in taken.items() if bhid not in set(reverted))
    unused = [it for it in hammered.coupons if it.status == "unused"]
    assert {it.change_bhid for it in unused} == set(taken) - set(reverted)
    assert len(unused) <= 1 or not provisional


def test_uses_of_an_achievement_are_not_handed_out_twice(
    mock: BubblehouseMock, post: Callable[[str, dict[str, Any]], tuple[int, Any]]
) -> None:
    mock.control.add_achievement("1002", {"achievement": "20b31881b3000140", "remaining_uses": 50})
    use = {"customer": {"shopid": "1002"}, "achievement_bhid": "20b31881b3000140"}
    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(lambda _: post("UseAchievementDiscount1", use), range(200)))
    codes = [answer["code"] for status, answer in answers if status == 200]
    assert len(codes) == len(set(codes)) == 50
