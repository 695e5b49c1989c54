"""Customers and what belongs to them, as the model keeps them."""

from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any

from tests.contract.model.reference import moments

Json = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Coupon:
    """A code. `texts` are its properties that the model knows word for word."""

    code: str
    since: datetime
    pts: int | None = None
    amount: Fraction | None = None
    provisional: bool = False
    status: str = "unused"
    texts: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Redemption:
    """Points that were spent. Without a coupon it is an external one."""

    bhid: str
    pts: int
    at: datetime
    coupon: Coupon | None = None
    fate: str = ""
    """Empty while it counts; `undone` or `replaced`."""

    @property
    def state(self) -> str:
        """Where it is in its life, as the names of moves have it."""
        if self.fate:
            return self.fate
        if self.coupon is None:
            return "external"
        if self.coupon.status == "used":
            return "used code"
        return "provisional code" if self.coupon.provisional else "code"


@dataclass(slots=True, kw_only=True)
class Owned:
    """An achievement that a customer owns or owned."""

    achievement: str
    obtained_at: datetime
    remaining: int | None = None
    expires_at: datetime | None = None
    deactivated_at: datetime | None = None

    def state(self, now: datetime) -> str:
        """Where it is in its life, as the names of moves have it."""
        if self.remaining == 0:
            return "used up"
        if self.deactivated_at is not None and self.deactivated_at <= now:
            return "taken away"
        if self.expires_at is not None and self.expires_at <= now:
            return "run out"
        if self.obtained_at > now:
            return "to come"
        return "owned" if self.remaining is None else "counted"


@dataclass(slots=True, kw_only=True)
class Person:
    """A customer. What never changes stays in `facts`, as the fixture has it."""

    ids: dict[str, str]
    facts: Json
    tier: str | None = None
    tier_deadline: datetime | None = None
    earned: int = 0
    expired: int = 0
    maturing: list[tuple[datetime, int]] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    """Ids of changes that are no redemptions."""
    redemptions: dict[str, Redemption] = field(default_factory=dict)
    coupons: list[Coupon] = field(default_factory=list)
    owned: list[Owned] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What stories call the customer by."""
        return self.ids["shopid"] or self.ids["email"].partition("@")[0]

    @property
    def redeemed(self) -> int:
        """Points that were spent and did not come back."""
        return sum(it.pts for it in self.redemptions.values() if not it.fate)

    def pending(self, now: datetime) -> int:
        """Points that were earned and can't be spent yet."""
        return sum(pts for at, pts in self.maturing if at > now)

    def available(self, now: datetime) -> int:
        """Points that can be spent."""
        return self.earned - self.redeemed - self.expired - self.pending(now)

    def replaceable(self) -> list[Redemption]:
        """Redemptions that the next provisional one replaces."""
        return [it for it in self.redemptions.values() if it.state == "provisional code"]


def person_of(data: Json) -> Person:
    """Read a customer of a fixture."""
    person = Person(
        ids={name: data.get(name, "") for name in ("shopid", "bhid", "email")},
        facts=data,
        tier=data.get("tier"),
        tier_deadline=moments.read(data.get("tier_deadline")),
        owned=[_owned(it) for it in data.get("achievements", ())],
    )
    by_redemption: dict[str, Coupon] = {}
    for given in data.get("coupons", ()):
        coupon = _coupon(given)
        person.coupons.append(coupon)
        if "change_bhid" in given:
            by_redemption[given["change_bhid"]] = coupon
    for change in data["changes"]:
        _take_in(person, change, by_redemption)
    return person


def _owned(data: Json) -> Owned:
    return Owned(
        achievement=data["achievement"],
        obtained_at=datetime.fromisoformat(data["obtained_at"]),
        remaining=data.get("remaining_uses"),
        expires_at=moments.read(data.get("expires_at")),
        deactivated_at=moments.read(data.get("deactivated_at")),
    )


def _coupon(data: Json) -> Coupon:
    return Coupon(
        code=data["code"],
        since=datetime.fromisoformat(data["since"]),
        pts=data.get("pts"),
        amount=Fraction(data["amount"]) if "amount" in data else None,
        status=data.get("status", "unused"),
        texts={name: data[name] for name in ("type", "desc", "reward_desc")},
    )


def _take_in(person: Person, change: Json, coupons: dict[str, Coupon]) -> None:
    bhid, pts = change["bhid"], change["pts"]
    at = datetime.fromisoformat(change["at"])
    match change["type"]:
        case "redeemed_towards_order":
            person.redemptions[bhid] = Redemption(bhid=bhid, pts=-pts, at=at, coupon=coupons.get(bhid))
            return
        case "redemption_reverted":
            person.redemptions[change["reverts"]].fate = "undone"
        case "points_expired":
            person.expired -= pts
        case _:
            person.earned += pts
            if (available_at := moments.read(change.get("available_at"))) is not None:
                person.maturing.append((available_at, pts))
    person.others.append(bhid)
