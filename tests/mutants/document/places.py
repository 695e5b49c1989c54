"""Places of the document that mutants change, and the plainest way to change one."""

from typing import Any, Final

from tests.mutants.document.edits import REMOVED, Steps, changed, told
from tests.mutants.mutant import Family, Mutant, Witness

JSON: Final = ("content", "application/json")
SCHEMAS: Final = ("components", "schemas")
RESPONSES: Final = ("components", "responses")
REDEEM: Final = ("paths", "/{shop}/RedeemPoints1", "post")
UNDO: Final = ("paths", "/{shop}/Unredeem1", "post")
USE: Final = ("paths", "/{shop}/UseAchievementDiscount1", "post")
BALANCE: Final = ("paths", "/{shop}/CustomerBalance3", "post")
GET: Final = ("paths", "/{shop}/CustomerBalance3", "get")
INPUT: Final = (*SCHEMAS, "RedeemPoints1Input")
OUTPUT: Final = (*SCHEMAS, "RedeemPoints1Output")
RESULT: Final = (*SCHEMAS, "CustomerBalanceResult3")
ERRORS: Final = (*REDEEM, "responses", "422", *JSON)
LINKS: Final = (*REDEEM, "responses", "200", "links")

REDEEMED: Final[dict[str, Any]] = {"code": "A", "pts": 1, "amount": "1.000000", "change_bhid": "0a"}
STANDING: Final[dict[str, Any]] = {
    **dict.fromkeys(("pts_available", "pts_pending", "pts_earned", "pts_redeemed", "pts_expired"), 1),
    "total_spend": "1.000000",
    "upgrade_spend": "1.000000",
}

MONEY_REF: Final = {"$ref": "#/components/schemas/Monetary"}
TEAPOT: Final = {
    "description": "A teapot.",
    "content": {"application/json": {"schema": {"oneOf": [{"$ref": "#/components/schemas/AchievementNotOwnedError"}]}}},
}


def at(family: Family, what: str, wrong: str, steps: Steps, value: object, witness: Witness | None = None) -> Mutant:
    """Change one place. Unless there is a better witness, what stands there is one."""
    place = steps if value is not REMOVED or not isinstance(steps[-1], int) else steps[:-1]
    return family.mutant(what, wrong, changed((steps, value)), witness or told(*place))
