"""Odd names, values and texts that a contract may have: one contract has them all, and becomes right code."""

import json
import re
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from bubblehouse_codegen.documents import Document

HERE = Path(__file__).parent
ROOT = HERE.parents[1]

NAMES = [
    *("field", "Field", "fields", "FIELDS", "additional_properties", "to_dict", "from_dict", "arguments", "dt"),
    *("Unset", "UNSET", "Model", "Decimal", "ClassVar", "TYPE_CHECKING", "Nested", "define", "self", "cls", "data"),
    *("class", "type", "import", "None", "True", "list", "dict", "object", "str", "int", "float", "bool", "print"),
    *("match", "async", "id", "__class__", "__init__", "__slots__", "_private", "_call", "1st", "1%", "é", "日本"),
    *("a-b", "fooBar", "foo_bar", 'quote"x', "back\\slash", "new\nline", "{{ jinja }}", "annotations", "name"),
    *("wire", "mro", "copy", "LoyaltyClient", "EchoNote1Body", "MONEY", "TIME"),
    *("options", "timeout", "max_retries", "headers", "answer", "_answer"),
    *("evolve", "ONE_OF", "_read", "take", "rest", "value"),
]
VALUES = ["it's", 'say "hi"', "both '\"", "back\\slash", "end\\", "\\N{X}", "new\nline", "{{ jinja }}", "", "日本"]
WHOLE = {"type": "integer"}
BOUNDS: dict[str, tuple[dict[str, Any], list[object], list[object]]] = {
    "nullable": ({"type": ["integer", "null"], "minimum": 1}, [None, 1], [0]),
    "nullable_any": ({"anyOf": [{**WHOLE, "minimum": 1}, {"type": "null"}]}, [None, 1], [0]),
    "items": ({"type": "array", "items": {**WHOLE, "minimum": 1}}, [[1, 2], []], [[1, 0]]),
    "nullable_items": ({"type": "array", "items": {"type": ["integer", "null"], "minimum": 1}}, [[1, None]], [[0]]),
    "above": ({**WHOLE, "exclusiveMinimum": 0}, [1], [0]),
    "above_half": ({**WHOLE, "exclusiveMinimum": 0.5}, [1], [0]),
    "above_both": ({**WHOLE, "exclusiveMinimum": 1, "minimum": 1}, [2], [1]),
    "half": ({**WHOLE, "minimum": 0.5}, [1], [0]),
    "below_zero": ({**WHOLE, "minimum": -1.5}, [-1], [-2]),
    "zero": ({**WHOLE, "minimum": 0}, [0], [-1]),
}
NODE: dict[str, Any] = {"$ref": "#/components/schemas/Node"}
SHAPES: dict[str, tuple[dict[str, Any], list[object]]] = {
    "lists_in_lists": ({"type": "array", "items": {"type": "array", "items": WHOLE}}, [[[1], [], [2, 3]]]),
    "nullable_list": ({"type": ["array", "null"], "items": {"type": "string"}}, [None, [], ["a"]]),
    "list_of_nullable": ({"type": "array", "items": {"type": ["string", "null"]}}, [["a", None]]),
    "objects_in_line": (
        {"type": "array", "items": {"type": "object", "properties": {"class": WHOLE}}},
        [[{"class": 1}]],
    ),
    "enum_in_line": ({"type": "string", "enum": ["a", "b"]}, ["a", "c"]),
    "enum_of_numbers": ({"type": "integer", "enum": [-1, 2]}, [-1, 3]),
    "nullable_enum": ({"anyOf": [{"$ref": "#/components/schemas/OddValues"}, {"type": "null"}]}, ["it's", None]),
    "free_object": ({"type": "object"}, [{}, {"a": [1]}]),
    "closed_object": ({"type": "object", "additionalProperties": False}, [{}]),
    "nullable_object": ({"type": ["object", "null"], "properties": {"a": WHOLE}}, [None, {"a": 1}]),
    "extended": ({"allOf": [NODE, {"type": "object", "properties": {"more": WHOLE}}]}, [{"value": 1, "more": 2}]),
    "moments": ({"type": "array", "items": {"$ref": "#/components/schemas/Time"}}, [["2026-01-01T00:00:00Z"]]),
    "amounts": ({"type": "array", "items": {"$ref": "#/components/schemas/Monetary"}}, [["1.500000"]]),
    "nullable_amount": ({"anyOf": [{"$ref": "#/components/schemas/Monetary"}, {"type": "null"}]}, [None, "1.500000"]),
    "day": ({"type": "string", "format": "date"}, ["2026-01-01"]),
    "uuid": ({"type": "string", "format": "uuid"}, ["not checked"]),
    "anything": ({}, [None, 1, "a", {"a": [None]}]),
    "node": (NODE, [{"value": 1, "next": {"value": 2}, "all": [{"value": 3, "all": []}], "maybe": None}]),
}
TEXTS = [
    *('ends "quoted"', '"starts', 'a """triple""" b', 'ends """', "'''", "back\\", '\\"', '"', '""', '""""'),
    *("\\N{DASH} \\x", "{{ jinja }} {% raw %} {# note #}", "{ braces } %s", "# hash", "ends with colon:"),
    *("Args:\n    x: y", "- a\n- b", "", " ", "tab\there", "nul\x00x", "bell\x07x", "\ufeffbom", "\x85next"),
    *("\u202eright to left", "\u2066isolate", "日本 \u2028 line \u200b zero", "esc\x1b[31m", "del\x7fx", "c1\x9bx"),
    *("\r\nlines\rmixed", "wide " * 60, "x" * 200),
]


