"""Reads mutations.csv: small changes to our own pages, and what has to be reported of each."""

import csv
from pathlib import Path
from typing import NamedTuple

from tests.docs_check.checking import HERE


class Mutation(NamedTuple):
    r"""One change. A line end is written as `\n` in the table.

    Attributes:
        page: The page.
        old: What stands there once.
        new: What stands there instead.
        what: What the report has to name.
        kind: How it has to call it.
        at: Text on the line that has to be named, where that isn't the line of `old`; `no line` for none.
    """

    page: str
    old: str
    new: str
    what: str
    kind: str
    at: str


def read_mutations(path: Path = HERE / "mutations.csv") -> list[Mutation]:
    """Read the table."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, strict=True))[1:]
    return [Mutation(*(cell.replace("\\n", "\n") for cell in row)) for row in rows]
