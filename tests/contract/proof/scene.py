"""Who is who among the customers of a server, so that recipes can speak of them by role."""

from dataclasses import dataclass
from typing import Any

from tests.contract.proof.contract import Json, Operation
from tests.contract.proof.target import Customer, Target

NOBODY = "nobody-has-this-id"


class SceneError(Exception):
    """The server's state has nobody for a role; the message says who is missing."""


@dataclass(frozen=True, slots=True)
class Scene:
    """The roles.

    Attributes:
        spender: Has points, and no redemption limit of its own tier.
        other: Neither of the two others; None where nobody else is known.
        owner: Owns an achievement actively.
        achievement: That achievement's id; empty where none is known.
        used_by: Has a redemption whose code was used.
        used_redemption: That redemption's id.
        amount: Points that the spender can redeem several times.
        version: The global API version that is called.
    """

    spender: Customer
    version: str
    other: Customer | None = None
    owner: Customer | None = None
    achievement: str = ""
    used_by: Customer | None = None
    used_redemption: str = ""
    amount: int = 1

    def actor(self, operation: Operation) -> Customer:
        """Return the customer for whom a call of an operation succeeds."""
        return self.owner if operation.function == "UseAchievementDiscount1" and self.owner else self.spender

    def arguments(self, operation: Operation, customer: Customer, change_bhid: str) -> Json:
        """Return arguments with which a call succeeds.

        Args:
            operation: What is called.
            customer: For whom.
            change_bhid: A redemption that can be undone.
        """
        own: dict[str, Json] = {
            "RedeemPoints1": {"pts": self.amount},
            "Unredeem1": {"change_bhid": change_bhid},
            "UseAchievementDiscount1": {"achievement_bhid": self.achievement},
            "CustomerBalance3": {"include_unused_rewards": True},
        }
        return {"customer": {"shopid": customer.shopid}, **own[operation.function]}


def stage(target: Target, version: str) -> Scene:
    """Find out who is who.

    Args:
        target: The server.
        version: The global API version that is called.

    Raises:
        SceneError: The server has nobody for a role.
    """
    if target.control is None:
        return Scene(version=version, spender=target.customers[0])
    state = target.control.state()
    limited = {tier["name"] for tier in state["programme"]["tiers"] if tier["redemption_limit"]}
    people = [person for person in state["customers"] if person["shopid"]]
    points = {person["shopid"]: sum(change["pts"] for change in person["changes"]) for person in people}
    spenders = [person for person in people if person["tier"] not in limited]
    spender = max(spenders, key=lambda person: points[person["shopid"]], default=None)
    if spender is None:
        raise SceneError("no customer has points and a shopid, and is in no tier with a redemption limit")
    owners = [
        (person, owned["achievement"])
        for person in sorted(people, key=lambda person: -points[person["shopid"]])
        for owned in person["achievements"]
        if owned["remaining_uses"] is None and owned["expires_at"] is None and owned["deactivated_at"] is None
    ]
    used = [
        (person, coupon["change_bhid"])
        for person in people
        for coupon in person["coupons"]
        if coupon["status"] == "used" and coupon["change_bhid"]
    ]
    others = [person for person in people if person is not spender and person not in [owner for owner, _ in owners]]
    if not (owners and used and others):
        raise SceneError("the server needs three customers, an owned achievement, and a redemption whose code was used")
    return Scene(
        version=version,
        spender=_customer(spender),
        other=_customer(others[0]),
        owner=_customer(owners[0][0]),
        achievement=owners[0][1],
        used_by=_customer(used[0][0]),
        used_redemption=used[0][1],
        amount=int(state["settings"]["minimum_redemption"]),
    )


def _customer(person: dict[str, Any]) -> Customer:
    return Customer(person["shopid"], person["bhid"], person["email"])
