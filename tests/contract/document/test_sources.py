"""spec/SOURCES.md tells for everything in the contract where it comes from, and how open questions were settled."""

import csv
import re
from pathlib import Path

import pytest
from tests.contract.document.reader import error_id, operations

from bubblehouse_codegen.documents import Document, load

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def sections(root: Path) -> dict[str, str]:
    """The text below each heading of the page."""
    text = (root / "spec/SOURCES.md").read_text(encoding="utf-8")
    _, *parts = re.split(r"^## ", text, flags=re.MULTILINE)
    return {heading: body for heading, _, body in (part.partition("\n") for part in parts)}


def rows(section: str) -> list[list[str]]:
    """The rows of the tables of a section, as cells; heads and rulers are left out."""
    lines = [line for line in section.splitlines() if line.startswith("|")]
    heads = {number - 1 for number, line in enumerate(lines) if set(line) <= set("|- ")}
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for number, row in enumerate(cells) if number not in heads and number - 1 not in heads]


def first_names(section: str) -> set[str]:
    """What the rows of a section are about."""
    return {name.strip(" `") for row in rows(section) for name in row[0].split(",")}


def test_every_operation_has_its_page(sections: dict[str, str], facts: Document) -> None:
    assert {op["operationId"] for _, _, op in operations(facts)} <= first_names(sections["Operations"])


def test_every_type_has_its_page(sections: dict[str, str], facts: Document) -> None:
    pages_of_calls = {
        f"{operation['operationId']}{part}" for _, _, operation in operations(facts) for part in ("Input", "Output")
    }
    types = {name for name, schema in facts["components"]["schemas"].items() if error_id(schema) is None}
    assert types - pages_of_calls - {"Error"} == first_names(sections["Types"])


def test_every_row_says_page_and_revision(sections: dict[str, str]) -> None:
    for section in ("Operations", "Types"):
        for row in rows(sections[section]):
            assert all(row[:3]), row


@pytest.mark.parametrize("table", ["operations", "fields", "errors", "types", "names", "conventions"])
def test_every_page_behind_the_tables_is_named(root: Path, table: str) -> None:
    text = (root / "spec/SOURCES.md").read_text(encoding="utf-8")
    with (HERE / "documented" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        pages = {cells["page"] for cells in csv.DictReader(file)}
    assert pages
    assert {page for page in pages if f"`{page}`" not in text} == set()


@pytest.mark.parametrize("number", range(1, 25))
def test_an_open_question_is_settled(sections: dict[str, str], number: int) -> None:
    (row,) = [row for row in rows(sections["Open questions"]) if row[0] == str(number)]
    _, question, reading, why = row
    assert all(len(text) > 1 for text in (question, reading, why))


def test_questions_that_are_cited_exist(root: Path, sections: dict[str, str]) -> None:
    known = {row[0] for row in rows(sections["Open questions"])}
    overlay = (root / "overlays/spec/10-assumptions.overlay.yaml").read_text(encoding="utf-8")
    cited = set(re.findall(r"\[(\d+)\]", "".join(sections.values()) + overlay))
    assert cited
    assert cited <= known


def test_every_assumption_is_listed(sections: dict[str, str], overlay_paths: list[Path]) -> None:
    listed = sections["Assumptions"]
    targets = [action["target"] for path in overlay_paths for action in load(path)["actions"]]
    names = {name.rpartition("/")[2] for target in targets for name in re.findall(r"\['([^',]+)'\]", target)}
    assert names
    assert {name for name in names - {"json"} if name not in listed} == set()


def test_every_assumed_error_is_listed(sections: dict[str, str], facts: Document, resolved: Document) -> None:
    added = resolved["components"]["schemas"].keys() - facts["components"]["schemas"].keys()
    ids = {error_id(resolved["components"]["schemas"][name]) for name in added}
    assert ids
    assert {id_ for id_ in ids if f"`{id_}`" not in sections["Assumptions"]} == set()
