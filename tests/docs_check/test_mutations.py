"""The proof of the check: each small change to a page is reported, with what it is about and the page's line."""

from pathlib import Path

import pytest
from tests.docs_check.checking import OF_THE_VENDOR, PAGES, check_text, page, page_of_the_vendor
from tests.docs_check.mutations import Mutation, read_mutations

MUTATIONS = read_mutations()


def _line_of(text: str, fragment: str) -> int:
    return text[: text.index(fragment.strip("\n"))].count("\n") + 1


def test_there_are_enough_and_they_touch_every_page() -> None:
    assert len({mutation[:3] for mutation in MUTATIONS}) >= 60
    assert {mutation.page for mutation in MUTATIONS} == {path.name for path in PAGES.iterdir()}


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: f"{mutation.page}:{mutation.what}:{mutation.kind}")
def test_a_changed_page_is_reported(mutation: Mutation, tmp_path: Path) -> None:
    text = page(mutation.page)
    assert text.count(mutation.old) == 1
    changed = text.replace(mutation.old, mutation.new)
    line = _line_of(changed, mutation.at) if mutation.at in changed and mutation.at else _line_of(text, mutation.old)
    reported = check_text(tmp_path, mutation.page, changed).unexplained
    expected = (mutation.kind, mutation.what, 0 if mutation.at == "no line" else line)
    assert expected in [(finding.kind, finding.what, finding.line) for finding in reported]


@pytest.mark.parametrize("name", sorted({mutation.page for mutation in MUTATIONS}))
def test_an_unchanged_page_is_not_reported(name: str, tmp_path: Path) -> None:
    assert check_text(tmp_path, name, page(name)).unexplained == []


@pytest.mark.parametrize("name", sorted(OF_THE_VENDOR))
def test_a_page_of_the_vendor_changed_in_the_same_way_is_reported(name: str, tmp_path: Path) -> None:
    text = page_of_the_vendor(name)
    same = [mutation for mutation in MUTATIONS if mutation.page == name and text.count(mutation.old) == 1]
    assert len(same) >= 10
    for mutation in same:
        reported = check_text(tmp_path, name, text.replace(mutation.old, mutation.new)).unexplained
        assert (mutation.kind, mutation.what) in [(finding.kind, finding.what) for finding in reported], mutation
