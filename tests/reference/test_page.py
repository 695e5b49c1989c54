"""The reference: all of the contract is on it, and nothing from elsewhere."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from tests.reference.reading import ROOT, SHIPPED, Seen, built, plain, section, walk

from bubblehouse_codegen.documents import load
from bubblehouse_codegen.reference.cli import main

HTML = SHIPPED.read_text(encoding="utf-8")
SEEN = Seen(HTML)
CONTRACT: dict[str, Any] = json.loads((SHIPPED.parent / "openapi.json").read_text(encoding="utf-8"))
SCHEMAS: dict[str, dict[str, Any]] = CONTRACT["components"]["schemas"]
FUNCTIONS = {path.rpartition("/")[2]: item for path, item in CONTRACT["paths"].items()}


def followed(node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        found: Any = CONTRACT
        for step in node["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        node = found
    return node


@pytest.mark.parametrize("name", FUNCTIONS)
def test_all_of_a_function_is_there(name: str) -> None:
    seen = section(HTML, name)
    for verb in FUNCTIONS[name].keys() & {"get", "post"}:
        operation = FUNCTIONS[name][verb]
        assert plain(operation["description"]) in seen.text
        assert f"{CONTRACT['servers'][0]['url']}/{{shop}}/{name}" in seen.text
        assert ("href", operation["externalDocs"]["url"]) in seen.attributes
        assert operation["x-bubblehouse-kind"] in seen.text
        for requirement in operation["security"]:
            for token in requirement:
                assert ("href", f"#token-{token}") in seen.attributes
        for parameter in operation.get("parameters", []):
            assert plain(parameter["description"]) in seen.text
        for status, answer in operation["responses"].items():
            if verb == "post" and status != "200":
                assert plain(followed(answer)["description"]) in seen.text
                assert ("Any other" if status == "default" else status) in seen.text
    assert plain(FUNCTIONS[name]["post"]["summary"]) in seen.text


@pytest.mark.parametrize("name", FUNCTIONS)
def test_its_fields_are_there(name: str) -> None:
    seen = section(HTML, name)
    operation = FUNCTIONS[name]["post"]
    given = operation["requestBody"]["content"]["application/json"]["schema"]
    answered = followed(operation["responses"]["200"])["content"]["application/json"]["schema"]
    for schema in map(followed, (given, answered)):
        for field, about in schema["properties"].items():
            assert field in seen.text
            assert plain(about.get("description", "")) in seen.text
            assert "$ref" not in about or ("href", f"#type-{about['$ref'].rpartition('/')[2]}") in seen.attributes
            if "minimum" in about:
                assert f"{plain(about['description'])} at least {about['minimum']}" in seen.text
            for token in about.get("x-bubblehouse-required-with", []):
                assert re.search(rf"required with [\w ]*{token}", seen.text)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_its_errors_are_there(name: str) -> None:
    seen = section(HTML, name)
    for status, answer in FUNCTIONS[name]["post"]["responses"].items():
        if status[0] in "45":
            for choice in followed(answer)["content"]["application/json"]["schema"]["oneOf"]:
                error, schema = choice["$ref"].rpartition("/")[2], followed(choice)
                told = f"{schema['properties']['id']['const']} {error} {schema['x-bubblehouse-error-scope']}"
                assert told + plain(schema["description"]) in seen.text.replace(f"{told} ", told)
                assert ("href", f"#error-{error}") in seen.attributes


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_type_and_error_has_a_place(name: str) -> None:
    schema = SCHEMAS[name]
    error = "x-bubblehouse-error-scope" in schema
    assert f"{'error' if error else 'type'}-{name}" in SEEN.ids
    seen = section(HTML, "errors" if error else "types")
    assert plain(schema.get("description", "")) in seen.text
    if not error:
        assert "pattern" not in schema or f"pattern {schema['pattern']}" in seen.text
        assert "enum" not in schema or f"one of {', '.join(schema['enum'])}" in seen.text
        for field, about in schema.get("properties", {}).items():
            assert field in seen.text
            assert plain(about.get("description", "")) in seen.text


def test_what_is_assumed_is_marked() -> None:
    marked = [Seen(it).text for it in re.findall(r'<div class="assumed">.*?</div>', HTML, re.DOTALL)]
    texts = [
        str(value)
        for node in walk(CONTRACT)
        for key, value in node.items()
        if key.startswith("x-bubblehouse-assumption")
    ]
    assert len(texts) > 50
    # What is only assumed of a parameter or an answer of GET stands with GET.
    assert [text for text in texts if not any(plain(text) in it for it in marked)] == []
    assert all(it.startswith("assumed") for it in marked)


def test_tokens_versions_limits_and_money_are_explained() -> None:
    assert plain(CONTRACT["info"]["description"]) in section(HTML, "basics").text
    for name, scheme in CONTRACT["components"]["securitySchemes"].items():
        assert f"{name}{plain(scheme['description'])}" in section(HTML, "tokens").text.replace(f"{name} ", name)
    limits = section(HTML, "limits").text
    for version in CONTRACT["servers"][0]["variables"]["version"]["enum"]:
        assert version in limits
    assert "writecustomerday200" in limits  # cells of a row
    assert plain(SCHEMAS["MonetaryInput"]["description"]) in section(HTML, "money").text


def test_it_is_the_same_every_time_and_the_one_that_is_shipped(tmp_path: Path) -> None:
    assert built(tmp_path) == built(tmp_path) == HTML


def test_every_link_leads_somewhere_and_nothing_is_loaded() -> None:
    assert len(SEEN.ids) == len(set(SEEN.ids))
    places = {value for name, value in SEEN.attributes if name == "href"}
    assert {it for it in places if it.startswith("#")} <= {f"#{it}" for it in SEEN.ids}
    assert {it for it in places if not it.startswith(("#", "https://app.bubblehouse.com/"))} == {"data:,"}
    assert not SEEN.tags & {"script", "img", "iframe", "object", "embed", "form", "base", "video", "audio"}
    assert not {name for name, _ in SEEN.attributes} & {"src", "srcset", "style", "onclick"}
    assert not re.search(r"@import|url\(", HTML)


HOSTILE = (
    "</style></code><script>alert(1)</script><img src=x onerror=alert(1)> ![x](http://x/) [y](javascript:z)\u202e\x07"
)


def test_texts_stay_texts(tmp_path: Path) -> None:
    document = load(ROOT / "spec/openapi.yaml")
    for node in walk(document):
        for key in ("description", "summary", "title"):
            if isinstance(node.get(key), str):
                node[key] += HOSTILE
    document["components"]["schemas"]["RedeemPoints1Input"]["properties"]["pts"]["examples"] = [HOSTILE]
    document["paths"]["/{shop}/RedeemPoints1"]["post"]["externalDocs"]["url"] += '"><script>'
    for media in walk(document["paths"]):
        for example in media.get("examples", {}).values() if isinstance(media.get("examples"), dict) else ():
            if "change_bhid" in example["value"]:
                example["value"]["change_bhid"] = HOSTILE
    (tmp_path / "spec.json").write_text(json.dumps(document), encoding="utf-8")
    html = built(tmp_path, "--spec", str(tmp_path / "spec.json"))
    seen = Seen(html)
    assert seen.tags == SEEN.tags
    assert {name for name, _ in seen.attributes} == {name for name, _ in SEEN.attributes}
    assert "<script>alert(1)</script>" in seen.text
    assert not re.search("[\u202e\x07]", html)


def test_what_is_deprecated_says_so(tmp_path: Path) -> None:
    document = load(ROOT / "spec/openapi.yaml")
    document["paths"]["/{shop}/Unredeem1"]["post"] |= {
        "deprecated": True,
        "x-bubblehouse-successor": "CustomerBalance3",
    }
    document["components"]["schemas"]["RedeemPoints1Input"]["properties"]["no_coupon"]["deprecated"] = True
    (tmp_path / "spec.json").write_text(json.dumps(document), encoding="utf-8")
    html = built(tmp_path, "--spec", str(tmp_path / "spec.json"))
    assert "deprecated Unredeem1 is deprecated; call customer_balance_3 in its place" in section(html, "Unredeem1").text
    assert "no_coupon boolean optional deprecated" in section(html, "RedeemPoints1").text
    assert "deprecated" not in section(HTML, "Unredeem1").text


def test_the_command_says_where_the_page_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    built(tmp_path / "new folder")
    assert capsys.readouterr().out == f"scripts/docs: the reference is in {tmp_path}/new folder/reference.html\n"


@pytest.mark.parametrize(
    ("example", "problem"),
    [
        ({"change_bhid": "1", "chang_bhid": "1"}, "names 'chang_bhid', which is no property of it"),
        (["1"], "is no object: ['1']"),
    ],
)
def test_an_example_that_cant_be_called_is_refused(
    example: object, problem: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = load(ROOT / "spec/openapi.yaml")
    body = document["paths"]["/{shop}/Unredeem1"]["post"]["requestBody"]["content"]["application/json"]
    body["examples"]["undo"]["value"] = example
    (tmp_path / "spec.json").write_text(json.dumps(document), encoding="utf-8")
    assert main(["--spec", str(tmp_path / "spec.json"), "--output", str(tmp_path / "page.html")]) == 1
    assert capsys.readouterr().err == f"scripts/docs: an example of Unredeem1Input {problem}\n"
    assert not (tmp_path / "page.html").exists()
