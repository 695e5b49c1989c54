"""What a run owes: the points that it has redeemed and not yet given back. They stand in a file.

So whoever ends the run, and however, the next one can still give back what was taken.
"""

import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.contract.proof.watch.exchange import Exchange
from tests.contract.proof.watch.tap import RefusedError

NO_CHANGE = "0000000000000000"
_REDEEM, _UNDO = "RedeemPoints1", "Unredeem1"
_UNDONE_BEFORE = "change_already_reverted"


@dataclass(frozen=True, slots=True)
class Debt:
    """A redemption that is to be undone.

    Attributes:
        url: The server.
        shop: The shop.
        customer: The shopid of whose points they are.
        change_bhid: The redemption; empty where it was sent and no answer came.
    """

    url: str
    shop: str
    customer: str
    change_bhid: str = ""


class Owed:
    """Keeps the file.

    Args:
        path: The file. It is there only while something is owed.
        url: The server.
        shop: The shop.
        customer: Whose points are redeemed.
    """

    def __init__(self, path: Path, url: str, shop: str, customer: str) -> None:
        self._path = path
        self._nobody_knows = Debt(url, shop, customer)
        self._own: set[str] = {NO_CHANGE}

    def admit(self, exchange: Exchange) -> None:
        """Write down a redemption before it is sent.

        Raises:
            RefusedError: It would undo one that is not this run's.
        """
        if exchange.function == _REDEEM:
            save(self._path, [*load(self._path), self._nobody_knows])
        elif exchange.function == _UNDO:
            body = exchange.json
            named = body.get("change_bhid") if isinstance(body, dict) else None
            if isinstance(named, str) and named not in self._own:
                raise RefusedError(f"this run did not make the redemption {named}, so it must not undo it")

    def note(self, exchange: Exchange) -> None:
        """Write down what became of a redemption, or of undoing one."""
        if exchange.function == _REDEEM and exchange.status is not None:
            debts = load(self._path)
            debts.remove(self._nobody_knows)
            if exchange.status == 200:
                debts.append(self._with(exchange.answer_json))
            save(self._path, debts)
        elif exchange.function == _UNDO and (exchange.status == 200 or exchange.error_id == _UNDONE_BEFORE):
            undone = exchange.json["change_bhid"]
            save(self._path, [debt for debt in load(self._path) if debt.change_bhid != undone])

    def _with(self, answer: Any) -> Debt:
        change = answer.get("change_bhid") if isinstance(answer, dict) else None
        if not isinstance(change, str):
            return self._nobody_knows
        self._own.add(change)
        return Debt(self._nobody_knows.url, self._nobody_knows.shop, self._nobody_knows.customer, change)


def load(path: Path) -> list[Debt]:
    """Read what is owed; nothing where there is no file."""
    try:
        return [Debt(**debt) for debt in json.loads(path.read_text(encoding="utf-8"))]
    except FileNotFoundError:
        return []


def save(path: Path, debts: list[Debt]) -> None:
    """Write down what is owed, so that a reader finds all of it or what was there before."""
    if not debts:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps([asdict(debt) for debt in debts], indent=1), encoding="utf-8")
    os.replace(draft, path)  # noqa: PTH105 - `Path.replace` says less


def give_back(path: Path, undo: Callable[[Debt], bool]) -> list[Debt]:
    """Undo every redemption that is owed.

    Args:
        path: The file.
        undo: Undoes one, and tells whether it is undone.

    Returns:
        Those that still are owed.
    """
    for debt in load(path):
        if debt.change_bhid and undo(debt):
            save(path, [other for other in load(path) if other != debt])
    return load(path)