def odd_text(number: int) -> str:
    return f"https://docs.example/\"{number}'\\"


def contract(small: Document) -> Document:
    document = deepcopy(small)
    post = document["paths"]["/{shop}/EchoNote1"]["post"]
    schemas = document["components"]["schemas"]
    places = [
        post["requestBody"]["content"]["application/json"]["schema"]["properties"],
        post["responses"]["200"]["content"]["application/json"]["schema"]["properties"],
    ]
    for properties in places:
        properties |= {name: {"type": "string", "description": f"This is {name!r}."} for name in NAMES}
        properties |= {f"bound_{name}": schema for name, (schema, _, _) in BOUNDS.items()}
        properties |= {f"shape_{name}": schema for name, (schema, _) in SHAPES.items()}
        properties |= {
            "odd": {"$ref": "#/components/schemas/OddValues"},
            "when": {"type": "string", "format": "date-time"},
        }
    schemas["Node"] = {
        "type": "object",
        "required": ["value"],
        "properties": {
            "value": WHOLE,
            "next": NODE,
            "all": {"type": "array", "items": NODE},
            "maybe": {"oneOf": [NODE, {"type": "null"}]},
        },
    }
    schemas["OddValues"] = {"type": "string", "enum": VALUES}
    for number, text in enumerate(TEXTS):
        echo = deepcopy(small["paths"]["/{shop}/EchoNote1"])
        echo["post"] |= {"operationId": f"EchoText{number}", "summary": text, "description": text}
        echo["post"]["externalDocs"] = {"url": odd_text(number)}
        reference = {"$ref": f"#/components/schemas/Text{number}"}
        for content in (echo["post"]["requestBody"], echo["post"]["responses"]["200"]):
            content["content"]["application/json"] = {"schema": reference}
        error = f"#/components/schemas/Text{number}Error"
        echo["post"]["responses"]["422"]["content"]["application/json"]["schema"] = {
            "oneOf": [{"$ref": error}],
            "discriminator": {"propertyName": "id", "mapping": {odd_text(number): error}},
        }
        document["paths"][f"/{{shop}}/EchoText{number}"] = echo
        mood = f"Mood{number}"
        schemas[f"Text{number}"] = {
            "type": "object",
            "description": text,
            "properties": {
                "note": {"type": "string", "description": text},
                "mood": {"$ref": f"#/components/schemas/{mood}"},
                "bare": {"$ref": f"#/components/schemas/Bare{number}"},
            },
        }
        schemas[f"Bare{number}"] = {"type": "object", "description": text}
        schemas[mood] = {"type": "string", "enum": ["glad", "sad"], "description": text}
        # A cause must be told; it may still end in anything.
        schemas[f"Text{number}Error"] = {
            **schemas["NoteTooLongError"],
            "description": f"Cause: {text}",
            "properties": {"id": {"const": odd_text(number)}},
        }
    return document


@pytest.fixture(scope="module")
def package(
    tmp_path_factory: pytest.TempPathFactory, small_contract: Document, generate_small: Callable[[Document, Path], int]
) -> Path:
    """The folder of a package generated from the hostile contract."""
    folder = tmp_path_factory.mktemp("hostile")
    assert generate_small(contract(small_contract), folder) == 0
    return folder / "out"


