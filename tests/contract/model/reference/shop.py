"""The state of the model's shop."""

from datetime import datetime

from tests.contract.model.reference.expected import Json
from tests.contract.model.reference.people import Person, person_of
from tests.contract.model.reference.settings import Settings


class Shop:
    """A shop.

    Attributes:
        now: What its clock shows.
        codes: Every code that was ever given.
        bhids: Every id of a change that was ever told.
        revoked: Ids of keys that are revoked.
        busy: Whether the limit of calls is reached.

    Args:
        fixture: The fixture that it begins from.
        now: When it begins.
    """

    def __init__(self, fixture: Json, now: datetime) -> None:
        self.now = now
        self.settings = Settings(fixture["settings"])
        self.programme: Json = fixture["programme"]
        self.people: list[Person] = [person_of(it) for it in fixture["customers"]]
        self.achievements: dict[str, Json] = {it["bhid"]: it for it in self.programme["achievements"]}
        self.codes = {coupon.code for person in self.people for coupon in person.coupons}
        self.bhids = {bhid for person in self.people for bhid in (*person.redemptions, *person.others)}
        self.revoked: set[str] = set()
        self.busy = False

    @property
    def tiers(self) -> list[Json]:
        """The tiers, in rising order."""
        tiers: list[Json] = self.programme["tiers"]
        return tiers
