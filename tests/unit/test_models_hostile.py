"""Whatever a server says in the fields that are known: a model comes of it, or a DecodeError, and nothing else."""

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Final, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from bubblehouse.fields import Array, Codec, EmptyAsNone, Field, Nested, Nullable
from bubblehouse.model import DecodeError, EncodeError, Model
from bubblehouse_loyalty import models

MODELS: list[type[Model]] = [
    model
    for model in (getattr(models, name) for name in models.__all__)
    if isinstance(model, type) and issubclass(model, Model)
]

DEEPEST: Final = 3
"""How many models inside one another are filled."""

# Values that look right, and values that are just beside.
LIKELY_VALUES: list[object] = [
    *(
        "",
        "5.000000",
        "-5",
        "1e5",
        "5.",
        ".5",
        "+1",
        "\N{ARABIC-INDIC DIGIT FIVE}",
        "NaN",
        "9" * 40,
        "1" * 5000,
        "\ud800",
        "\x00",
        "on\ne",
    ),
    *("2026-05-12", "2026-13-01", "0000-00-00", "0001-01-01", "20260512", "2026-W07-4", "2026-05-12T10:00:00Z"),
    *("2026-05-12T10:00:00", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:60Z", "2026-05-12T24:00:00Z"),
    *(
        "2026-05-12T10:00:00.123456789Z",
        "2026-05-12t10:00:00z",
        "2026-05-12T10:00:00+99:99",
        "2026-05-12T10:00:00-00:00",
    ),
    *(
        0,
        -1,
        5,
        2**63,
        10**400,
        500.0,
        1e308,
        5e-324,
        float("inf"),
        float("nan"),
        True,
        False,
        None,
        [],
        {},
        [[]],
        [None],
    ),
]
WRONG_VALUES: list[object] = ["", "on\ne", 0.5, True, None, [None], {}]
LIKELY: SearchStrategy[object] = st.sampled_from(LIKELY_VALUES)
JSON: SearchStrategy[object] = st.recursive(
    LIKELY | st.text(max_size=5) | st.integers() | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def named(name: str) -> type[Model]:
    found: type[Model] = getattr(models, name)
    return found


@cache
def answers(name: str, depth: int = 0) -> SearchStrategy[object]:
    """Objects with the fields of a model, most of them there, with values of every kind."""
    model = named(name)
    required = {field.wire: values(field.codec, depth) for field in model.FIELDS if field.required}
    optional = {field.wire: values(field.codec, depth) for field in model.FIELDS if not field.required}
    return st.fixed_dictionaries(required, optional=optional).map(dict)


def values(codec: Codec, depth: int) -> SearchStrategy[object]:
    """Any JSON, and for what has parts also something of the right shape, so that the parts are reached."""
    if depth > 1:
        return LIKELY
    if isinstance(codec, Nullable | EmptyAsNone):
        return values(codec.inner, depth)
    if isinstance(codec, Array):
        return JSON | st.lists(values(codec.inner, depth + 1), max_size=2)
    if isinstance(codec, Nested):
        return JSON | answers(codec.name, depth + 1)
    return LIKELY | JSON


def test_there_are_models() -> None:
    assert len(MODELS) > 20


def check_round_trip(read: Model, answer: dict[str, object]) -> None:
    """What was read is kept: it reads the same again, unless it is out of bounds that hold for what is sent."""
    try:
        written = read.to_dict()
    except EncodeError as error:
        problem = error.problem
    else:
        problem = ""
        assert written.keys() <= answer.keys()
        assert json.dumps(read.from_dict(written).to_dict()) == json.dumps(written)
    assert not problem or re.match("must be at least|money |JSON has no|the moment is beyond|one of ", problem)


def told(model: type[Model], answer: dict[str, object]) -> str:
    """What reading comes to: types and values to the letter, or the error."""
    try:
        return repr(model.from_dict(answer))
    except DecodeError as error:
        return f"{error.path!r} {error}"


@cache
def by_codecs(name: str) -> type[Model]:
    """The model, read by its table of fields and not by what was generated from it."""
    model = named(name)
    assert ("_read" in vars(model)) == bool(model.FIELDS)
    return type(name, (model,), {"__slots__": (), "_read": vars(Model)["_read"]})


def plain(codec: Codec) -> object:
    """A JSON value that the codec reads."""
    if isinstance(codec, Nested):
        return {field.wire: plain(field.codec) for field in named(codec.name).FIELDS if field.required}
    return next(value for value in LIKELY_VALUES if is_read(codec, value))


def is_read(codec: Codec, value: object) -> bool:
    try:
        codec.decode(value)
    except DecodeError:
        return False
    return True


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
@settings(derandomize=True, database=None, deadline=None, max_examples=40)
@given(data=st.data())
def test_a_model_or_a_decode_error_and_the_same_from_generated_code_and_codecs(
    model: type[Model], data: st.DataObject
) -> None:
    answer = cast("dict[str, object]", data.draw(answers(model.__name__)))
    try:
        read = model.from_dict(answer)
    except DecodeError as error:
        refused = str(error)
    else:
        refused = ""
        check_round_trip(read, answer)
    assert told(model, answer) == told(by_codecs(model.__name__), answer)
    assert not refused or re.split(r"[:.\[]", refused)[0] in {field.wire for field in model.FIELDS}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_generated_code_reads_each_field_as_its_codec_does(model: type[Model]) -> None:
    whole = {field.wire: plain(field.codec) for field in model.FIELDS}
    assert told(model, whole) == told(by_codecs(model.__name__), whole)
    for name in whole:
        for answer in ({**whole, name: value} for value in LIKELY_VALUES):
            assert told(model, answer) == told(by_codecs(model.__name__), answer)
        left_out = {key: value for key, value in whole.items() if key != name}
        assert told(model, left_out) == told(by_codecs(model.__name__), left_out)


def places(model: type[Model], depth: int = 0) -> Iterator[tuple[tuple[str | int, ...], Field]]:
    """Every field of a model and of the models in it, with the place of its value in an answer like `filled`."""
    for field in model.FIELDS:
        yield (field.wire,), field
        inside, codec = nested_in(field.codec)
        if codec is not None and depth < DEEPEST:
            deeper = places(named(codec.name), depth + 1)
            yield from (((field.wire, *inside, *path), found) for path, found in deeper)


def nested_in(codec: Codec) -> tuple[tuple[int, ...], Nested | None]:
    """Where in its value a codec first speaks of a model, and of which."""
    if isinstance(codec, Nullable):
        return nested_in(codec.inner)
    if isinstance(codec, Array):
        inside, found = nested_in(codec.inner)
        return (0, *inside), found
    return (), codec if isinstance(codec, Nested) else None


def filled(codec: Codec, depth: int = 0) -> object:
    """A JSON value that the codec reads, with all that it may have inside."""
    inside, nested = nested_in(codec)
    if nested is None:
        return plain(codec)
    whole: object = whole_answer(named(nested.name), depth + 1) if depth < DEEPEST else plain(nested)
    for _ in inside:
        whole = [whole]
    return whole


def whole_answer(model: type[Model], depth: int = 0) -> dict[str, object]:
    return {field.wire: filled(field.codec, depth) for field in model.FIELDS}


def refusal(model: type[Model], answer: dict[str, object]) -> tuple[str, tuple[str | int, ...]]:
    with pytest.raises(DecodeError) as caught:
        model.from_dict(answer)
    return caught.value.problem, caught.value.path


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_an_error_at_any_depth_is_its_codecs_and_names_its_place(model: type[Model]) -> None:
    answer = whole_answer(model)
    model.from_dict(answer)
    for path, field in places(model):
        holder: Any = answer
        for step in path[:-1]:
            holder = holder[step]
        right = holder[path[-1]]
        for wrong in WRONG_VALUES:
            if not is_read(field.codec, wrong):
                with pytest.raises(DecodeError) as alone:
                    field.codec.decode(wrong)
                holder[path[-1]] = wrong
                assert refusal(model, answer) == (alone.value.problem, (*path, *alone.value.path))
        if field.required:
            del holder[path[-1]]
            assert refusal(model, answer) == ("is required, and missing", path)
        holder[path[-1]] = right
