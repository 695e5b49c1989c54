"""A shop: everything the mock remembers, and the lock that keeps it whole."""

from dataclasses import dataclass, field, replace
from threading import RLock

from bubblehouse_mock.state.calls import CallCounter
from bubblehouse_mock.state.customer import Coupon, Customer, Ownership
from bubblehouse_mock.state.decoding import FixtureError
from bubblehouse_mock.state.ids import IdSource
from bubblehouse_mock.state.keys import Key
from bubblehouse_mock.state.ledger import Change, Ledger, LedgerError
from bubblehouse_mock.state.programme import Programme
from bubblehouse_mock.state.settings import Settings


@dataclass(slots=True, kw_only=True)
class Fixture:
    """A shop as data: what a fixture file holds.

    Args:
        shop: The shop's slug.
        keys: The secrets of the shop and its partners.
        settings: What an admin of the shop can set.
        programme: What the shop offers.
        customers: Who its customers are, and what each has.

    Raises:
        ValueError: The slug could not be told apart from a customer's id in a token, or there is no key, or a key id
            stands twice.
    """

    shop: str
    keys: tuple[Key, ...]
    settings: Settings = field(default_factory=Settings)
    programme: Programme = field(default_factory=Programme)
    customers: list[Customer] = field(default_factory=list[Customer])

    def __post_init__(self) -> None:
        if not self.shop or "/" in self.shop:
            raise ValueError(f"shop={self.shop!r} must be a slug without slashes")
        if not self.keys:
            raise ValueError("a shop needs a key: nothing else makes tokens")
        if len({key.key_id for key in self.keys}) != len(self.keys):
            raise ValueError("two keys have the same key_id")


class Shop:
    """A shop that runs. Hold `lock` while reading or changing more than one thing.

    Args:
        fixture: What it starts from; it is taken over, not copied.

    Raises:
        FixtureError: The fixture contradicts itself.
    """

    def __init__(self, fixture: Fixture) -> None:
        self.lock = RLock()
        self.slug: str = fixture.shop
        self.keys: dict[str, Key] = {key.key_id: key for key in fixture.keys}
        self.settings: Settings = fixture.settings
        self.programme: Programme = fixture.programme
        self.ids: IdSource = IdSource()
        self.calls: CallCounter = CallCounter()
        self.customers: dict[str, Customer] = {}
        self._by_shopid: dict[str, Customer] = {}
        self._by_email: dict[str, Customer] = {}
        # Whatever the fixture names must be known before the first id is given out.
        for customer in fixture.customers:
            self._reserve(customer)
        for index, customer in enumerate(fixture.customers):
            try:
                self._settle(customer)
            except FixtureError as error:
                raise FixtureError(error.problem, f"customers[{index}]") from None

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

    def add_customer(self, customer: Customer) -> None:
        """Take a customer in.

        Raises:
            FixtureError: Another customer has one of the ids, or the customer's data contradict themselves.
        """
        with self.lock:
            self._reserve(customer)
            try:
                self._settle(customer)
            except FixtureError:
                self.ids.release(customer.names)
                raise

    def grant_points(self, customer: Customer, change: Change) -> Change:
        """Add a change to a customer's balance, and return it with its id.

        Raises:
            LedgerError: The balance doesn't allow it, or the id that the change has already is taken.
        """
        with self.lock:
            if change.bhid and self.ids.reserve([change.bhid]) is not None:
                raise LedgerError(f"the id {change.bhid!r} is taken")
            named = change if change.bhid else replace(change, bhid=self.ids.bhid())
            try:
                customer.ledger.append(named)
            except LedgerError:
                self.ids.release([named.bhid])
                raise
            return named

    def grant_achievement(self, customer: Customer, ownership: Ownership) -> None:
        """Let a customer own an achievement.

        Raises:
            FixtureError: The programme has no such achievement.
        """
        if self.programme.achievement(ownership.achievement) is None:
            raise FixtureError(f"the programme has no achievement {ownership.achievement!r}")
        with self.lock:
            customer.achievements.append(ownership)

    def coupon(self, code: str) -> Coupon | None:
        """Return a code that some customer got."""
        found = (customer.coupon(code) for customer in self.customers.values())
        return next((coupon for coupon in found if coupon is not None), None)

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
        customer.bhid = customer.bhid or self.ids.bhid()
        changes = [it if it.bhid else replace(it, bhid=self.ids.bhid()) for it in customer.changes]
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
