"""Overlay documents: applied by the specification, and refused when they no longer fit what they were written for."""

from pathlib import Path

import pytest

from bubblehouse_codegen.documents import Document, load, overlays_for, resolve
from bubblehouse_codegen.failure import CodegenError

DOCUMENT: Document = {"info": {"title": "Shop", "tags": ["one"]}, "paths": {"/a": {"get": {}}, "/b": {"get": {}}}}


def overlay(folder: Path, actions: str, name: str = "10-test.overlay.yaml") -> Path:
    path = folder / name
    path.write_text(f"overlay: 1.0.0\ninfo: {{title: t, version: '1'}}\nactions:\n{actions}", encoding="utf-8")
    return path


def test_an_update_merges_objects_and_extends_lists(tmp_path: Path) -> None:
    path = overlay(tmp_path, "- {target: $.info, update: {title: New, tags: [two], x-note: yes}}\n")
    assert resolve(DOCUMENT, [path])["info"] == {"title": "New", "tags": ["one", "two"], "x-note": "yes"}


def test_a_removal_takes_every_match(tmp_path: Path) -> None:
    path = overlay(tmp_path, "- {target: $.paths.*.get, remove: true}\n")
    assert resolve(DOCUMENT, [path])["paths"] == {"/a": {}, "/b": {}}


def test_the_document_given_is_not_changed(tmp_path: Path) -> None:
    path = overlay(tmp_path, "- {target: $.info, update: {title: New}}\n")
    resolve(DOCUMENT, [path])
    assert DOCUMENT["info"]["title"] == "Shop"


def test_what_one_action_puts_at_two_places_stays_two_things(tmp_path: Path) -> None:
    path = overlay(
        tmp_path,
        "- {target: $.paths.*.get, update: {x-shared: {a: 1}}}\n"
        "- {target: \"$.paths['/a'].get['x-shared']\", update: {a: 2}}\n",
    )
    paths = resolve(DOCUMENT, [path])["paths"]
    assert (paths["/a"]["get"]["x-shared"], paths["/b"]["get"]["x-shared"]) == ({"a": 2}, {"a": 1})


def test_later_overlays_see_what_earlier_ones_made(tmp_path: Path) -> None:
    overlay(tmp_path, "- {target: $.info, update: {x-new: {a: 1}}}\n", "10-first.overlay.yaml")
    overlay(tmp_path, "- {target: $.info.x-new, update: {a: 2}}\n", "20-second.overlay.yaml")
    assert resolve(DOCUMENT, overlays_for(tmp_path, "everybody"))["info"]["x-new"] == {"a": 2}


def test_an_overlay_for_the_generator_is_not_for_everybody(tmp_path: Path) -> None:
    path = overlay(tmp_path, "- {target: $.info, update: {title: New}}\n")
    path.write_text(path.read_text().replace("info: {", "x-bubblehouse-audience: generator\ninfo: {", 1))
    assert overlays_for(tmp_path, "everybody") == []
    assert overlays_for(tmp_path, "generator") == [path]


@pytest.mark.parametrize(
    ("actions", "message"),
    [
        ("- {target: $.info.nothing, update: {a: 1}}\n", r"action 1 \(\$\.info\.nothing\): the target matches nothing"),
        ("- {target: $.info, update: {title: Shop}}\n", r"action 1 \(\$\.info\): the action changes nothing"),
        (
            "- {target: $.info, update: {a: 1}}\n- {target: $.gone, remove: true}\n",
            r"action 2 \(\$\.gone\): the target",
        ),
        ("- {target: '$.[', remove: true}\n", r"action 1 .*can't be applied"),
        ("- {update: {a: 1}}\n", "not a valid overlay: .*target"),
        ("- {target: $.info, target: $.paths, remove: true}\n", "duplicate key"),
        ("- {target: ", "10-test.overlay.yaml: "),
    ],
)
def test_a_bad_overlay_is_an_error_that_names_file_and_action(tmp_path: Path, actions: str, message: str) -> None:
    path = overlay(tmp_path, actions)
    with pytest.raises(CodegenError, match=message) as caught:
        resolve(DOCUMENT, [path])
    assert "10-test.overlay.yaml" in str(caught.value)


@pytest.mark.parametrize("text", ["- a list\n", "just words\n", ""])
def test_a_document_must_be_an_object(tmp_path: Path, text: str) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text(text)
    with pytest.raises(CodegenError, match="expected an object"):
        load(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CodegenError, match=r"nowhere\.yaml"):
        load(tmp_path / "nowhere.yaml")
