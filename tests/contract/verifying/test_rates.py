"""A stranger's run keeps to the documented rate limits: the stranger's own journal says so."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from tests.contract.proof.server import mock_process
from tests.contract.proof.target import Pace
from tests.contract.proof.watch.exchange import Exchange
from tests.contract.proof.watch.guard import Guard
from tests.contract.proof.watch.tap import RefusedError
from tests.contract.verifying.conftest import CREDENTIALS, JOB, ROOT

from bubblehouse.transport import Httpx2Transport, Request

_TOKEN = "for the journal alone"
_ROUND_TRIP = "tests/contract/test_round_trip.py"
_SECOND = 1.0


class Journal:
    """What a mock remembers, read with the token of its control plane. Who hasn't the token finds a stranger."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self._transport = Httpx2Transport()

    def ask(self, method: str, place: str, body: object = None) -> Any:
        headers = (("Authorization", f"Bearer {_TOKEN}"), ("Content-Type", "application/json"))
        url = self.base_url.removesuffix("/api") + "/__mock__/" + place
        content = b"" if body is None else json.dumps(body).encode()
        response = self._transport.send(Request(method, url, headers, content), timeout=10)
        assert response.status == 200, response.content
        return json.loads(response.content)


@pytest.fixture
def journal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Journal]:
    monkeypatch.setenv("BUBBLEHOUSE_MOCK_CONTROL_TOKEN", _TOKEN)
    with mock_process() as url:
        journal = Journal(url)
        # Whoever is too fast is refused at once, not delayed.
        settings = {"rate_limits_enabled": True, "rate_limit_delay": 0}
        journal.ask("PATCH", "shops/demo-shop/settings", settings)
        yield journal


def test_another_process_with_limits_is_never_called_too_often(journal: Journal, tmp_path: Path) -> None:
    run = subprocess.run(
        [
            sys.executable,
            "-c",
            JOB,
            tmp_path,
            _ROUND_TRIP,
            "--url",
            journal.base_url,
            "--shop=demo-shop",
            "--allow-writes",
        ],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if "MOCK" not in name} | CREDENTIALS,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert run.returncode == 0, run.stdout
    entries = journal.ask("GET", "journal?limit=1000")
    calls = [entry for entry in entries if entry["operation"] is not None]  # not those that ask whether it is there
    assert len(calls) > 20
    assert {call["answer"]["status"] for call in calls} == {200}
    moments = sorted(datetime.fromisoformat(call["at"]).timestamp() for call in calls)
    assert [third - first for first, third in zip(moments, moments[2:], strict=False) if third - first < _SECOND] == []
    assert {call["operation"] for call in calls} == {"CustomerBalance3", "RedeemPoints1", "Unredeem1"}


def _guard(pace: float = 0.0, longest: float = 60.0) -> Guard:
    kinds = {"CustomerBalance3": "read", "RedeemPoints1": "write"}
    return Guard(Pace(pace), {"read": 3, "write": 1}, kinds.__getitem__, longest)


def _call(function: str = "CustomerBalance3", status: int | None = 200) -> Exchange:
    return Exchange("POST", f"http://shop.test/api/v1/shop/{function}", (), b"", status, problem="it was silent")


def test_no_more_calls_are_sent_than_a_day_has() -> None:
    guard = _guard()
    for _ in range(3):
        guard.admit(_call())
    with pytest.raises(RefusedError, match="limit is 3 reads a day"):
        guard.admit(_call())
    with pytest.raises(RefusedError, match="given up"):
        guard.admit(_call("RedeemPoints1"))


@pytest.mark.parametrize("statuses", [[None] * 3, [None, 200] * 10])
def test_a_server_that_falls_silent_is_given_up(statuses: list[int | None]) -> None:
    guard = Guard(Pace(), {}, lambda _: "read")
    for status in statuses:
        guard.note(_call(status=status))
    with pytest.raises(RefusedError, match="no complete answer, the last one because of it was silent"):
        guard.admit(_call())


def test_a_server_that_is_silent_at_times_is_not() -> None:
    guard = Guard(Pace(), {}, lambda _: "read")
    for status in [None, None, 200] * 4:
        guard.note(_call(status=status))
    guard.admit(_call())


def test_a_run_ends_after_its_time() -> None:
    with pytest.raises(RefusedError, match="took longer"):
        _guard(longest=-1.0).admit(_call())


def test_calls_are_kept_apart() -> None:
    guard, began = _guard(pace=0.05), time.monotonic()
    for _ in range(3):
        guard.admit(_call())
    assert time.monotonic() - began >= 2 * 0.05
