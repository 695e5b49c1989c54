"""JSON text: what is JSON comes through as it is, and what only looks like it doesn't."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from bubblehouse.jsontext import parse

numbers = st.integers(-(10**40), 10**40) | st.floats(allow_nan=False, allow_infinity=False)
# Of more leaves, it takes longer to think of an example than to try it, and none is of another kind.
values: SearchStrategy[object] = st.recursive(
    st.none() | st.booleans() | numbers | st.text(),
    lambda s: st.lists(s) | st.dictionaries(st.text(), s),
    max_leaves=20,
)


@given(values)
def test_json_comes_through_as_it_is(value: object) -> None:
    assert repr(parse(json.dumps(value).encode())) == repr(value)


@given(st.text(), values, values, st.lists(st.sampled_from(["[%s]", '{"a": %s}', '[1, {"b": %s}, ":"]'])))
def test_a_key_that_comes_twice_is_found_wherever_it_is(
    key: str, first: object, second: object, around: list[str]
) -> None:
    text = f"{{{json.dumps(key)}: {json.dumps(first)}, {json.dumps(key, ensure_ascii=False)} :{json.dumps(second)}}}"
    for layer in around:
        text = layer.replace("%s", text)
    with pytest.raises(ValueError, match="same key twice"):
        parse(text.encode())


@given(st.binary() | values.map(lambda value: json.dumps(value).encode()))
def test_bytes_are_read_or_refused_in_words(content: bytes) -> None:
    try:
        value = parse(content)
    except ValueError as error:
        assert str(error).startswith("it is ") or "JSON has no" in str(error)  # noqa: PT017 - most bytes are no JSON
    else:
        assert json.loads(content) == value
