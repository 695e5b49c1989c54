"""Whoever ends a run, and whenever: what it redeemed is given back, and the balance is as it was."""

import re
import signal
import time
from pathlib import Path

import pytest
from tests.contract.proof.figures import read
from tests.contract.proof.watch.owed import Debt, load, save
from tests.contract.verifying.conftest import SECRET, Start
from tests.contract.verifying.relay import Call, Relay, Speaker

from bubblehouse_loyalty import CustomerIdentity1, LoyaltyClient
from bubblehouse_mock import BubblehouseMock

_NO_CALL = "tests/contract/document/test_validity.py"

_ROUND_TRIP = "tests/contract/test_round_trip.py::test_points_are_redeemed_and_given_back[ShopToken-sync]"
_UNTIL_IT_ARRIVES = 0.5  # seconds; a run that is quicker would end by itself
_WRITES = ("--allow-writes", "--rate", "1000")
# The account's balance, and then the round trip's: balance, redemption, balance, undoing, balance.
_CALLS = ["CustomerBalance3", "CustomerBalance3", "RedeemPoints1", "CustomerBalance3", "Unredeem1", "CustomerBalance3"]
_MOMENTS = [
    (2, "after", signal.SIGTERM),
    pytest.param(2, "before", signal.SIGINT, marks=pytest.mark.deep),
    pytest.param(3, "before", signal.SIGINT, marks=pytest.mark.deep),
    pytest.param(4, "after", signal.SIGTERM, marks=pytest.mark.deep),
]


def _points(mock: BubblehouseMock) -> int:
    return sum(change.pts for change in mock.customers[0].changes)


@pytest.mark.parametrize(("call", "moment", "number"), _MOMENTS)
def test_points_are_given_back_when_a_run_is_ended(
    call: int,
    moment: str,
    number: signal.Signals,
    mock: BubblehouseMock,
    stranger: Relay,
    start: Start,
    reports: Path,
) -> None:
    before = _points(mock)
    process = start(_ROUND_TRIP, *_WRITES)

    def end(came: int, _function: str) -> None:
        if came == call:
            process.send_signal(number)
            time.sleep(_UNTIL_IT_ARRIVES)

    setattr(stranger, moment, end)
    output, _ = process.communicate(timeout=600)
    assert stranger.functions[: call + 1] == _CALLS[: call + 1], output
    assert process.returncode == 1
    assert output.endswith("verify: stopped\n")
    assert "Traceback" not in output
    assert _points(mock) == before
    assert not (reports / "owed.json").exists()


def test_the_next_run_gives_back_what_a_killed_one_owes(
    mock: BubblehouseMock, stranger: Relay, start: Start, reports: Path
) -> None:
    before = _points(mock)
    with LoyaltyClient(shop="demo-shop", key_id="demo-key-1", secret=SECRET, base_url=stranger.url) as client:
        owed = client.redeem_points_1(customer=CustomerIdentity1(shopid="1001"), pts=100)
    debt = Debt(stranger.url, "demo-shop", "1001", owed.change_bhid)
    save(reports / "owed.json", [debt])

    output, _ = start(_NO_CALL, "--rate", "1000").communicate(timeout=600)
    assert "an earlier run owes points" in output
    assert _points(mock) == before - 100

    output, _ = start(_NO_CALL, *_WRITES).communicate(timeout=600)
    assert _points(mock) == before, output
    assert not (reports / "owed.json").exists()


def test_a_redemption_whose_answer_is_lost_is_told(
    mock: BubblehouseMock, stranger: Relay, start: Start, reports: Path
) -> None:
    def lose(call: Call, speaker: Speaker) -> None:
        if call.function == "RedeemPoints1":
            speaker.close_connection = True
        else:
            speaker.repeat(call.truth)

    before = _points(mock)
    stranger.lie = lose
    process = start(_ROUND_TRIP, *_WRITES)
    output, _ = process.communicate(timeout=600)
    assert process.returncode == 1
    assert _points(mock) == before - 100
    told = "\n".join(failure.message for failure in read(reports / "contract.json").failures)
    assert "a redemption whose answer was lost of customer 1001" in told, output
    points = re.search(r"had (\d+) points to spend and (\d+) spent before the run, and (\d+) points .* and (\d+)", told)
    assert points is not None
    had, spent, has, spent_now = map(int, points.groups())
    assert (had - has, spent_now - spent) == (100, 100)
    assert load(reports / "owed.json") == [Debt(stranger.url, "demo-shop", "1001")]


def test_nothing_is_written_without_leave(mock: BubblehouseMock, stranger: Relay, start: Start) -> None:
    before = _points(mock)
    output, _ = start("tests/contract/test_error_matrix.py", "--rate", "1000").communicate(timeout=600)
    assert "contract, server and client agree" in output
    assert set(stranger.functions) == {"CustomerBalance3"}
    assert _points(mock) == before
