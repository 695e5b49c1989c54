"""Assumptions stand in overlays alone, each with a reason, and whatever they add is marked where it stands."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contract.document.reader import Node, follow, operations, target, walk

from bubblehouse_codegen.documents import Document, load, overlays_for, resolve

MARKER = "x-bubblehouse-assumption"

# What an action may change without a marker of its own: texts and illustrations of things that are marked themselves.
ILLUSTRATION = {"description", "discriminator", "example", "examples", "links", "summary"}


def markers(node: object) -> list[tuple[str, str]]:
    return [(key, item[key]) for _, item in walk(node) for key in item if key.startswith(MARKER)]


def is_marked(document: Document, node: Node) -> bool:
    return any(key.startswith(MARKER) for key in follow(document, node))


def additions(node: object, key: str) -> Iterator[tuple[str, object]]:
    """The values that an update adds below a key, each with the key it stands under, apart from illustrations."""
    if key in ILLUSTRATION:
        return
    if isinstance(node, dict):
        for name, value in node.items():
            yield from additions(value, name)
    elif isinstance(node, list):
        for value in node:
            yield from additions(value, key)
    else:
        yield key, node


@pytest.fixture(scope="module")
def actions(overlay_paths: list[Path]) -> list[Node]:
    return [action for path in overlay_paths for action in load(path)["actions"]]


def test_the_contract_alone_has_no_assumption(root: Path) -> None:
    assert MARKER not in (root / "spec/openapi.yaml").read_text(encoding="utf-8")


def test_every_action_gives_a_reason(actions: list[Node]) -> None:
    reasons = [action["description"] for action in actions]
    assert len(reasons) > 20
    assert [reason for reason in reasons if len(reason) < 30 or not reason.endswith(".")] == []
    assert len(set(reasons)) == len(reasons)


def test_no_action_takes_a_fact_away(actions: list[Node]) -> None:
    assert [action["target"] for action in actions if "remove" in action] == []


def test_every_marker_lands_in_the_document(actions: list[Node], resolved: Document) -> None:
    given = Counter(marker for action in actions for marker in markers(action["update"]))
    assert given == Counter(markers(resolved))


def test_every_marker_says_something(resolved: Document) -> None:
    assert [text for _, text in markers(resolved) if len(text) < 20] == []


def test_an_action_without_a_marker_only_refers_to_what_is_marked(actions: list[Node], resolved: Document) -> None:
    unmarked = [action for action in actions if not markers(action["update"])]
    assert unmarked
    for action in unmarked:
        for key, value in additions(action["update"], action["target"].rpartition(".")[2]):
            assert key == "$ref", action["target"]
            assert is_marked(resolved, target(resolved, str(value))), value


def test_an_added_schema_is_marked(facts: Document, resolved: Document) -> None:
    before, after = facts["components"]["schemas"], resolved["components"]["schemas"]
    added = after.keys() - before.keys()
    assert added
    assert {name for name in added if not is_marked(resolved, after[name])} == set()


def test_an_added_field_is_marked(facts: Document, resolved: Document) -> None:
    before, after = facts["components"]["schemas"], resolved["components"]["schemas"]
    added = {
        f"{name}.{field}": value
        for name in before
        for field, value in after[name].get("properties", {}).items()
        if field not in before[name].get("properties", {})
    }
    assert added
    assert {where for where, value in added.items() if MARKER not in value} == set()


def test_an_added_status_or_parameter_is_marked(facts: Document, resolved: Document) -> None:
    before = {label: operation for label, _, operation in operations(facts)}
    assert before
    for label, _, operation in operations(resolved):
        for status in operation["responses"].keys() - before[label]["responses"].keys():
            response = follow(resolved, operation["responses"][status])
            members = response["content"]["application/json"]["schema"]["oneOf"]
            assert all(is_marked(resolved, member) for member in members), f"{label} {status}"
        for parameter in operation["parameters"][len(before[label]["parameters"]) :]:
            assert MARKER in parameter, f"{label} {parameter['name']}"


def test_overlays_apply_in_the_order_of_their_numbers(overlay_paths: list[Path]) -> None:
    names = [path.name for path in overlay_paths]
    assert "10-assumptions.overlay.yaml" in names
    assert names == sorted(names)
    assert all(name[:2].isdigit() for name in names)


def test_overlays_leave_the_contract_itself_alone(facts: Document, overlay_paths: list[Path]) -> None:
    before = json.dumps(facts)
    resolve(facts, overlay_paths)
    assert json.dumps(facts) == before


def test_overlays_give_the_same_bytes_every_time(root: Path, resolved: Document) -> None:
    script = (
        "import json, sys, pathlib; from bubblehouse_codegen.documents import load, overlays_for, resolve;"
        "root = pathlib.Path(sys.argv[1]); overlays = overlays_for(root / 'overlays/spec', 'everybody');"
        "print(json.dumps(resolve(load(root / 'spec/openapi.yaml'), overlays)))"
    )
    again = subprocess.run(
        [sys.executable, "-c", script, str(root)],
        env={**os.environ, "PYTHONHASHSEED": "1"},  # string hashes decide the order of sets
        capture_output=True,
        text=True,
        check=True,
    )
    assert again.stdout == json.dumps(resolved) + "\n"


def test_overlays_for_the_generator_are_not_among_them(root: Path, overlay_paths: list[Path]) -> None:
    assert set(overlay_paths).isdisjoint(overlays_for(root / "overlays/spec", "generator"))
