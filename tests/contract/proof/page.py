"""The report for people: one page, complete in itself."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from tests.contract.proof import console
from tests.contract.proof.figures import DRIVER_NAMES, Cell, OperationTraffic, Run
from tests.contract.proof.recipes import ALL_KINDS

_KIND_NAMES: Final = {
    "CustomerToken": "customer",
    "ShopToken": "shop",
    "PartnerTokenForCustomer": "partner, customer",
    "PartnerTokenForShop": "partner, shop",
}


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """One error of an operation, and its cell for each kind of token; None where it can't come with that kind."""

    status: int
    id: str
    scope: str
    assumed: bool
    cells: list[Cell | None]

    @property
    def caused(self) -> bool:
        """Whether it was caused with every kind of token it can come with."""
        return all(cell.caused for cell in self.cells if cell is not None)


def write(run: Run, path: Path) -> None:
    """Write the report.

    Args:
        run: The figures.
        path: The file.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    sentence, good = console.verdict(run)
    text = environment.get_template("page.html.jinja").render(
        run=run,
        good=good,
        sentence=sentence,
        made=datetime.now(UTC),
        failures=_by_message(run),
        kinds=[_KIND_NAMES[kind] for kind in ALL_KINDS],
        drivers=" and ".join(DRIVER_NAMES),
        matrix={operation: _rows(run, operation) for operation in run.operations},
        bars={} if run.traffic is None else {name: _bar(calls) for name, calls in run.traffic.operations.items()},
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _by_message(run: Run) -> dict[str, list[str]]:
    """Return failed tests by what they say: one cause often fails many."""
    found: dict[str, list[str]] = {}
    for failure in run.failures:
        found.setdefault(failure.message, []).append(failure.name.removeprefix("tests/contract/"))
    return found


def _rows(run: Run, operation: str) -> list[ErrorRow]:
    rows: dict[tuple[int, str], ErrorRow] = {}
    for cell in run.matrix:
        if cell.operation == operation:
            row = rows.setdefault(
                (cell.status, cell.id),
                ErrorRow(cell.status, cell.id, cell.scope, cell.assumed, [None] * len(ALL_KINDS)),
            )
            row.cells[ALL_KINDS.index(cell.kind)] = cell
    return list(rows.values())


def _bar(calls: OperationTraffic) -> list[tuple[str, int, float]]:
    """Return the parts of a bar: style, calls, and share in percent."""
    valid = calls.valid
    parts = (
        ("success", valid.success),
        ("business", valid.business),
        ("identity", valid.identity),
        ("door", valid.door + valid.undocumented),
    )
    return [(style, count, 100 * count / valid.total) for style, count in parts if count]
