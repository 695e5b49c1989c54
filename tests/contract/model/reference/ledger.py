"""The reference as others know it: asked what a call has to be answered, and told what happens beside calls."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final

from tests.contract.model.reference import door, moments, rules, standing
from tests.contract.model.reference.call import Call
from tests.contract.model.reference.expected import Expected, Json
from tests.contract.model.reference.limits import limit_of, spent
from tests.contract.model.reference.people import Owned, Person
from tests.contract.model.reference.shop import Shop

_FUNCTIONS: Final[dict[str, Callable[[Shop, Person, Json], Expected]]] = {
    "RedeemPoints1": rules.redeem,
    "Unredeem1": rules.unredeem,
    "UseAchievementDiscount1": rules.use_achievement,
    "CustomerBalance3": standing.balance,
}


class Ledger:
    """The reference.

    Args:
        fixture: What it begins from.
        now: When it begins.
    """

    def __init__(self, fixture: Json, now: datetime) -> None:
        self.shop = Shop(fixture, now)

    def answer(self, call: Call) -> Expected:
        """Tell what a call has to be answered. Nothing changes before it is told that this came."""
        shop = self.shop
        person, nobody = door.customer(call, shop.people)
        stages: list[tuple[str, ...]] = [
            (door.version(call, shop.settings),),
            (door.token(call, shop.now, shop.revoked),),
            ("rate_limit_exceeded" if shop.busy else "",),
            (door.malformed(call),),
            nobody,
        ]
        broken = [stage for stage in stages if any(stage)]
        if person is not None and not broken:
            return _FUNCTIONS[call.function](shop, person, call.arguments)
        names = tuple(stage[0] for stage in broken)
        if call.function == "RedeemPoints1":
            names += tuple(rules.switches(shop))
        return Expected(refused=broken[0], broken=names)

    # ---- what happens beside calls; each returns the moves that it makes ----

    def advance(self, to: datetime) -> list[str]:
        """Let it be later."""
        before = self.shop.now
        names = [it for person in self.shop.people for it in self._passing(person, before, to)]
        expire_at = moments.read(self.shop.settings["points_expire_at"])
        if expire_at is not None and before < expire_at <= to:
            names.append("clock: points expire one day → no day of expiry")
        self.shop.now = to
        return names

    def _passing(self, person: Person, before: datetime, to: datetime) -> Iterator[str]:
        if any(before < at <= to for at, _ in person.maturing):
            yield "clock: pending points → points"
        if person.tier_deadline is not None and before < person.tier_deadline <= to:
            yield "clock: tier → the tier below"
        for owned in person.owned:
            if owned.state(before) in {"owned", "counted"} and owned.state(to) == "run out":
                yield "clock: owned → run out"
            if owned.state(before) == "to come" and owned.state(to) in {"owned", "counted"}:
                yield "clock: to come → owned"
        limit = limit_of(self.shop, person)
        if limit is not None and spent(self.shop, person, limit["period"]):
            zone = self.shop.settings["time_zone"]
            period = limit["period"]
            if moments.period_of(before, period, zone) != moments.period_of(to, period, zone):
                yield f"clock: {period} limit used → {period} limit anew"

    def upcoming(self) -> list[datetime]:
        """Return the moments at which something changes by itself."""
        shop = self.shop
        found = {at for person in shop.people for at, _ in self._edges(person)}
        found.add(moments.read(shop.settings["points_expire_at"]) or shop.now)
        zone = shop.settings["time_zone"]
        found.update(moments.next_period(shop.now, period, zone) for period in ("daily", "monthly", "yearly"))
        return sorted(it for it in found if it > shop.now)

    def turning(self) -> list[tuple[Person, str]]:
        """Return whom something changes for just now, and the achievement that begins or ends; empty for none."""
        now, second = self.shop.now, timedelta(seconds=1)
        near = [(person, *edge) for person in self.shop.people for edge in self._edges(person)]
        return [(person, achievement) for person, at, achievement in near if now - second <= at <= now + second]

    def _edges(self, person: Person) -> Iterator[tuple[datetime, str]]:
        for at, _ in person.maturing:
            yield at, ""
        if person.tier_deadline is not None:
            yield person.tier_deadline, ""
        for owned in person.owned:
            for moment in (owned.obtained_at, owned.expires_at):
                if moment is not None:
                    yield moment, owned.achievement

    def grant(self, person: Person, bhid: str, pts: int, available_at: datetime | None) -> str:
        """Let a customer earn points."""
        person.earned += pts
        self._tell(person, bhid)
        if available_at is not None:
            person.maturing.append((available_at, pts))
        return f"shop: nothing → {'points' if available_at is None else 'pending points'}"

    def expire(self, person: Person, bhid: str, pts: int) -> str:
        """Let a customer's points expire."""
        person.expired += pts
        self._tell(person, bhid)
        return "shop: points → expired points"

    def _tell(self, person: Person, bhid: str) -> None:
        person.others.append(bhid)
        self.shop.bhids.add(bhid)

    def give_achievement(self, person: Person, owned: Owned) -> str:
        """Let a customer own an achievement."""
        person.owned.append(owned)
        return f"shop: nothing → {owned.state(self.shop.now)}"
