"""The clock of the shops: stopped, put forward, and what follows from it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from bubblehouse_mock.clock import AdjustableClock, FrozenClock

Tool = Callable[..., Any]


def test_stands_still_from_a_moment_on(control: Tool, clock: FrozenClock) -> None:
    assert control("clock").body == {"now": "2026-05-20T12:00:00Z", "frozen": False}
    assert control("clock/freeze", {"at": "2026-06-01T00:00:00+02:00"}).body == {
        "now": "2026-05-31T22:00:00Z",
        "frozen": True,
    }
    clock.advance(hours=5)
    assert control("clock").body["now"] == "2026-05-31T22:00:00Z"
    assert control("clock/run", {}).body == {"now": "2026-05-31T22:00:00Z", "frozen": False}
    clock.advance(hours=5)
    assert control("clock").body["now"] == "2026-06-01T03:00:00Z"


def test_stands_still_where_it_is(control: Tool, clock: FrozenClock) -> None:
    assert control("clock/freeze", {}).body["frozen"]
    clock.advance(days=3)
    assert control("clock/advance", {"to": "+90s"}).body == {"now": "2026-05-20T12:01:30Z", "frozen": True}


def test_forward_alone(control: Tool) -> None:
    for place, body, says in (
        ("clock/advance", {"to": "-1s"}, "time only goes forward"),
        ("clock/freeze", {"at": "2026-05-20T11:59:59Z"}, "time only goes forward"),
        ("clock/advance", {"to": "3000-01-01T00:00:00Z"}, "ends with the year 2999"),
        ("clock/advance", {"to": "+999999d"}, "ends with the year 2999"),
        ("clock/advance", {"to": "soon"}, "to: 'soon' is neither a time"),
        ("clock/advance", {}, "'to' is missing"),
    ):
        answer = control(place, body)
        assert answer.error == (400, "invalid_request")
        assert says in answer.body["message"]
    assert control("clock").body == {"now": "2026-05-20T12:00:00Z", "frozen": False}


def test_reset_goes_by_the_computers_again(control: Tool, balance: Tool) -> None:
    control("clock/freeze", {"at": "+400d"})
    control("reset", {})
    assert control("clock").body == {"now": "2026-05-20T12:00:00Z", "frozen": False}
    assert balance("1001")["pts_pending"] == 40


def test_what_follows_from_the_time(control: Tool, call: Tool, mint: Tool) -> None:
    """Tokens expire, pending points can be spent, limits begin anew."""
    read = {"customer": {"shopid": "1003"}}
    token = mint()
    assert call("CustomerBalance3", read, token=token).body["pts_pending"] == 500
    redeem = {"customer": {"shopid": "1004"}, "pts": 1500}
    tokens = control("tokens", {"expires_in": 86_400 * 30}).body["token"]
    assert [call("RedeemPoints1", redeem, token=tokens).status for _ in range(2)] == [200, 422]
    control("clock/advance", {"to": "+14d"})
    assert call("CustomerBalance3", read, token=token).error == (401, "invalid_token")
    assert call("CustomerBalance3", read, token=tokens).body["pts_available"] == 500
    assert call("RedeemPoints1", {**redeem, "pts": 1000}, token=tokens).status == 200


def test_a_setting_of_any_size_is_told_exactly() -> None:
    """To the microsecond, also where a float would no longer hold that many of them."""
    clock, other = (AdjustableClock(FrozenClock(datetime(2026, 5, 20, tzinfo=UTC))) for _ in range(2))
    clock.advance(timedelta(days=350_000, microseconds=1))
    other.set(json.loads(json.dumps(clock.setting())))
    assert other() == clock()
