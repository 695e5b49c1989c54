"""A second shop beside the one under test: the same keys, and customers of the same ids with other points."""

from copy import deepcopy

from tests.contract.proof.contract import Json
from tests.contract.proof.target import Target

POINTS = 7_777
ALONE = "only-next-door"
CHANGE = "20b31881b30fff01"
ACHIEVEMENT = "20b31881b30fff02"


def move_in(target: Target) -> str:
    """Let the neighbour move in, and return its slug.

    Args:
        target: The server, which has one shop.
    """
    control = target.control
    assert control is not None
    control.reset()
    keys = [{"key_id": key.id, "secret": str(key.secret), "kind": owner} for owner, key in target.keys.items()]
    here = {**control.state(), "keys": keys}
    slug = f"{target.shop}-next-door"
    control.load({"shops": [here, _twin(here, slug)]})
    return slug


def _twin(here: Json, slug: str) -> Json:
    twin = deepcopy(here) | {"shop": slug}
    twin["programme"]["achievements"].append({"bhid": ACHIEVEMENT, "title": "Neighbour"})
    people = [{name: person[name] for name in ("bhid", "shopid", "email")} for person in here["customers"]]
    twin["customers"] = [*people, {"shopid": ALONE}]
    for number, person in enumerate(twin["customers"]):
        bhid = CHANGE if person["shopid"] == ALONE else f"20b31881b30ffe{number:02}"
        redemption = {"type": "redeemed_towards_order", "pts": -100, "at": "-1d", "bhid": bhid, "external": True}
        person["changes"] = [{"type": "earned_from_order", "pts": POINTS, "at": "-2d"}, redemption]
        person["achievements"] = [{"achievement": ACHIEVEMENT, "obtained_at": "-1d"}]
    return twin
