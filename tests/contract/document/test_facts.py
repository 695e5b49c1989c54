"""Every row of the docs pages stands in the contract, and the contract says nothing that stands in no row."""

from pathlib import Path

import pytest
from tests.contract.document.comparison import claims, differences, shortfalls
from tests.contract.document.reader import Schemas
from tests.contract.document.tables import Row, Value, merge, read_rows, read_values

from bubblehouse_codegen.documents import Document

HERE = Path(__file__).parent
DOCUMENTED = read_rows(HERE / "documented")
ASSUMED = read_rows(HERE / "assumed")
VALUES = read_values(HERE / "documented")


@pytest.fixture(scope="module")
def found(resolved: Document) -> dict[str, str]:
    return claims(resolved)


@pytest.fixture(scope="module")
def schemas(resolved: Document) -> Schemas:
    return Schemas(resolved)


@pytest.mark.parametrize("row", [pytest.param(row, id=row.label) for row in DOCUMENTED])
def test_what_the_docs_say_stands_in_the_contract(row: Row, found: dict[str, str]) -> None:
    assert shortfalls(found, row.claims) == []


@pytest.mark.parametrize("row", [pytest.param(row, id=row.label) for row in ASSUMED])
def test_what_is_assumed_stands_in_the_contract(row: Row, found: dict[str, str]) -> None:
    assert shortfalls(found, row.claims) == []


def test_the_contract_alone_says_what_the_docs_say_and_no_more(facts: Document) -> None:
    assert differences(facts, merge(DOCUMENTED)) == []


def test_overlays_add_what_is_assumed_and_no_more(resolved: Document) -> None:
    assert differences(resolved, merge([*DOCUMENTED, *ASSUMED])) == []


@pytest.mark.parametrize("value", [pytest.param(value, id=value.label) for value in VALUES])
def test_a_type_takes_and_refuses_values_as_the_docs_say(value: Value, schemas: Schemas) -> None:
    problems = schemas.problems(("components", "schemas", *value.type.split("/")), value.value)
    assert (problems == []) is value.valid, problems
