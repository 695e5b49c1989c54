"""What may be sent again, and when."""

import datetime as dt
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bubblehouse.errors import APIConnectionError, APIError, APITimeoutError, CallError, ResponseValidationError
from bubblehouse.retry import Next, decide, pause, retry_after
from bubblehouse.transport import Response

NOW = 1_800_000_000.0


def answered(status: int, error_id: str | None = None) -> APIError:
    return APIError(Response(status, (), b""), error_id=error_id)


@pytest.mark.parametrize(
    ("failure", "read", "write"),
    [
        (APIConnectionError("", sent=False), Next.REPEAT, Next.REPEAT),
        (APIConnectionError("", sent=True), Next.REPEAT, Next.UNKNOWN),
        (APITimeoutError("", sent=False), Next.REPEAT, Next.REPEAT),
        (APITimeoutError("", sent=True), Next.REPEAT, Next.UNKNOWN),
        (answered(429), Next.REPEAT, Next.REPEAT),
        (answered(429, "anything"), Next.REPEAT, Next.REPEAT),
        (answered(401, "invalid_token"), Next.RENEW, Next.RENEW),
        (answered(401), Next.RAISE, Next.RAISE),
        (answered(401, "something_else"), Next.RAISE, Next.RAISE),
        (answered(403, "invalid_token"), Next.RAISE, Next.RAISE),
        (answered(301), Next.RAISE, Next.RAISE),
        (answered(400), Next.RAISE, Next.RAISE),
        (answered(422, "insufficient_points"), Next.RAISE, Next.RAISE),
        (answered(499), Next.RAISE, Next.RAISE),
        (answered(500), Next.REPEAT, Next.UNKNOWN),
        (answered(503, "maintenance"), Next.REPEAT, Next.UNKNOWN),
        (answered(520), Next.REPEAT, Next.UNKNOWN),
        (answered(599), Next.REPEAT, Next.UNKNOWN),
        (answered(600), Next.RAISE, Next.UNKNOWN),
        (answered(101), Next.RAISE, Next.UNKNOWN),
        (ResponseValidationError("", response=Response(200, (), b"")), Next.RAISE, Next.UNKNOWN),
    ],
)
def test_meaning_decides(failure: CallError, read: Next, write: Next) -> None:
    assert decide("read", failure) is read
    assert decide("write", failure) is write


def test_pauses_grow_up_to_a_cap_and_are_anywhere_below() -> None:
    assert [pause(n, None, lambda: 1.0) for n in range(7)] == [0.5, 1, 2, 4, 8, 8, 8]
    assert pause(10**6, None, lambda: 1.0) == 8
    assert pause(3, None, lambda: 0.0) == 0
    assert pause(3, None, lambda: 0.25) == 1


def test_what_the_server_asks_for_is_what_is_waited() -> None:
    assert pause(0, 300.0, lambda: 0.0) == 300
    assert pause(5, 0.0, lambda: 1.0) == 0


def date(seconds: float) -> str:
    return format_datetime(dt.datetime.fromtimestamp(seconds, dt.UTC), usegmt=True)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "7"}, 7),
        ({"retry-after": " 7 "}, 7),
        ({"Retry-After": "0"}, 0),
        ({"Retry-After": "1.5"}, 1.5),
        ({"Retry-After": "9" * 400}, float("inf")),
        ({"Retry-After": "-1"}, None),
        ({"Retry-After": "1e3"}, None),
        ({"Retry-After": "٣"}, None),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": ""}, None),
        ({"Retry-After": date(NOW + 90)}, 90),
        ({"Retry-After": date(NOW - 90)}, 0),
        ({"Retry-After": date(NOW + 90), "Date": date(NOW - 10)}, 100),
        ({"Retry-After": date(NOW + 90), "Date": "rubbish"}, 90),
        ({"Retry-After": "Fri, 15 Jan 2027 08:01:30 -0000"}, 90),
        ({"Retry-After": "Friday, 15-Jan-27 08:01:30 GMT"}, 90),
    ],
)
def test_reading_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(Response(429, tuple(headers.items()), b""), lambda: NOW) == seconds


@given(st.text() | st.from_regex(r"[A-Z][a-z]{2}, [0-9]{1,5} [A-Z][a-z]{2} [0-9]{1,9} [0-9:]{0,12} .{0,6}"), st.text())
def test_no_header_breaks_it_or_makes_time_run_backwards(value: str, date: str) -> None:
    seconds = retry_after(Response(429, (("Retry-After", value), ("Date", date)), b""), lambda: NOW)
    assert seconds is None or seconds >= 0
