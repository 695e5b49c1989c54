"""Reads pairs.yaml: small changes to the contract, and what has to be said of each."""

from copy import deepcopy
from pathlib import Path
from typing import Any, Final, NamedTuple, cast

import yaml

from bubblehouse_codegen.documents import Document, load, overlays_for, resolve

ROOT: Final = Path(__file__).resolve().parents[2]
CONTRACT: Final = resolve(load(ROOT / "spec/openapi.yaml"), overlays_for(ROOT / "overlays/spec", "everybody"))

_EDIT: Final = {"at", "set", "add", "drop", "move"}
_SHORT: Final = {
    "schemas": ["components", "schemas"],
    "redeem": ["paths", "/{shop}/RedeemPoints1"],
    "unredeem": ["paths", "/{shop}/Unredeem1"],
    "use": ["paths", "/{shop}/UseAchievementDiscount1"],
    "balance": ["paths", "/{shop}/CustomerBalance3"],
}


class Pair(NamedTuple):
    """One change, and what has to be said of it."""

    edit: dict[str, Any]
    rule: str
    place: str
    breaks: list[str]
    given: dict[str, Any] | None

    def before(self) -> Document:
        """Return the contract, with what is given; it is not to be changed."""
        if not self.given:
            return CONTRACT
        contract = deepcopy(CONTRACT)
        _apply(self.given, contract)
        return contract

    def after(self) -> Document:
        """Return the contract with the change, too."""
        contract = deepcopy(self.before())
        _apply(self.edit, contract)
        return contract


def _apply(edit: dict[str, Any], contract: Document) -> None:
    edit = deepcopy(edit)
    steps = str(edit["at"]).split(" > ")
    steps = [*_SHORT.get(steps[0], steps[:1]), *steps[1:]]
    owner: Any = contract
    for step in steps[:-1]:
        owner = owner[int(step) if isinstance(owner, list) else step]
    last: Any = int(steps[-1]) if isinstance(owner, list) else steps[-1]
    if "set" in edit:
        owner[last] = edit["set"]
    elif "add" in edit:
        owner[last].append(edit["add"])
    elif "move" in edit:
        owner[edit["move"]] = owner.pop(last)
    elif edit["drop"] is True:
        del owner[last]
    else:
        owner[last].remove(edit["drop"])


def read_pairs() -> list[Pair]:
    """Read the table."""
    rows = yaml.safe_load(Path(__file__).with_name("pairs.yaml").read_text(encoding="utf-8"))
    return [
        Pair({key: row[key] for key in row.keys() & _EDIT}, row["rule"], row["place"], row["breaks"], row.get("given"))
        for row in cast("list[dict[str, Any]]", rows)
    ]
