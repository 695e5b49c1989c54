"""Contracts are read as YAML 1.2 has it, each key once."""

from pathlib import Path

import pytest

from bubblehouse_codegen.documents import load
from bubblehouse_codegen.failure import CodegenError


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("true", True),
        ("False", False),
        ("", None),
        ("~", None),
        ("null", None),
        ("010", 10),
        ("-7", -7),
        ("0o17", 15),
        ("0x1F", 31),
        ("1_000", "1_000"),
        ("0b11", "0b11"),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("-.inf", float("-inf")),
        ("12:30:45", "12:30:45"),
        ("2026-01-01", "2026-01-01"),
        ("!!timestamp 2026-01-01", "2026-01-01"),
        ("'1'", "1"),
        ("=", "="),
        ("[{b: 1}, c]", [{"b": 1}, "c"]),
    ],
)
def test_a_value_is_what_yaml_says_today(written: str, value: object, tmp_path: Path) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text(f"a: {written}\n", encoding="utf-8")
    found = load(path)["a"]
    assert (found, type(found)) == (value, type(value))


def test_what_is_merged_may_be_said_again(tmp_path: Path) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text("a: &a {k: 1, l: 1}\nb: &b {<<: *a, k: 2}\nc: {<<: *b, k: 3}\n", encoding="utf-8")
    assert load(path) == {"a": {"k": 1, "l": 1}, "b": {"k": 2, "l": 1}, "c": {"k": 3, "l": 1}}


@pytest.mark.parametrize("text", ["a: 1\nb: 2\na: 3\n", "x: {a: 1, a: 1}\n", "x:\n- - {a: 1, 'a': 2}\n"])
def test_a_key_that_stands_twice_is_named(text: str, tmp_path: Path) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CodegenError, match=r"openapi\.yaml: (.|\n)*found duplicate key 'a'(.|\n)* line \d"):
        load(path)


def test_a_key_may_stand_in_two_objects(tmp_path: Path) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text("a: {a: 1, 1: x, '1': y}\nb: {a: 2}\n", encoding="utf-8")
    assert load(path) == {"a": {"a": 1, 1: "x", "1": "y"}, "b": {"a": 2}}
