"""What the log tells: of bodies nothing unless it is asked for, and then nothing that could be somebody's."""

import json
import logging
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bubblehouse.redaction import redacted
from bubblehouse.transport import Response

if TYPE_CHECKING:
    from tests.unit.runtime.conftest import Bench

OK = Response(200, (), b'{"code": "HUNTER2", "pts": 1, "worth": "5.000000"}')

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


def test_bodies_are_logged_when_asked_for_and_without_their_texts(
    bench: "Bench", caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "bubblehouse"):
        bench.call(bench.client(bench.script(OK)))
        assert [record.message for record in caplog.records] == ["CustomerBalance3 attempt 1: 200 after 0.000 s"]
        caplog.clear()
        bench.call(bench.client(bench.script(OK), log_bodies=True))
    assert [record.message for record in caplog.records][1:] == [
        'CustomerBalance3 sent: {"pts": 5}',
        'CustomerBalance3 was answered: {"code": "<7 characters>", "pts": 1, "worth": "5.000000"}',
    ]


def test_bodies_cost_nothing_where_nobody_listens(bench: "Bench", monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: bytes) -> str:
        raise AssertionError

    monkeypatch.setattr("bubblehouse.redaction.redacted", fail)
    logging.getLogger("bubblehouse").setLevel(logging.INFO)
    try:
        bench.call(bench.client(bench.script(OK), log_bodies=True))
    finally:
        logging.getLogger("bubblehouse").setLevel(logging.NOTSET)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("ada@example.test", '"<16 characters>"'),
        ("+491511234567", '"<13 characters>"'),
        (491511234567, '"<a large number>"'),
        (500, "500"),
        (-0.5, "-0.5"),
        ("42.990000", '"42.990000"'),
        ("42.99", '"<5 characters>"'),
        ("2026-01-02T03:04:05Z", '"2026-01-02T03:04:05Z"'),
        ("1990-01-02", '"<10 characters>"'),
        ({"ada@example.test": True}, '{"<16 characters>": true}'),
        ([None, ["x"]], '[null, ["<1 characters>"]]'),
    ],
)
def test_what_is_shown_of_a_value(given: Any, shown: str) -> None:
    assert redacted(json.dumps(given).encode()) == shown


@pytest.mark.parametrize("content", [b"", b"<html>ada@example.test", b"\xff", b"[" * 100_000])
def test_what_is_no_json_is_told_by_its_size(content: bytes) -> None:
    assert redacted(content) == f"{len(content)} bytes that are not JSON, or too deeply nested"


@given(JSON, st.emails() | st.from_regex(r"\+?[0-9]{10,15}", fullmatch=True))
def test_no_text_of_a_person_is_ever_shown(value: Any, person: str) -> None:
    for document in (value, [person, value], {"a": {person: value, "b": person}}):
        assert person not in redacted(json.dumps(document).encode())
