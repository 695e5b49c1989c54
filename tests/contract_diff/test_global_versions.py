"""Global versions with a contract of their own: what changed in one alone, and what a new one does otherwise."""

from copy import deepcopy
from typing import Any

from tests.contract_diff.pairs import CONTRACT

from bubblehouse_diff.changes import Change
from bubblehouse_diff.entries import entries_of
from bubblehouse_diff.global_versions import compare_versions
from bubblehouse_diff.matching import Matched, breaks, match
from bubblehouse_diff.rules import CALLERS, sentence_of

VERSION = "v2027"
REASON = {"type": "string", "description": "Why it is undone."}


def _contract(*, knows: bool = True, **properties: object) -> Any:
    contract = deepcopy(CONTRACT)
    if knows:
        contract["servers"][0]["variables"]["version"]["enum"].append(VERSION)
    schema = contract["components"]["schemas"]["Unredeem1Input"]
    for name, it in properties.items():
        schema["properties"][name] = it
        schema["required"].append(name)
    return contract


def _told(changes: list[Change]) -> list[str]:
    return [sentence_of(change) for change in changes]


ADDED = "in v2027, required input Unredeem1Input.reason added: calls without it are refused now"


def test_a_new_version_is_told_by_what_it_does_otherwise_and_breaks_nobody() -> None:
    changes = compare_versions(_contract(knows=False), _contract(), {}, {VERSION: _contract(reason=REASON)})
    assert _told(changes) == [ADDED]
    assert [breaks(one) for one in match(changes, [])[0]] == [frozenset()]


def test_a_version_that_is_in_use_breaks_those_who_use_it() -> None:
    changes = compare_versions(_contract(), _contract(), {}, {VERSION: _contract(reason=REASON)})
    assert _told(changes) == [ADDED]
    assert [breaks(one) >= CALLERS for one in match(changes, [])[0]] == [True]
    assert entries_of([Matched(changes[0], [])], []) == (
        "- **Breaking:** In v2027, required input `Unredeem1Input.reason` added.\n"
    )


def test_what_changes_in_all_versions_is_told_once() -> None:
    own = {VERSION: _contract(reason=REASON)}
    after = {VERSION: _contract(note=REASON, reason=REASON)}
    assert compare_versions(_contract(), _contract(note=REASON), own, after) == []


def test_a_version_without_differences_is_not_told() -> None:
    assert compare_versions(_contract(knows=False), _contract(), {}, {}) == []
    assert compare_versions(_contract(), _contract(), {VERSION: _contract()}, {}) == []


def test_a_version_that_loses_its_overlay_is_told() -> None:
    changes = compare_versions(_contract(), _contract(), {VERSION: _contract(reason=REASON)}, {})
    assert [(change.rule, change.version, change.is_new) for change in changes] == [("input-removed", VERSION, False)]
