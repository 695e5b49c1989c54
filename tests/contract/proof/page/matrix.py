"""The matrix of answers: every status and error id of an operation, with every kind of token."""

from dataclasses import dataclass, field
from typing import Final, Literal

from tests.contract.proof.figures import Cell, Run
from tests.contract.proof.recipes import ALL_KINDS

KIND_NAMES: Final = {
    "CustomerToken": "customer",
    "ShopToken": "shop",
    "PartnerTokenForCustomer": "partner, customer",
    "PartnerTokenForShop": "partner, shop",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """What is known of one answer to one kind of token."""

    sign: Literal["✓", "●", "○", "·"]
    style: Literal["yes", "seen", "no", "none"]
    title: str


@dataclass(slots=True)
class Row:
    """One answer of an operation; its id is empty for the success."""

    status: int
    id: str
    assumed: bool
    marks: list[Mark] = field(default_factory=list)


def rows(run: Run, operation: str) -> list[Row]:
    """Return an operation's rows, by status.

    Args:
        run: The figures.
        operation: The operationId.
    """
    answers = run.coverage.answers if run.coverage is not None else ()
    counts = {(it.status, it.id, it.kind): it.count for it in answers if it.operation == operation}
    cells: dict[tuple[int, str], dict[str, Cell]] = {}
    for cell in run.matrix:
        if cell.operation == operation:
            cells.setdefault((cell.status, cell.id), {})[cell.kind] = cell
    kinds = {kind for row in cells.values() for kind in row}
    marks = [_success(counts.get((200, "", kind), 0), possible=kind in kinds) for kind in ALL_KINDS]
    found = [Row(200, "", assumed=False, marks=marks)] if answers else []
    for (status, error_id), by_kind in sorted(cells.items()):
        marks = [_error(by_kind.get(kind), counts.get((status, error_id, kind), 0)) for kind in ALL_KINDS]
        found.append(Row(status, error_id, next(iter(by_kind.values())).assumed, marks))
    return found


def _success(count: int, *, possible: bool) -> Mark:
    if count:
        return Mark("✓", "yes", f"in {count} calls")
    return _NEVER if possible else _IMPOSSIBLE


def _error(cell: Cell | None, count: int) -> Mark:
    if cell is not None and cell.caused:
        return Mark("✓", "yes", f"raised by {' and '.join(cell.drivers)}" + (f"; in {count} calls" if count else ""))
    if count:
        return Mark("●", "seen", f"in {count} calls")
    return _IMPOSSIBLE if cell is None else _NEVER


_NEVER = Mark("○", "no", "never")
_IMPOSSIBLE = Mark("·", "none", "can't come with this kind")
