"""Actions of an overlay at the edges of the specification: done as it says, or refused with file and action."""

from pathlib import Path

import pytest

from bubblehouse_codegen.documents import Document, resolve
from bubblehouse_codegen.failure import CodegenError

DOCUMENT: Document = {
    "openapi": "3.1.0",
    "info": {"title": "Shop", "contact": {"name": "Ada"}},
    "servers": [{"url": "a"}, {"url": "b"}],
    "tags": ["p", "q", "r"],
    "paths": {"/a": {"get": {"parameters": [1, 2, 3]}}, "/b": {"get": {"parameters": [4, 5, 6]}}},
}


def applied(folder: Path, *actions: str) -> Document:
    path = folder / "10-test.overlay.yaml"
    lines = "".join(f"- {action}\n" for action in actions)
    path.write_text(f"overlay: 1.0.0\ninfo: {{title: t, version: '1'}}\nactions:\n{lines}", encoding="utf-8")
    return resolve(DOCUMENT, [path])


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ("{target: $.info, remove: false, update: {a: 1}}", {"info": {**DOCUMENT["info"], "a": 1}}),
        ("{target: $, update: {x-a: 1}}", {"x-a": 1}),
        ("{target: \"$.servers[?(@.url=='a')]\", remove: true}", {"servers": [{"url": "b"}]}),
        ("{target: $.servers, update: {url: c}}", {"servers": [{"url": "a"}, {"url": "b"}, {"url": "c"}]}),
        ("{target: $.tags, update: [s]}", {"tags": ["p", "q", "r", "s"]}),
        ("{target: '$.tags[0]', remove: true}", {"tags": ["q", "r"]}),
        ("{target: '$.tags[*]', remove: true}", {"tags": []}),
        ("{target: '$.tags[0:2]', remove: true}", {"tags": ["r"]}),
        ("{target: $.info.contact, update: {name: Bob}}", {"info": {"title": "Shop", "contact": {"name": "Bob"}}}),
        ("{target: $.info.contact, remove: true}", {"info": {"title": "Shop"}}),
        ("{target: $..parameters, remove: true}", {"paths": {"/a": {"get": {}}, "/b": {"get": {}}}}),
        (
            "{target: '$.paths.*.get.parameters[0]', remove: true}",
            {"paths": {"/a": {"get": {"parameters": [2, 3]}}, "/b": {"get": {"parameters": [5, 6]}}}},
        ),
        (
            "{target: '$.paths.*.get.parameters[2]', remove: true}",
            {"paths": {"/a": {"get": {"parameters": [1, 2]}}, "/b": {"get": {"parameters": [4, 5]}}}},
        ),
        (
            "{target: $.info, description: A date stays a text., update: {x-day: 2026-01-01}}",
            {"info": {**DOCUMENT["info"], "x-day": "2026-01-01"}},
        ),
    ],
)
def test_an_action_changes_what_it_names_and_nothing_else(
    tmp_path: Path, action: str, expected: dict[str, object]
) -> None:
    assert applied(tmp_path, action) == {**DOCUMENT, **expected}


@pytest.mark.parametrize(
    "action",
    [
        "{target: $.info}",
        "{target: $.info, description: Nothing is done.}",
        "{target: $.info, remove: false}",
        "{target: $.info, updat: {a: 1}}",
        "{target: $.info, update: {title: Shop}}",
        "{target: $.info.title, update: {a: 1}}",
        "{target: $, remove: true}",
        "{target: '$.servers[5]', update: {url: c}}",
        "{target: '$.tags[5]', remove: true}",
        # The library can't change an item of a list where it stands; that is said, and not passed over.
        "{target: '$.servers[0]', update: {url: c}}",
        "{target: '$.servers[*]', update: {d: 1}}",
        "{target: \"$.servers[?(@.url=='b')]\", update: {d: 1}}",
        "{target: $.info.title.deeper, remove: true}",
        "{target: '', remove: true}",
        "{target: info, remove: maybe}",
        "{target: \"$.servers[?(@.url=='z')]\", remove: true}",
    ],
)
def test_an_action_that_can_do_nothing_is_refused(tmp_path: Path, action: str) -> None:
    with pytest.raises(CodegenError, match=r"10-test\.overlay\.yaml") as caught:
        applied(tmp_path, action)
    assert "action" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_action_that_fails_is_numbered(tmp_path: Path) -> None:
    with pytest.raises(CodegenError, match=r"action 2 \(\$\.info\)"):
        applied(tmp_path, "{target: $.info, update: {a: 1}}", "{target: $.info}")


def test_a_removal_finds_nothing_the_second_time(tmp_path: Path) -> None:
    with pytest.raises(CodegenError, match="action 2"):
        applied(tmp_path, "{target: $.info.contact, remove: true}", "{target: $..contact, remove: true}")
