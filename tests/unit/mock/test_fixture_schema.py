"""The JSON Schema of fixtures says what `decode` takes, and an exported state is a fixture again."""

import copy
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from hypothesis import assume, given, reject, settings
from hypothesis import strategies as st

from bubblehouse_mock.clock import FrozenClock
from bubblehouse_mock.mock import BubblehouseMock
from bubblehouse_mock.state import Fixture, FixtureError, FixtureFile, decode
from bubblehouse_mock.state.schema import fixture_schema

NOON = datetime(2026, 5, 20, 12, tzinfo=UTC)
SCHEMA: Any = fixture_schema(Fixture)
VALIDATOR = jsonschema_rs.Draft202012Validator(SCHEMA, validate_formats=True)
STATE: Any = BubblehouseMock(clock=FrozenClock(NOON)).control.state()


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """All places in a value, those of containers included."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in items:
        yield from places(item, (*path, step))


PLACES = [path for path in places(STATE) if path]
WRONG: st.SearchStrategy[Any] = st.sampled_from(
    [
        None,
        True,
        5,
        -5,
        2**63,
        "x",
        "",
        "5.5",
        "-1d",
        "+99d",
        "2026-05-20",
        "2026-05-20T12:00:00Z",
        "5 ",
        "1e3",
        [],
        {},
        ["x"],
    ]
)


def changed(path: tuple[Any, ...], value: Any) -> Any:
    state = copy.deepcopy(STATE)
    at = state
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    return state


def test_it_is_valid_and_takes_the_demo_shop_and_every_state() -> None:
    jsonschema_rs.meta.validate(SCHEMA)
    for fixture in (FixtureFile().data, STATE, {"shops": [STATE, STATE]}):
        assert [str(error) for error in VALIDATOR.iter_errors(fixture)] == []


@given(path=st.sampled_from(PLACES), value=WRONG)
@settings(max_examples=500)
def test_it_takes_what_decode_takes(path: tuple[Any, ...], value: Any) -> None:
    """Apart from what no schema can say: rules between fields, and the bounds that a class checks itself."""
    state = changed(path, value)
    refused = ""
    try:
        decode(Fixture, state, now=NOON)
    except FixtureError as error:
        assume(not _is_of_a_class(error))
        refused = str(error)
    assert VALIDATOR.is_valid(state) is (not refused), refused


def _is_of_a_class(error: FixtureError) -> bool:
    """Whether a `__post_init__` said it, and not the decoder."""
    own = ("is not", "is neither", "there is no", "is missing", "has no time zone", "is beyond", "lies beyond")
    return not any(text in error.problem for text in own) or "slug" in error.problem or "base64" in error.problem


@given(path=st.sampled_from([path for path in PLACES if isinstance(path[-1], str)]))
@settings(max_examples=200)
def test_a_name_too_many_is_refused_by_both(path: tuple[Any, ...]) -> None:
    state = changed((*path[:-1], "surplus"), 1)
    assume("rate_limits" not in path)
    assert not VALIDATOR.is_valid(state)
    with pytest.raises(FixtureError, match="there is no 'surplus' here"):
        decode(Fixture, state, now=NOON)


def test_it_says_what_the_fields_mean() -> None:
    told = json.dumps(SCHEMA)
    assert "Money value of one point" in told
    for name, schema in SCHEMA["$defs"].items():
        assert schema["description"], name


def test_an_export_is_a_fixture_for_people(tmp_path: Path) -> None:
    mock = BubblehouseMock(clock=FrozenClock(NOON))
    text = mock.control.export()
    assert text.startswith("# A fixture of bubblehouse-mock")
    assert "revoked: false" not in text
    assert "shopid: '1001'" in text
    path = tmp_path / "export.yaml"
    path.write_text(text, encoding="utf-8")
    assert BubblehouseMock(fixture=path, clock=FrozenClock(NOON)).control.state() == mock.control.state()


@given(text=st.text(), number=st.integers(1, 2**40))
@settings(max_examples=100)
def test_an_export_says_exactly_what_was_there(text: str, number: int) -> None:
    mock = BubblehouseMock(clock=FrozenClock(NOON))
    names = {"shopid": text.replace("/", "-") or "-", "email": text}
    changes: list[Any] = [{"type": "earned_from_order", "pts": number, "at": "-1d", "desc": text}]
    try:
        mock.control.add_customer({**names, "changes": changes})
    except FixtureError:
        reject()
    exported = yaml.safe_load(mock.control.export())
    assert BubblehouseMock(fixture=exported, clock=FrozenClock(NOON)).control.state() == mock.control.state()
