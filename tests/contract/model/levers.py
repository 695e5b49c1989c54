"""What a shop does beside calls, over our control plane: in the server and in the model alike."""

from datetime import datetime
from typing import Any

from tests.contract.model import world
from tests.contract.model.reference.ledger import Ledger
from tests.contract.model.reference.people import Coupon, Owned, Person
from tests.contract.proof.target import Control

Json = dict[str, Any]


class Levers:
    """The shop's side of a story.

    Args:
        control: The control plane.
        shop: The shop's slug.
    """

    def __init__(self, control: Control, shop: str) -> None:
        self._control = control
        self._shop = shop
        self.ledger = self.begin()

    def begin(self) -> Ledger:
        """Start over, at the same moment with the same shop, and return the model of it."""
        fixture = world.fixture(self._shop)
        self._control.reset()
        self._control.act("POST", "clock/freeze", {"at": world.BEGINNING.isoformat()})
        self._control.act("PUT", "state", fixture)
        self.ledger = Ledger(fixture, world.BEGINNING)
        return self.ledger

    def advance(self, to: datetime) -> list[str]:
        """Let it be later; return the moves that this makes."""
        self._control.act("POST", "clock/advance", {"to": to.isoformat()})
        return self.ledger.advance(to)

    def configure(self, patch: Json) -> None:
        """Change settings."""
        self._control.settings(patch)
        self.ledger.shop.settings.patch(patch)

    def limit_calls(self, *, on: bool) -> None:
        """Let there be one call a day of each kind for the whole shop, or as many as anybody likes."""
        one = {"read": {"per_day": {"shop": 1}}, "write": {"per_day": {"shop": 1}}}
        self._control.settings({"rate_limits_enabled": on, "rate_limit_delay": 0, "rate_limits": one if on else None})

    def grant(self, person: Person, pts: int, available_at: datetime | None) -> tuple[str, str]:
        """Let a customer earn points; return the change's id and the move."""
        change: Json = {"pts": pts, "type": "earned_from_source", "desc": "Given"}
        if available_at is not None:
            change["available_at"] = available_at.isoformat()
        bhid = self._change(person, change)
        return bhid, self.ledger.grant(person, bhid, pts, available_at)

    def expire(self, person: Person, pts: int) -> tuple[str, str]:
        """Let points of a customer expire; return the change's id and the move."""
        change = {"pts": -pts, "type": "points_expired", "desc": "Expired"}
        bhid = self._change(person, change)
        return bhid, self.ledger.expire(person, bhid, pts)

    def _change(self, person: Person, change: Json) -> str:
        return str(self._control.act("POST", self._at("customers", person.ids["bhid"], "changes"), change)["bhid"])

    def give_achievement(self, person: Person, owned: Owned) -> str:
        """Let a customer own an achievement; return the move."""
        data: Json = {"achievement": owned.achievement, "obtained_at": owned.obtained_at.isoformat()}
        if owned.remaining is not None:
            data["remaining_uses"] = owned.remaining
        if owned.expires_at is not None:
            data["expires_at"] = owned.expires_at.isoformat()
        self._control.act("POST", self._at("customers", person.ids["bhid"], "achievements"), data)
        return self.ledger.give_achievement(person, owned)

    def set_code(self, coupon: Coupon, status: str) -> None:
        """Let a code be used at a checkout, or unused again."""
        self._control.act("PATCH", self._at("codes", coupon.code), {"status": status})
        coupon.status = status

    def revoke(self, key_id: str, *, revoked: bool) -> None:
        """Revoke a key, or take that back."""
        self._control.act("PATCH", self._at("keys", key_id), {"revoked": revoked})
        (self.ledger.shop.revoked.add if revoked else self.ledger.shop.revoked.discard)(key_id)

    def _at(self, *steps: str) -> str:
        return "/".join(("shops", self._shop, *steps))
