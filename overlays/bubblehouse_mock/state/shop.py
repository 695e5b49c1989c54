"""A shop: everything that the mock remembers of it, and every way in which that changes."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Annotated

from msgspec.structs import replace

from bubblehouse_mock.state.bounds import AtLeast, Matches
from bubblehouse_mock.state.calls import Booking, CallCounter
from bubblehouse_mock.state.customer import Coupon, CouponStatus, Customer, Ownership
from bubblehouse_mock.state.decoding import FixtureError
from bubblehouse_mock.state.encoding import time_text
from bubblehouse_mock.state.ids import IdSource
from bubblehouse_mock.state.keys import Key
from bubblehouse_mock.state.ledger import Change, Ledger, LedgerError
from bubblehouse_mock.state.log import Changing, Log, MemoryLog
from bubblehouse_mock.state.programme import Programme
from bubblehouse_mock.state.settings import Settings


@dataclass(slots=True, kw_only=True)
class Fixture:
    """A shop as data: what a fixture file holds.

    Args:
        shop: The shop's slug. It has no slash: in a token, that separates it from a customer's id.
        keys: The secrets of the shop and its partners. There is one at least: nothing else makes tokens.
        settings: What an admin of the shop can set.
        programme: What the shop offers.
        customers: Who its customers are, and what each has.

    Raises:
        ValueError: A key id stands twice.
    """

    shop: Annotated[str, Matches("[^/]+", "must be a slug without slashes")]
    keys: Annotated[tuple[Key, ...], AtLeast(1)]
    settings: Settings = field(default_factory=Settings)
    programme: Programme = field(default_factory=Programme)
    customers: list[Customer] = field(default_factory=list[Customer])

    def __post_init__(self) -> None:
        if len({key.key_id for key in self.keys}) != len(self.keys):
            raise ValueError("two keys have the same key_id")


class Shop:
    """A shop that runs.

    Args:
        fixture: What it starts from; it is taken over, not copied.
        log: Where its changes are written down; nowhere, unless given.

    Raises:
        FixtureError: The fixture contradicts itself.
    """

    def __init__(self, fixture: Fixture, log: Log | None = None) -> None:
        log = log or MemoryLog()
        self._changing = log.changing
        self._record = partial(log.record, fixture.shop)
        self.slug: str = fixture.shop
        self.keys: dict[str, Key] = {key.key_id: key for key in fixture.keys}
        self.settings: Settings = fixture.settings
        self.programme: Programme = fixture.programme
        self.ids: IdSource = IdSource()
        self.calls: CallCounter = CallCounter()
        self.customers: dict[str, Customer] = {}
        self._by_shopid: dict[str, Customer] = {}
        self._by_email: dict[str, Customer] = {}
        self._by_code: dict[str, Customer] = {}
        # To be entered before, once somebody asks whose a code is. Pairs would be looked through for garbage.
        self._new_codes: list[str] = []
        self._new_owners: list[Customer] = []
        # Whatever the fixture names must be known before the first id is given out.
        for customer in fixture.customers:
            self._reserve(customer)
        for index, customer in enumerate(fixture.customers):
            try:
                self._settle(customer)
            except FixtureError as error:
                raise FixtureError(error.problem, f"customers[{index}]") from None

    def changing(self) -> Changing:
        """Return the context in which to read or change more than one thing while calls come in."""
        return self._changing

    def fixture(self) -> Fixture:
        """Return the present state in the form of a fixture."""
        return Fixture(
            shop=self.slug,
            keys=tuple(self.keys.values()),
            settings=self.settings,
            programme=self.programme,
            customers=list(self.customers.values()),
        )

    def by_shopid(self, shopid: str) -> Customer | None:
        """Return a customer by the id in the shop system."""
        return self._by_shopid.get(shopid)

    def by_email(self, email: str) -> Customer | None:
        """Return a customer by email address, in any case."""
        return self._by_email.get(email.casefold())

    def owner(self, code: str) -> Customer | None:
        """Return the customer who got a discount code."""
        with self._changing:
            self._by_code.update(zip(self._new_codes, self._new_owners, strict=True))
            self._new_codes.clear()
            self._new_owners.clear()
        return self._by_code.get(code)

    def configure(self, settings: Settings) -> None:
        """Replace the settings."""
        with self._changing:
            self.settings = settings
            self._record("settings", "", settings)

    def set_key(self, key: Key) -> None:
        """Take a key in, in place of the one with the same id where there is one."""
        with self._changing:
            self.keys[key.key_id] = key
            self._record("key", "", key)

    def add_customer(self, customer: Customer) -> None:
        """Take a customer in.

        Raises:
            FixtureError: Another customer has one of the ids, or the customer's data contradict themselves.
        """
        with self._changing:
            with self.ids.attempt():
                self._reserve(customer)
                self._settle(customer)
            self._record("customer", "", customer)

    def grant_points(self, customer: Customer, change: Change) -> Change:
        """Add a change to a customer's balance, and return it with its id.

        Raises:
            LedgerError: The balance doesn't allow it, or the id that the change has already is taken.
        """
        with self._changing:
            named = change if change.bhid else replace(change, bhid=self.ids.bhid())
            if self.ids.is_taken(named.bhid):
                raise LedgerError(f"the id {change.bhid!r} is taken")
            customer.ledger.append(named)
            self.ids.take(named.bhid)
            self._record("points", customer.bhid, named)
            return named

    def issue_code(self, customer: Customer, coupon: Coupon) -> Coupon:
        """Give a customer a discount code, and return it; a fresh one where `coupon.code` is empty.

        Raises:
            FixtureError: The code is taken.
        """
        with self._changing:
            coupon.code = coupon.code or self.ids.code()
            if self.ids.is_taken(coupon.code):
                raise FixtureError(f"the code {coupon.code!r} is taken")
            self.ids.take(coupon.code)
            customer.add_coupon(coupon)
            self._new_codes.append(coupon.code)
            self._new_owners.append(customer)
            self._record("code", customer.bhid, coupon)
            return coupon

    def set_code_status(self, customer: Customer, code: str, status: CouponStatus) -> Coupon:
        """Let a code of a customer's be used, unused or withdrawn, and return it.

        Raises:
            KeyError: The customer never got it.
        """
        with self._changing:
            coupon = customer.set_coupon_status(code, status)
            self._record("code_status", customer.bhid, {"code": code, "status": status})
            return coupon

    def grant_achievement(self, customer: Customer, ownership: Ownership) -> None:
        """Let a customer own an achievement.

        Raises:
            FixtureError: The programme has no such achievement.
        """
        if self.programme.achievement(ownership.achievement) is None:
            raise FixtureError(f"the programme has no achievement {ownership.achievement!r}")
        with self._changing:
            customer.achievements.append(ownership)
            self._record("achievement", customer.bhid, ownership)

    def use_achievement(self, customer: Customer, ownership: Ownership, now: datetime) -> None:
        """Use an achievement once.

        Args:
            customer: Who owns it.
            ownership: One of the customer's own, of which a use is left.
            now: When.
        """
        with self._changing:
            if ownership.remaining_uses is not None:
                ownership.remaining_uses -= 1
            ownership.last_used_at = now
            index = next(at for at, it in enumerate(customer.achievements) if it is ownership)
            self._record("achievement_used", customer.bhid, {"index": index, "at": time_text(now)})

    def count_call(self, booking: Booking) -> None:
        """Count a call that was admitted."""
        with self._changing:
            self.calls.book(booking)
            self._record("call", "", booking)

    def _reserve(self, customer: Customer) -> None:
        taken = self.ids.reserve(customer.names)
        if taken is not None:
            raise FixtureError(f"the id or code {taken!r} is taken")

    def _settle(self, customer: Customer) -> None:
        for noun, name, find in (
            ("shopid", customer.shopid, self.by_shopid),
            ("email", customer.email, self.by_email),
        ):
            if name and find(name) is not None:
                raise FixtureError(f"another customer has the {noun} {name!r}")
        self._check_programme(customer)
        customer.bhid = customer.bhid or self._new_bhid()
        changes = [it if it.bhid else replace(it, bhid=self._new_bhid()) for it in customer.changes]
        if changes != sorted(changes, key=lambda change: change.at):
            raise FixtureError("changes: they are not in the order of their times, oldest first")
        try:
            customer.ledger = Ledger(changes)
        except LedgerError as error:
            raise FixtureError(f"changes: {error}") from None
        _check_coupons(customer)
        customer.changes = customer.ledger.changes
        self.customers[customer.bhid] = customer
        if customer.shopid:
            self._by_shopid[customer.shopid] = customer
        if customer.email:
            self._by_email[customer.email.casefold()] = customer
        self._by_code.update((coupon.code, customer) for coupon in customer.coupons)

    def _new_bhid(self) -> str:
        bhid = self.ids.bhid()
        self.ids.take(bhid)
        return bhid

    def _check_programme(self, customer: Customer) -> None:
        try:
            self.programme.tier_index(customer.tier)
        except ValueError as error:
            raise FixtureError(str(error)) from None
        for ownership in customer.achievements:
            if self.programme.achievement(ownership.achievement) is None:
                raise FixtureError(f"the programme has no achievement {ownership.achievement!r}")


def _check_coupons(customer: Customer) -> None:
    """See that codes and redemptions tell the same story, since undoing one undoes the other."""
    for coupon in customer.coupons:
        bhid = coupon.change_bhid
        if bhid is None:
            if coupon.provisional:
                raise FixtureError(f"the code {coupon.code!r} is provisional and names no redemption in change_bhid")
            continue
        change = customer.ledger.find(bhid)
        if change is None or change.type != "redeemed_towards_order" or change.external:
            raise FixtureError(f"the code {coupon.code!r} names no redemption with a code of this customer")
        if customer.coupon_of(bhid) is not coupon:
            raise FixtureError(f"two codes name the redemption {bhid}")
        if coupon.pts != -change.pts:
            raise FixtureError(f"the code {coupon.code!r} is for {coupon.pts} points, its redemption for {-change.pts}")
        if (coupon.status == "withdrawn") != customer.ledger.is_reverted(bhid):
            raise FixtureError(f"the code {coupon.code!r} is {coupon.status}; that doesn't fit its redemption")
