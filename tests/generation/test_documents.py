"""Contracts and overlays are read as YAML 1.2 has it, and JSON is a part of that."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bubblehouse_codegen import documents
from bubblehouse_codegen.documents import load
from bubblehouse_codegen.failure import CodegenError

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "openapi.yaml"


@settings(derandomize=True, database=None, deadline=None)
@given(document=st.dictionaries(st.text(max_size=5), _JSON, max_size=4))
def test_json_is_what_it_says(tmp_path_factory: pytest.TempPathFactory, document: dict[str, object]) -> None:
    path = tmp_path_factory.mktemp("json") / "openapi.yaml"
    path.write_text(json.dumps(document), encoding="utf-8")
    assert load(path) == document


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{a: no, b: 2026-01-01, c: 010}", {"a": "no", "b": "2026-01-01", "c": 10}),
        ('{"a": NaN}', {"a": "NaN"}),
        ('{"a": 1, b: 2}', {"a": 1, "b": 2}),
        ('{"a": 1} # and a comment', {"a": 1}),
        ("a: {b: 1}", {"a": {"b": 1}}),
    ],
)
def test_what_is_almost_json_is_yaml(path: Path, text: str, value: object) -> None:
    path.write_text(text, encoding="utf-8")
    assert load(path) == value


@pytest.mark.parametrize("text", ['{"a": 1, "a": 2}', '{"b": [{"a": 1, "a": 2}]}', "a: 1\na: 2\n"])
def test_a_key_that_stands_twice_is_told(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CodegenError, match=r'openapi\.yaml: (.|\n)*duplicate key "a"'):
        load(path)


def test_json_is_not_left_to_the_slower_reader(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "YAML", None)
    path.write_text('{"openapi": "3.1.0"}', encoding="utf-8")
    assert load(path) == {"openapi": "3.1.0"}


def test_what_was_read_is_the_callers_to_change(path: Path) -> None:
    path.write_text('{"a": {"b": 1}}', encoding="utf-8")
    load(path)["a"]["b"] = 2
    assert load(path) == {"a": {"b": 1}}
