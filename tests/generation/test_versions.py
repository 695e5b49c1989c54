"""Global versions that differ by an overlay: what is refused, and what is made of the others."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bubblehouse.dialect import Shape
from bubblehouse_codegen.documents import Document
from bubblehouse_codegen.versions.gathering import Gathered, gather

ECHO = "$.paths['/{shop}/EchoNote1'].post"
BODY = f"{ECHO}.requestBody.content['application/json']"
ANSWER = f"{ECHO}.responses['200'].content['application/json']"
LONG = "#/components/schemas/NoteTooLongError"

Action = dict[str, Any]
Gather = Callable[..., Gathered]
Refuse = Callable[..., str]


def _write(document: Document, folder: Path, overlays: dict[str, list[Action]]) -> tuple[Path, Path]:
    """Write a contract that knows v2027, and overlays of versions."""
    document = copy.deepcopy(document)
    document["servers"][0]["variables"]["version"]["enum"].append("v2027")
    document["components"]["schemas"]["Error"] = {"type": "object"}  # the generator's view has none
    spec, places = folder / "openapi.yaml", folder / "overlays"
    spec.write_text(json.dumps(document), encoding="utf-8")
    (places / "versions").mkdir(parents=True)
    for name, actions in overlays.items():
        overlay = {"overlay": "1.0.0", "info": {"title": "x", "version": "1"}, "actions": actions}
        (places / "versions" / name).write_text(json.dumps(overlay), encoding="utf-8")
    return spec, places


@pytest.fixture
def gathered(small_contract: Document, tmp_path: Path) -> Gather:
    """Gathers a contract of two functions with an overlay for v2027."""

    def run(*actions: Action) -> Gathered:
        return gather(*_write(small_contract, tmp_path, {"v2027.overlay.yaml": list(actions)}))

    return run


@pytest.fixture
def refused(small_contract: Document, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Refuse:
    """Regenerates, sees that it is refused in words, and returns them."""
    from bubblehouse_codegen.cli import main  # noqa: PLC0415

    def run(*actions: Action, name: str = "v2027.overlay.yaml") -> str:
        spec, overlays = _write(small_contract, tmp_path, {name: list(actions)})
        arguments = {"spec": spec, "overlays": overlays, "output": tmp_path / "out"}
        assert main([part for key, it in arguments.items() for part in (f"--{key}", str(it))]) == 1
        said = capsys.readouterr().err
        assert all(line.startswith("scripts/regenerate: ") for line in said.splitlines())
        assert not (tmp_path / "out/bubblehouse_loyalty").exists()
        return said

    return run


def _property(place: str, name: str, schema: Document) -> Action:
    return {"target": f"{place}.schema.properties", "update": {name: schema}}


def _removed(target: str) -> Action:
    return {"target": target, "remove": True}


WORD = {"type": "string", "description": "A word."}
DIALECTS = [
    pytest.param(
        [_property(BODY, "text", WORD | {"x-bubblehouse-renamed-from": "note"})],
        {"EchoNote1.taken": Shape(names={"note": "text"})},
        {},
        id="a renamed input",
    ),
    pytest.param(
        [_property(ANSWER, "said", {"type": "array", "items": WORD, "x-bubblehouse-renamed-from": "notes"})],
        {"EchoNote1.answered": Shape(names={"notes": "said"})},
        {},
        id="a renamed output",
    ),
    pytest.param(
        [
            {
                "target": f"{ANSWER}.schema.properties.author.properties",
                "update": {"called": WORD | {"x-bubblehouse-renamed-from": "name"}},
            }
        ],
        {
            "EchoNote1.answered": Shape(inside={"author": "EchoNote1.answered.author"}),
            "EchoNote1.answered.author": Shape(names={"name": "called"}),
        },
        {},
        id="a renamed output inside another",
    ),
    pytest.param(
        [_property(BODY, "tone", WORD), {"target": f"{BODY}.schema", "update": {"required": ["tone"]}}],
        {"EchoNote1.taken": Shape(required=("tone",))},
        {"EchoNote1.taken": Shape(absent=("tone",))},
        id="a new required input",
    ),
    pytest.param(
        [{"target": f"{BODY}.schema", "update": {"required": ["copies"]}}],
        {"EchoNote1.taken": Shape(required=("copies",))},
        {},
        id="an optional input that becomes required",
    ),
    pytest.param(
        [_removed(f"{BODY}.schema.properties.weight")],
        {"EchoNote1.taken": Shape(absent=("weight",))},
        {},
        id="an input that is gone",
    ),
]


@pytest.mark.parametrize(("actions", "of_version", "of_default"), DIALECTS)
def test_a_dialect_tells_each_difference(
    actions: list[Action], of_version: dict[str, Shape], of_default: dict[str, Shape], gathered: Gather
) -> None:
    dialects = {it.version: it for it in gathered(*actions).dialects}
    assert dialects["v2027"].shapes == of_version
    assert dialects.get("v2023061", dialects["v2027"]._replace(shapes={})).shapes == of_default
    starts = {**dialects["v2027"].inputs, **dialects["v2027"].outputs}
    assert starts == {"EchoNote1": next(iter(of_version))}


def test_without_an_overlay_nothing_is_said(small_contract: Document, tmp_path: Path) -> None:
    made = gather(*_write(small_contract, tmp_path, {}))
    assert (made.dialects, made.versions) == ([], {})
    assert made.everything == made.contract


def test_examples_and_links_have_the_version_s_names(gathered: Gather) -> None:
    made = gathered(
        _property(BODY, "text", WORD | {"x-bubblehouse-renamed-from": "note"}),
        _property(ANSWER, "said", {"type": "array", "items": WORD, "x-bubblehouse-renamed-from": "notes"}),
        {
            "target": f"{ECHO}.responses['200']",
            "update": {
                "links": {
                    "again": {
                        "operationId": "EchoNote1",
                        "requestBody": {"note": "$response.body#/notes/0", "price": "$request.body#/price"},
                    }
                }
            },
        },
    )
    post = made.versions["v2027"]["paths"]["/{shop}/EchoNote1"]["post"]
    schema = post["requestBody"]["content"]["application/json"]["schema"]
    assert (next(iter(schema["properties"])), schema["required"]) == ("text", ["text"])
    assert post["requestBody"]["content"]["application/json"]["examples"]["hello"]["value"] == {"text": "hello"}
    answer = post["responses"]["200"]
    assert answer["content"]["application/json"]["examples"]["echoed"]["value"]["said"] == ["hello", "hello"]
    assert answer["links"]["again"]["requestBody"] == {
        "text": "$response.body#/said/0",
        "price": "$request.body#/price",
    }
    assert made.versions["v2027"]["servers"][0]["variables"]["version"]["default"] == "v2027"
    # The other one is as it was.
    assert "note" in json.dumps(made.contract["paths"])
    assert '"said"' not in json.dumps(made.contract)


def test_what_is_required_somewhere_alone_can_be_left_out(gathered: Gather) -> None:
    made = gathered(_removed(f"{ANSWER}.schema.required[?(@ == 'author')]"))
    post = made.everything["paths"]["/{shop}/EchoNote1"]["post"]
    schema = post["responses"]["200"]["content"]["application/json"]["schema"]
    assert schema["required"] == ["notes", "price"]


def test_whatever_any_version_has_is_in_the_client_and_says_where_it_is(gathered: Gather) -> None:
    made = gathered(
        _property(BODY, "tone", WORD),
        {"target": f"{BODY}.schema", "update": {"required": ["tone"]}},
        {"target": f"{BODY}.schema.properties.copies", "update": {"minimum": 2}},
        {"target": f"{ANSWER}.schema.properties.mood", "update": {"enum": ["cross"]}},
        _removed("$.paths['/{shop}/UseAchievementDiscount1']"),
    )
    post = made.everything["paths"]["/{shop}/EchoNote1"]["post"]
    taken = post["requestBody"]["content"]["application/json"]["schema"]
    assert taken["required"] == ["note"]
    assert taken["properties"]["tone"]["description"] == "A word. Only in v2027. Required in v2027."
    assert "minimum" not in taken["properties"]["copies"]
    mood = post["responses"]["200"]["content"]["application/json"]["schema"]["properties"]["mood"]
    assert mood["enum"] == ["glad", "sad", "cross"]
    other = made.everything["paths"]["/{shop}/UseAchievementDiscount1"]["post"]
    assert other["description"].endswith("Not in v2027.")
    assert other["x-bubblehouse-versions"] == ["v2023061", "v20230601"]
    (dialect,) = [it for it in made.dialects if it.version == "v2027"]
    assert dialect.missing == {"UseAchievementDiscount1": ""}


def test_a_schema_may_have_itself_inside(gathered: Gather) -> None:
    node = {
        "type": "object",
        "properties": {"label": WORD, "children": {"type": "array", "items": {"$ref": "#/components/schemas/Node"}}},
    }
    made = gathered(
        {"target": "$.components.schemas", "update": {"Node": node}},
        _property(BODY, "tree", {"$ref": "#/components/schemas/Node"}),
    )
    assert made.dialects[0].shapes == {"EchoNote1.taken": Shape(absent=("tree",))}


REFUSALS = [
    pytest.param([], "2027.overlay.yaml", "the name must be that of a global version", id="no version"),
    pytest.param([], "v2099.overlay.yaml", "doesn't name v2099 yet", id="a version that nobody knows"),
    pytest.param([], "v2023061.overlay.yaml", "v2023061 is the default", id="the default version"),
    pytest.param(
        [_property(BODY, "text", WORD | {"x-bubblehouse-renamed-from": "nothing"})],
        "",
        "text was nothing before, it says; but beside it there is no nothing",
        id="a new name for nothing",
    ),
    pytest.param(
        [{"target": f"{BODY}.schema.properties.note", "update": {"type": "integer"}}],
        "",
        'note.type: "string" in the default version, "integer" here. One client can\'t have both',
        id="another type",
    ),
    pytest.param(
        [{"target": "$.paths['/{shop}/UseAchievementDiscount1'].post", "update": {"x-bubblehouse-kind": "read"}}],
        "",
        'x-bubblehouse-kind: "write" in the default version, "read" here',
        id="another kind",
    ),
    pytest.param(
        [_removed(f"{ECHO}.responses['422']")],
        "",
        "EchoNote1 doesn't answer note_too_long any more: name it in x-bubblehouse-replaces",
        id="an error that is gone",
    ),
    pytest.param(
        [{"target": f"{BODY}.schema.properties.nothing", "update": {"type": "string"}}],
        "",
        "matches nothing",
        id="an action on nothing",
    ),
    pytest.param(
        [{"target": f"{ECHO}.responses", "update": {"201": {"description": "Made."}}}],
        "",
        "its only success must be 200",
        id="what is no contract",
    ),
]


@pytest.mark.parametrize(("actions", "name", "says"), REFUSALS)
def test_what_no_client_can_be_made_of_is_refused(actions: list[Action], name: str, says: str, refused: Refuse) -> None:
    said = refused(*actions, name=name or "v2027.overlay.yaml")
    assert says in said
    assert (name or "v2027") in said


def test_an_error_that_another_one_replaces_may_go(gathered: Gather) -> None:
    made = gathered(
        _removed(f"{ECHO}.responses['422']"),
        {"target": "$.components.schemas.InvalidTokenError", "update": {"x-bubblehouse-replaces": ["note_too_long"]}},
    )
    post = made.everything["paths"]["/{shop}/EchoNote1"]["post"]
    assert post["x-bubblehouse-error-notes"] == {"NoteTooLongError": "Not in v2027."}
    assert "422" in post["responses"]
