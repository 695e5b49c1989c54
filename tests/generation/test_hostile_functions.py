"""A contract whose functions, answers or servers the client couldn't keep its word on is refused, by name."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from bubblehouse_codegen.documents import load

Edits = Mapping[tuple[str | int, ...], object]
Refusal = Callable[[Edits], str]

ITEM = load(Path(__file__).parent / "echo_note.yaml")["paths"]["/{shop}/EchoNote1"]
PATH = ("paths", "/{shop}/EchoNote1")
POST = (*PATH, "post")
CONTENT = (*POST, "requestBody", "content")
ANSWERS = (*POST, "responses")
ANSWER = (*ANSWERS, "200", "content", "application/json", "schema")
WRITE = ("paths", "/{shop}/UseAchievementDiscount1", "post")
TEXT = {"type": "string"}
VERSION = {"version": {"default": "v1", "enum": ["v1"]}}


def renamed(operation_id: str, path: str) -> Edits:
    post = {**ITEM["post"], "operationId": operation_id}
    return {PATH: ..., ("paths", path): {**ITEM, "post": post}}


def beside(operation_id: str) -> Edits:
    return {("paths", f"/{{shop}}/{operation_id}"): {**ITEM, "post": {**ITEM["post"], "operationId": operation_id}}}


def parameter(**parts: object) -> Edits:
    return {(*POST, "parameters"): [{"name": "q", "schema": TEXT, "required": True, **parts}]}


def server(url: str, variables: object = VERSION) -> Edits:
    return {("servers",): [{"url": url, **({} if variables is None else {"variables": variables})}]}


@pytest.mark.parametrize(
    "name",
    [
        *(
            "Close",
            "ForCustomer",
            "FromEnv",
            "Config",
            "echoNote1",
            "echo_note_1",
            "Echo_Note1",
            "Echo-Note1",
            "1Echo1",
        ),
        *(
            "Écho1",
            'Echo"Note1',
            "Echo Note1",
            "__init__",
            "_Call1",
            "1",
            "EchoNote1\n",
            "EchoNote",
            "EchoNote\N{ARABIC-INDIC DIGIT ONE}",
        ),
    ],
)
def test_a_function_is_named_in_words_and_ends_in_its_number(refusal: Refusal, name: str) -> None:
    assert name.strip() in refusal(renamed(name, f"/{{shop}}/{name}"))


@pytest.mark.parametrize(
    ("edits", "named"),
    [
        pytest.param(beside("echoNote1"), "echoNote1", id="two functions of one method"),
        pytest.param(beside("ECHONote1"), "ECHONote1|EchoNote1", id="two functions of one method, both well-formed"),
        pytest.param(renamed("EchoNote1", "/{shop}/Other2"), "EchoNote1|Other2", id="another name in the path"),
        pytest.param(renamed("EchoNote1", "/{shop}/EchoNote1/"), "EchoNote1", id="a path that ends in a slash"),
        pytest.param(renamed("EchoNote1", "/{shop}/sub/EchoNote1"), "EchoNote1", id="a path of three segments"),
        pytest.param(renamed("EchoNote1", "/{shop}/{thing}/EchoNote1"), "EchoNote1", id="a path with a variable more"),
        pytest.param(renamed("EchoNote1", "/EchoNote1"), "EchoNote1", id="a path without shop"),
        pytest.param({(*POST, "operationId"): ...}, "EchoNote1", id="no operationId"),
        pytest.param({POST: ..., (*PATH, "get"): ITEM["post"]}, "EchoNote1", id="GET alone"),
        pytest.param({POST: ..., (*PATH, "put"): ITEM["post"]}, "EchoNote1", id="PUT alone"),
        pytest.param({(*PATH, "delete"): {**ITEM["post"], "operationId": "Drop1"}}, "EchoNote1|Drop1", id="DELETE"),
        pytest.param({PATH: {"$ref": "#/paths/~1{shop}~1UseAchievementDiscount1"}}, "EchoNote1", id="a path elsewhere"),
        pytest.param(parameter(**{"in": "query"}), "EchoNote1", id="a query parameter"),
        pytest.param(parameter(**{"in": "header", "name": "X-Q"}), "EchoNote1", id="a header parameter"),
        pytest.param(parameter(**{"in": "query", "required": False}), "EchoNote1", id="an optional query parameter"),
        pytest.param({(*PATH, "parameters"): ...}, "EchoNote1", id="no shop among the parameters"),
        pytest.param({(*POST, "security"): [{"NoSuchToken": []}]}, "EchoNote1|NoSuchToken", id="no such token"),
        pytest.param({(*WRITE, "x-bubblehouse-outcome-read-by"): "No9"}, "No9|UseAch", id="outcome read by nothing"),
        pytest.param(
            {(*WRITE, "x-bubblehouse-outcome-read-by"): "UseAchievementDiscount1"},
            "UseAch",
            id="outcome read by a write",
        ),
        pytest.param({(*POST, "deprecated"): "no"}, "deprecated", id="deprecated by a word"),
        pytest.param(
            {(*POST, "deprecated"): True, (*POST, "x-bubblehouse-successor"): "EchoNote2"},
            "EchoNote1: .*EchoNote2",
            id="a successor that isn't there",
        ),
        pytest.param(
            {(*POST, "x-bubblehouse-successor"): "UseAchievementDiscount1"},
            "EchoNote1: .*deprecated",
            id="a successor of a function that isn't deprecated",
        ),
        pytest.param(
            {(*POST, "deprecated"): True, (*POST, "x-bubblehouse-successor"): ["EchoNote1"]},
            "EchoNote1: .*successor",
            id="a list of successors",
        ),
    ],
)
def test_a_function_is_called_in_the_one_way_there_is(refusal: Refusal, edits: Edits, named: str) -> None:
    assert re.search(named, refusal(edits))


@pytest.mark.parametrize(
    "edits",
    [
        pytest.param({(*POST, "requestBody"): ...}, id="no body"),
        pytest.param(
            {(*CONTENT, "application/json"): ..., (*CONTENT, "application/x-www-form-urlencoded"): {"schema": TEXT}},
            id="a form",
        ),
        pytest.param({(*CONTENT, "application/json", "schema"): {"type": "array", "items": TEXT}}, id="a list"),
        pytest.param({ANSWER: {"type": "array", "items": TEXT}}, id="a list comes back"),
        pytest.param({ANSWER: {"$ref": "#/components/schemas/Monetary"}}, id="money comes back"),
        pytest.param({ANSWER: TEXT}, id="a string comes back"),
        pytest.param({ANSWERS: ...}, id="no answers"),
        pytest.param({(*ANSWERS, "200"): ...}, id="no 200"),
        pytest.param({(*ANSWERS, "200"): ..., (*ANSWERS, "201"): ITEM["post"]["responses"]["200"]}, id="201"),
        pytest.param({(*ANSWERS, "200"): ..., (*ANSWERS, "204"): {"description": "Done."}}, id="204"),
        pytest.param({(*ANSWERS, "200"): ..., (*ANSWERS, "2XX"): ITEM["post"]["responses"]["200"]}, id="2XX"),
        pytest.param({(*ANSWERS, "422"): ..., (*ANSWERS, "4XX"): ITEM["post"]["responses"]["422"]}, id="4XX"),
    ],
)
def test_a_json_object_goes_out_and_one_comes_back_with_200(refusal: Refusal, edits: Edits) -> None:
    assert re.search("EchoNote1|echo_note_1", refusal(edits))


@pytest.mark.parametrize(
    "edits",
    [
        pytest.param({("servers",): ...}, id="none"),
        pytest.param({("servers",): []}, id="an empty list"),
        pytest.param(server("https://shop.example/api/{version}", None), id="no variables"),
        pytest.param(server("https://shop.example/api", None), id="no version"),
        pytest.param(server("https://shop.example/api/{version}", {"version": {"default": "v1"}}), id="no enum"),
        pytest.param(server("https://shop.example/api/{version}", {"version": {"enum": ["v1"]}}), id="no default"),
        pytest.param(
            server("https://shop.example/api/{version}", {"version": {"default": "v9", "enum": ["v1"]}}),
            id="a default that is none of the versions",
        ),
        pytest.param(server("https://shop.example/api/{version}/"), id="a slash at the end"),
        pytest.param(server("https://shop.example/{version}/api"), id="the version in the middle"),
        pytest.param(
            server("https://{region}.shop.example/{version}", {**VERSION, "region": {"default": "eu"}}),
            id="another variable",
        ),
        pytest.param(server("/api/{version}"), id="no host"),
    ],
)
def test_the_server_is_a_place_that_ends_in_the_version(refusal: Refusal, edits: Edits) -> None:
    assert "server" in refusal(edits)
