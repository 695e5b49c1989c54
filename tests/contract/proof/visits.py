"""Short passes over the documented examples, each stopped by one thing: for statuses that no generated call meets."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from schemathesis import Case
from tests.contract.proof.contract import Json
from tests.contract.proof.scene import NOBODY, Scene
from tests.contract.proof.target import Customer, Target

_LARGER_THAN_READ: Final = 2**20
_ONE_A_DAY: Final = {kind: {"per_day": {"shop": 1}} for kind in ("read", "write")}

Alter = Callable[[Case[Any], Target, Scene], None]


def _as_it_is(case: Case[Any], target: Target, scene: Scene) -> None:
    del case, target, scene


def _burdened(case: Case[Any], target: Target, scene: Scene) -> None:
    del target, scene
    if isinstance(case.body, dict):
        case.body["x"] = "x" * _LARGER_THAN_READ


def _disguised(case: Case[Any], target: Target, scene: Scene) -> None:
    """Come with another customer's token."""
    identity: Json = {"shopid": scene.spender.shopid}
    if isinstance(case.body, dict):
        case.body["customer"] = identity
    else:
        case.query["customer"] = json.dumps(identity)
    _come_as(case, target, scene.other or Customer(NOBODY))


def _lost(case: Case[Any], target: Target, scene: Scene) -> None:
    """Come with the token of nobody."""
    del scene
    _come_as(case, target, Customer(NOBODY))


def _come_as(case: Case[Any], target: Target, customer: Customer) -> None:
    case.headers["Authorization"] = f"Bearer {target.token('CustomerToken', customer.shopid)}"


@dataclass(frozen=True, slots=True)
class Visit:
    """One pass.

    Attributes:
        name: Begins the names of its phases.
        alter: What is done to each call.
        settings: What is changed in the shop's settings first.
    """

    name: str
    alter: Alter = _as_it_is
    settings: Json = field(default_factory=dict[str, Any])


VISITS: Final = (
    Visit("crowded", settings={"rate_limits_enabled": True, "rate_limit_delay": 0, "rate_limits": _ONE_A_DAY}),
    Visit("burdened", _burdened),
    Visit("disguised", _disguised),
    Visit("lost", _lost),
)