def python(package: Path, *arguments: str | Path, given: str = "") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, *arguments],
        env={"PYTHONPATH": str(package), "PATH": ""},
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def told(package: Path) -> Any:
    """What a program that uses the package tells."""
    program = shutil.copy(HERE / "hostile_calls.py.txt", package.parent / "calls.py")
    values = [(f"bound_{name}", value) for name, (_, good, bad) in BOUNDS.items() for value in good + bad]
    shapes = {f"shape_{name}": given for name, (_, given) in SHAPES.items()}
    task = {"names": NAMES, "values": values, "shapes": shapes, "enums": ["OddValues"], "texts": len(TEXTS)}
    done = python(package, program, given=json.dumps(task))
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    answer["values"] = dict(zip([json.dumps(value) for value in values], answer["values"], strict=True))
    return answer


@pytest.mark.parametrize("name", NAMES)
def test_a_field_travels_under_its_own_name(told: Any, name: str) -> None:
    call = told["fields"][name]
    assert (call["sent"], call["all"]) == ("v", sorted(["note", name]))
    assert (call["back"], call["extra"]) == ("v", {})


@pytest.mark.parametrize("name", BOUNDS)
def test_a_bound_is_kept_when_sending(told: Any, name: str) -> None:
    _, good, bad = BOUNDS[name]
    for value in good:
        assert told["values"][json.dumps([f"bound_{name}", value])]["sent"] == value
    for value in bad:
        assert "must be at least" in told["values"][json.dumps([f"bound_{name}", value])]["refused"]


@pytest.mark.parametrize("name", SHAPES)
def test_a_value_of_any_shape_comes_back_as_it_was(told: Any, name: str) -> None:
    _, values = SHAPES[name]
    assert told["shapes"][f"shape_{name}"] == [[value, value] for value in values]


def test_the_values_of_an_enum_are_what_they_are(told: Any) -> None:
    assert told["literals"]["OddValues"] == sorted(VALUES)


def seen(text: str) -> str:
    """A text without what can't be seen; how it is broken into lines, and which quotes it has, doesn't matter here."""
    visible = "".join(char for char in text if char.isspace() or unicodedata.category(char) not in {"Cc", "Cf"})
    return " ".join(visible.split()).replace('"', "'")


@pytest.mark.parametrize("number", range(len(TEXTS)), ids=[ascii(text)[:30] for text in TEXTS])
@pytest.mark.parametrize("kind", ["method", "model", "bare", "error", "enum"])
def test_a_text_is_told_as_it_is(told: Any, number: int, kind: str) -> None:
    assert seen(TEXTS[number]) in seen(told["texts"][number][kind])


def test_an_error_id_is_what_it_is(told: Any) -> None:
    ids = [odd_text(number) for number in range(len(TEXTS))]
    assert [text["id"] for text in told["texts"]] == ids
    assert [text["known"] for text in told["texts"]] == [f"Text{number}Error" for number in range(len(TEXTS))]
    assert [text["docs"] for text in told["texts"]] == ids


def test_no_character_that_is_not_seen_comes_into_the_code(package: Path) -> None:
    unseen = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
    files = list(package.rglob("*.py"))
    assert len(files) > len(TEXTS)
    assert [path.name for path in files if unseen.search(path.read_bytes().decode())] == []


def test_mypy_finds_nothing_wrong(package: Path) -> None:
    done = python(
        package, "-m", "mypy", "--strict", "--no-incremental", "--config-file=", package / "bubblehouse_loyalty"
    )
    assert done.stdout.startswith("Success"), done.stdout + done.stderr


def test_pyright_finds_nothing_wrong(package: Path) -> None:
    settings = {"typeCheckingMode": "strict", "include": ["out"], "extraPaths": ["out", str(ROOT / "overlays")]}
    settings |= {"reportConstantRedefinition": "none"}  # a field may be named in capitals, and be set all the same
    (package.parent / "pyrightconfig.json").write_text(json.dumps(settings))
    done = subprocess.run(
        [sys.executable, "-m", "pyright", "--pythonpath", sys.executable, "--project", package.parent],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "0 errors, 0 warnings" in done.stdout, done.stdout
