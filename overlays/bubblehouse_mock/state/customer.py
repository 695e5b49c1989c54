"""A customer of the shop and what belongs to one: codes, achievements, points."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Final, Literal, TypeAlias

from msgspec import Struct

from bubblehouse_mock.state.bounds import Count, Matches
from bubblehouse_mock.state.ledger import Change, Ledger

CouponStatus: TypeAlias = Literal["unused", "used", "withdrawn"]


class Coupon(Struct, gc=False):
    """A discount or gift card code. There may be as many as changes, and what holds for those holds for these.

    Args:
        code: What the customer enters.
        type: Kind of reward, as the balance names it.
        desc: Where it came from.
        since: When the customer got it.
        reward_desc: What it gives.
        pts: Points that were redeemed for it.
        amount: Its money value, where it has one.
        change_bhid: The redemption that made it.
        provisional: Whether the next redemption replaces it.
        status: `withdrawn` means that it was never used and can't be any more.
    """

    code: str
    type: str
    desc: str
    since: datetime
    reward_desc: str = ""
    pts: int | None = None
    amount: Decimal | None = None
    change_bhid: str | None = None
    provisional: bool = False
    status: CouponStatus = "unused"


class _CouponIndex:
    """Finds codes without going through all of them."""

    __slots__ = ("by_code", "by_redemption", "replaceable")

    def __init__(self, coupons: Iterable[Coupon] = ()) -> None:
        self.by_code: dict[str, Coupon] = {}
        self.by_redemption: dict[str, Coupon] = {}
        self.replaceable: dict[str, Coupon] = {}
        for coupon in coupons:
            self.add(coupon)

    def add(self, coupon: Coupon) -> None:
        """Take a code in."""
        self.by_code[coupon.code] = coupon
        if coupon.change_bhid is not None:
            self.by_redemption[coupon.change_bhid] = coupon
        self.note_status(coupon)

    def note_status(self, coupon: Coupon) -> None:
        """See what the status of a code makes of it."""
        if coupon.provisional and coupon.status == "unused":
            self.replaceable[coupon.code] = coupon
        else:
            self.replaceable.pop(coupon.code, None)


_NO_COUPONS: Final = _CouponIndex()


@dataclass(slots=True, kw_only=True)
class Ownership:
    """That a customer owns an achievement.

    Args:
        achievement: The achievement's id.
        obtained_at: Since when.
        remaining_uses: How often it can still be used; None for without limit.
        expires_at: When the ownership ends.
        deactivated_at: When it was taken away.
        last_used_at: When it was last used.
    """

    achievement: str
    obtained_at: datetime
    remaining_uses: Count | None = None
    expires_at: datetime | None = None
    deactivated_at: datetime | None = None
    last_used_at: datetime | None = None

    def is_active(self, now: datetime) -> bool:
        """Tell whether it can be used now."""
        return (
            self.obtained_at <= now
            and (self.expires_at is None or now < self.expires_at)
            and (self.deactivated_at is None or now < self.deactivated_at)
            and self.remaining_uses != 0
        )


@dataclass(slots=True, kw_only=True)
class ReferralStats:
    """What became of a customer's referrals.

    Args:
        sent: How many the customer sent.
        approved: How many of them were approved.
        rejected: How many of them were rejected.
        earned_pts: Points that the customer earned with them.
    """

    sent: Count = 0
    approved: Count = 0
    rejected: Count = 0
    earned_pts: Count = 0


@dataclass(slots=True, kw_only=True, eq=False)
class Customer:
    """A customer.

    Args:
        bhid: The id at Bubblehouse; given by the shop where the fixture leaves it out.
        shopid: The id in the shop system; "" for none.
        email: The email address; "" for none.
        joined_on: The day the customer joined.
        total_spend: Money spent that counts for loyalty.
        upgrade_spend: Money spent that counts for tiers.
        events: Events that happened and count for tiers.
        tier: Name of the tier the customer has, or had until `tier_deadline`.
        tier_deadline: When the tier is lost; None for never.
        tier_extended_deadline: Until when the tier is kept once its requirements are met again.
        completed_sources: Ids of the sources that are done.
        referral_stats: What became of the customer's referrals.
        achievements: What the customer owns or owned.
        coupons: All codes the customer ever got; the methods below add one and change its status.
        changes: All point changes, oldest first.

    Raises:
        ValueError: Nothing names the customer, or one of the two tier deadlines is missing.
    """

    bhid: str = ""
    shopid: Annotated[str, Matches("[^/]*", "has a slash; no token can name such a customer")] = ""
    email: str = ""
    joined_on: date | None = None
    total_spend: Decimal = Decimal(0)
    upgrade_spend: Decimal = Decimal(0)
    events: tuple[str, ...] = ()
    tier: str | None = None
    tier_deadline: datetime | None = None
    tier_extended_deadline: datetime | None = None
    completed_sources: tuple[str, ...] = ()
    referral_stats: ReferralStats = field(default_factory=ReferralStats)
    achievements: list[Ownership] = field(default_factory=list[Ownership])
    coupons: list[Coupon] = field(default_factory=list[Coupon])
    changes: list[Change] = field(default_factory=list[Change])
    ledger: Ledger = field(init=False, repr=False)
    _coupon_index: _CouponIndex | None = field(init=False, repr=False, default=None)

    def __post_init__(self) -> None:
        if not self.shopid and not self.email:
            raise ValueError("a customer needs a shopid or an email")
        if (self.tier_deadline is None) != (self.tier_extended_deadline is None):
            raise ValueError("tier_deadline and tier_extended_deadline belong together")

    @property
    def names(self) -> list[str]:
        """The ids and codes of the customer's own that must be unlike all others of the shop."""
        names = [self.bhid, *(it.bhid for it in self.changes), *(it.code for it in self.coupons)]
        return [name for name in names if name]

    @property
    def replaceable_coupons(self) -> list[Coupon]:
        """The unused codes that the next provisional redemption replaces."""
        return list(self._coupons.replaceable.values())

    def coupon(self, code: str) -> Coupon | None:
        """Return one of the customer's codes."""
        return self._coupons.by_code.get(code)

    def coupon_of(self, change_bhid: str) -> Coupon | None:
        """Return the code that a redemption made; None where it made none."""
        return self._coupons.by_redemption.get(change_bhid)

    def add_coupon(self, coupon: Coupon) -> None:
        """Give the customer a code."""
        self.coupons.append(coupon)
        if self._coupon_index is not None:
            self._coupon_index.add(coupon)

    def set_coupon_status(self, code: str, status: CouponStatus) -> Coupon:
        """Change the status of a code, and return it.

        Raises:
            KeyError: The customer has no such code.
        """
        coupon = self._coupons.by_code[code]
        coupon.status = status
        self._coupons.note_status(coupon)
        return coupon

    @property
    def _coupons(self) -> _CouponIndex:
        if self._coupon_index is None and self.coupons:
            self._coupon_index = _CouponIndex(self.coupons)
        return self._coupon_index or _NO_COUPONS
