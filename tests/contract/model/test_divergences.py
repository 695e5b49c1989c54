"""The layer itself: a server that is broken on purpose is found out, and the story of it is short and can be read."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.contract.model.conftest import Play
from tests.contract.model.story import DivergenceError
from tests.contract.proof.control import in_process
from tests.contract.proof.provoke import AlteringTransport, AsyncAlteringTransport
from tests.contract.proof.target import Target

from bubblehouse.transport import Request, Response
from bubblehouse_mock.state import Ownership
from bubblehouse_mock.state.ledger import Ledger

_ROOT = Path(__file__).parents[3]
_STORIES = 20
_PATIENCE = 300.0  # seconds, far more than it takes: it ends by itself
_SHORT = 10  # lines
_BEGINNING = "server and model disagree at the last step:"

Change = Callable[[dict[str, Any]], None]


def _lying(target: Target, change: Change) -> Target:
    """Return a server whose answers are changed on their way."""

    def alter(response: Response) -> Response:
        data = json.loads(response.content)
        change(data)
        return response._replace(content=json.dumps(data).encode())

    def untouched(request: Request) -> Request:
        return request

    return replace(
        target,
        connect=lambda: AlteringTransport(untouched, alter, target.connect()),
        connect_async=lambda: AsyncAlteringTransport(untouched, alter, target.connect_async()),
    )


def _one_point_more(data: dict[str, Any]) -> None:
    if "change_bhid" in data:
        data["pts"] += 1


def _another_id(data: dict[str, Any]) -> None:
    if data.get("id") == "change_already_reverted":
        data["id"] = "invalid_redemption_for_unredeem"


def _five_decimals(data: dict[str, Any]) -> None:
    if "amount" in data:
        data["amount"] = data["amount"][:-1]


def _no_answer(data: dict[str, Any]) -> None:
    if "change_bhid" in data:
        raise RuntimeError("the server fell over")


def _told(play: Play, target: Target) -> list[str]:
    with pytest.raises(DivergenceError) as caught:
        play(target, 1, _STORIES, patience=_PATIENCE)
    return str(caught.value).splitlines()


@pytest.mark.parametrize(
    ("change", "last", "said"),
    [
        pytest.param(_one_point_more, "RedeemPoints1", "- pts: expected", id="one point more"),
        pytest.param(_another_id, "Unredeem1", "- another error id: invalid_redemption_for_unredeem", id="another id"),
        pytest.param(_no_answer, "RedeemPoints1", "- it was not answered", id="no answer"),
        pytest.param(_five_decimals, "RedeemPoints1", "- the contract's schema:", id="five decimals"),
    ],
)
def test_a_lie_becomes_a_short_story(change: Change, last: str, said: str, play: Play) -> None:
    with in_process() as target:
        lines = _told(play, _lying(target, change))
    expected = next(index for index, line in enumerate(lines) if line.startswith("     expected: "))
    assert lines[0] == _BEGINNING
    assert last in lines[expected - 1]
    assert lines[expected + 1].startswith("     came:     ")
    assert any(line.strip().startswith(said) for line in lines[expected + 2 :]), lines
    assert len(lines) <= _SHORT, "\n".join(lines)


@pytest.mark.parametrize(
    ("of", "method", "broken"),
    [
        pytest.param(Ledger, "redeemed_since", lambda *_, **__: 0, id="limits that count nothing"),
        pytest.param(Ledger, "pending", lambda *_: 0, id="points that need no time"),
        pytest.param(Ownership, "is_active", lambda *_: True, id="achievements without end"),
    ],
)
def test_a_broken_rule_becomes_a_short_story(
    of: type, method: str, broken: Callable[..., object], play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(of, method, broken)
    with in_process() as target:
        lines = _told(play, target)
    assert lines[0] == _BEGINNING
    assert len(lines) <= _SHORT, "\n".join(lines)


def test_the_same_seed_tells_the_same_stories(play: Play) -> None:
    with in_process() as target:
        assert play(target, 7, 3) == play(target, 7, 3)


def test_what_was_not_reached_is_known(play: Play) -> None:
    with in_process() as target:
        figures = play(target, 1, 1, steps=1)
    assert "RedeemPoints1: provisional code → replaced" in figures.unreached
    assert "Unredeem1 422 change_already_reverted" in figures.unreached


def test_the_reference_knows_nothing_of_the_mock() -> None:
    program = (
        "import sys; from tests.contract.model.reference import ledger; "
        "print([name for name in sys.modules if name.startswith('bubblehouse')])"
    )
    told = subprocess.run([sys.executable, "-c", program], cwd=_ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
