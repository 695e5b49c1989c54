"""What becomes of a well-formed call of the shop: who is meant, and what the rules say of a single redemption."""

from typing import Any, Final

from tests.contract.proof.contract import Json, Operation
from tests.contract.proof.wire import Wire

Outcome = tuple[int, str]

_SUCCESS: Final = (200, "")
_IDS: Final = ("bhid", "shopid", "email")


def outcome(wire: Wire, state: Json, operation: Operation, given: Any, good: Json) -> Outcome:
    """Return the status and error id of a call.

    Args:
        wire: Who is who.
        state: The server's state before the call.
        operation: What is called, with a token of the shop.
        given: Its well-formed input.
        good: An input with which it succeeds.
    """
    people = [person for person in state["customers"] if _is_named(person, given.get("customer"))]
    if "customer" not in given:
        return 400, "missing_customer_identity"
    if not any(given["customer"].get(name) for name in _IDS):
        return 404, "empty_customer_identity"
    if not people:
        return 404, "no_customers_match_customer_identity"
    return _RULES.get(operation.function, _nothing)(wire, state, given, good)


def _is_named(person: Json, identity: Any) -> bool:
    named = {name: identity.get(name) for name in _IDS if identity.get(name)} if isinstance(identity, dict) else {}
    return bool(named) and all(person[name] == value for name, value in named.items())


def _redeem(wire: Wire, state: Json, given: Json, good: Json) -> Outcome:
    del good
    bhid = wire.scene.spender.bhid
    points = sum(it["pts"] for person in state["customers"] if person["bhid"] == bhid for it in person["changes"])
    if given["pts"] < state["settings"]["minimum_redemption"]:
        return 422, "points_below_redeemable_minimum"
    return (422, "insufficient_points") if given["pts"] > points else _SUCCESS


def _unredeem(wire: Wire, state: Json, given: Json, good: Json) -> Outcome:
    del wire, state
    return _SUCCESS if given["change_bhid"] == good["change_bhid"] else (404, "not_found")


def _use(wire: Wire, state: Json, given: Json, good: Json) -> Outcome:
    del wire, state
    owned = given["achievement_bhid"] == good["achievement_bhid"]
    return _SUCCESS if owned else (422, "achievement_not_owned")


def _nothing(wire: Wire, state: Json, given: Json, good: Json) -> Outcome:
    del wire, state, given, good
    return _SUCCESS


_RULES: Final = {"RedeemPoints1": _redeem, "Unredeem1": _unredeem, "UseAchievementDiscount1": _use}
