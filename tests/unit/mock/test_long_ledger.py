"""A customer with a long history is as quick to serve as a new one: counted in lines that run, not in seconds."""

import gc
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from bubblehouse_mock.mock import BubblehouseMock

Tool = Callable[..., Any]

LONG, SHORT = 4000, 4


def history(length: int) -> list[Any]:
    """Points that mature one after the other, and a redemption after each."""
    return [{"type": "earned_from_order", "pts": 10_000, "at": "-300d"}] + [
        change
        for n in range(length)
        for change in (
            {"type": "earned_from_order", "pts": 2, "at": f"-{length - n}m", "available_at": f"{n - length // 2:+}m"},
            {"type": "redeemed_towards_order", "pts": -1, "at": f"-{length - n}m", "bhid": f"{length}-{n}"},
        )
    ]


def codes(length: int) -> list[Any]:
    """A used code for every redemption but the last, which is provisional."""
    code = {"type": "points", "desc": "", "since": "-1d", "pts": 1}
    used = [{**code, "code": f"U{length}-{n}", "change_bhid": f"{length}-{n}", "status": "used"} for n in range(length)]
    return [*used[:-1], {**used[-1], "status": "unused", "provisional": True}]


@pytest.fixture
def served(mock: BubblehouseMock, call: Tool) -> Callable[[str, int, dict[str, Any]], int]:
    """Call a function about the customer with a history of some length, and return how many lines of Python ran."""
    mock.configure(
        minimum_redemption=1, provisional_redemptions=True, redemption_limit={"total": 50_000, "period": "yearly"}
    )
    for length in (SHORT, LONG):
        mock.control.add_customer({"shopid": str(length), "changes": history(length), "coupons": codes(length)})

    def served(function: str, length: int, body: dict[str, Any]) -> int:
        lines = 0

        def count(_frame: FrameType, event: str, _argument: object) -> Any:
            nonlocal lines
            lines += event == "line"
            return count

        before = sys.gettrace()
        sys.settrace(count)
        try:
            answer = call(function, {"customer": {"shopid": str(length)}, **body})
        finally:
            sys.settrace(before)
        assert answer.status == 200, answer.body
        return lines

    return served


@pytest.mark.parametrize("function", ["RedeemPoints1", "CustomerBalance3"])
def test_no_more_work_than_for_a_new_customer(served: Callable[[str, int, dict[str, Any]], int], function: str) -> None:
    body = {"pts": 100} if function == "RedeemPoints1" else {}
    served(function, SHORT, body)  # what is loaded on first use doesn't count
    short, long = served(function, SHORT, body), served(function, LONG, body)
    assert long < short * 1.25


def test_undoing_an_old_redemption_is_no_more_work(
    served: Callable[[str, int, dict[str, Any]], int], mock: BubblehouseMock
) -> None:
    for length in (SHORT, LONG):
        mock.control.set_code(f"U{length}-0", {"status": "unused"})
        mock.control.set_code(f"U{length}-1", {"status": "unused"})
    served("Unredeem1", SHORT, {"change_bhid": f"{SHORT}-1"})
    short = served("Unredeem1", SHORT, {"change_bhid": f"{SHORT}-0"})
    assert served("Unredeem1", LONG, {"change_bhid": f"{LONG}-0"}) < short * 1.25


def test_redemptions_leave_nothing_to_look_through_for_garbage(mock: BubblehouseMock, call: Tool) -> None:
    """Or the collector's pauses, which grow with what is there, would be in every hundredth call of a busy shop."""
    mock.configure(redemption_limit=None)
    mock.control.add_customer({"shopid": "busy", "changes": history(1)})
    body = {"customer": {"shopid": "busy"}, "pts": 100}

    def tracked_after(calls: int) -> int:
        answers = {call("RedeemPoints1", body).status for _ in range(calls)}
        assert answers == {200}
        mock.control.clear_journal()
        gc.collect()
        return len(gc.get_objects())

    start = tracked_after(5)
    assert tracked_after(40) < start + 20
