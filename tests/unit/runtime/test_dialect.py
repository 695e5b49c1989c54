"""A version's dialect: names there and back, and what is refused before it is sent."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bubblehouse.dialect import Dialect, Shape, renamed
from bubblehouse.errors import ConfigurationError
from bubblehouse.fields import EncodeError

SHAPES = {
    "Top": Shape(names={"a": "x", "b": "a"}, inside={"c": "Inner", "b": "Top"}),
    "Inner": Shape(names={"d": "y"}, absent=("e",), required=("f",)),
}
DIALECT = Dialect(
    "v2027",
    missing={"Old1": "new_2", "Gone1": ""},
    shapes=SHAPES,
    inputs={"Call1": "Top"},
    outputs={"Call1": "Top"},
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcdgh"), inner, max_size=4),
    max_leaves=12,
)


@given(value=JSON)
def test_there_and_back_is_where_it_began(value: Any) -> None:
    there = renamed(value, "Top", SHAPES)
    assert renamed(there, "Top", SHAPES, back=True) == value


@given(value=JSON)
def test_nothing_is_changed_in_place(value: Any) -> None:
    before = json.dumps(value)
    renamed(value, "Top", SHAPES)
    renamed(value, "Top", SHAPES, back=True)
    assert json.dumps(value) == before


@pytest.mark.parametrize(
    ("general", "version"),
    [
        ({"a": 1}, {"x": 1}),
        ({"a": 1, "b": 2}, {"x": 1, "a": 2}),  # a name that another property has taken over
        ({"b": [{"a": 1}, {"c": {"d": 2}}]}, {"a": [{"x": 1}, {"c": {"y": 2}}]}),
        ({"c": [[{"d": 1}]], "z": {"a": 1}}, {"c": [[{"y": 1}]], "z": {"a": 1}}),
        ({"c": "no object", "b": None}, {"c": "no object", "a": None}),
    ],
)
def test_names(general: dict[str, object], version: dict[str, object]) -> None:
    assert renamed(general, "Top", SHAPES) == version
    assert DIALECT.incoming("Call1", version) == general


def test_a_stranger_does_not_take_the_place_of_a_property() -> None:
    # The version knows neither: the one is called y there, and b is what it has called a.
    assert DIALECT.incoming("Call1", {"c": {"d": 1, "y": 2}, "b": 3}) == {"c": {"d": 2}}
    assert DIALECT.incoming("Call1", {"c": {"d": 1}}) == {"c": {}}
    # What was added to an input by its name in the version gives way to the property itself.
    assert renamed({"c": {"y": 1, "d": 2}}, "Top", SHAPES) == {"c": {"y": 2}}


def test_functions_without_differences_pass_as_they_are() -> None:
    data: dict[str, object] = {"a": 1}
    assert DIALECT.outgoing("Other1", data) is data
    assert DIALECT.incoming("Other1", data) is data


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({"c": {}}, "c.f: is required in v2027"),
        ({"c": [{"f": 1}, {}]}, "c[1].f: is required in v2027"),
        ({"b": {"c": {"e": 1, "f": 2}}}, "b.c.e: is not known in v2027; leave it out"),
    ],
)
def test_what_the_version_does_not_take_is_refused_with_its_place(data: dict[str, object], problem: str) -> None:
    with pytest.raises(EncodeError) as caught:
        DIALECT.outgoing("Call1", data)
    assert str(caught.value) == problem


def test_a_function_that_is_missing_is_refused_with_its_successor() -> None:
    DIALECT.check("Call1")
    with pytest.raises(ConfigurationError, match=r"^api_version: v2027 has no Old1; call new_2 in its place$"):
        DIALECT.check("Old1")
    with pytest.raises(ConfigurationError, match=r"^api_version: v2027 has no Gone1$"):
        DIALECT.check("Gone1")
