"""What an admin of the shop can set."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Final, TypeAlias

from bubblehouse_mock import money
from bubblehouse_mock.state.bounds import AtLeast, AtMost, Count, Matches, OneOf, Positive
from bubblehouse_mock.state.calendar import Period, zone

LONGEST_DELAY: Final = 5
"""The most seconds that a call is delayed by, as documented."""

PointValue: TypeAlias = Annotated[
    Decimal, Matches(r"[0-9]{1,12}(\.[0-9]{1,12})?", 'is not what points can be worth, such as "0.01"')
]
_Scopes: TypeAlias = dict[Annotated[str, OneOf(("customer", "shop"))], Positive]
_Periods: TypeAlias = dict[Annotated[str, OneOf(("per_second", "per_day"))], _Scopes]
RateLimits: TypeAlias = dict[Annotated[str, OneOf(("read", "write"))], _Periods]


@dataclass(frozen=True, slots=True, kw_only=True)
class RedemptionLimit:
    """How many points a customer may redeem within a period of the shop's calendar.

    Args:
        total: How many.
        period: How long the period is.
    """

    total: Count
    period: Period


@dataclass(frozen=True, slots=True, kw_only=True)
class PointValueBucket:
    """A better rate for larger amounts: from `threshold` points on, so many points are worth `value`.

    Args:
        threshold: From how many points on.
        value: Money value of `threshold` points.
    """

    threshold: Positive
    value: PointValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A shop's settings. Where a default is None, null takes the setting away.

    Args:
        time_zone: IANA name; days, months and years of redemption limits begin there.
        program_enabled: Whether the loyalty programme runs at all; only reported.
        points_enabled: Whether the shop has points; without them nothing can be redeemed.
        points_spending_enabled: Whether points can be spent.
        point_value: Money value of one point, as fine as needed. Without it points don't convert to money.
        point_value_buckets: Better rates for larger amounts. The one with the highest threshold that is reached counts.
        minimum_redemption: The fewest points of one redemption.
        maximum_redemption: The most points of one redemption; None for any number.
        redemption_step: What amounts rise by from the minimum.
        redemption_buckets: The amounts that a storefront offers. No documented answer has them.
        only_redemption_buckets: Whether no other amounts can be redeemed; then minimum and step don't count.
        minimum_order_value: The smallest cart subtotal that points can be redeemed for, where a call names a subtotal.
        redemption_limit: The limit for all customers whose tier has none of its own.
        provisional_redemptions: Whether a redemption replaces the customer's earlier one that is still unused.
        points_expire_at: When all points of the shop expire; only reported.
        referrals_enabled: Whether the balance has referral statistics for those who ask.
        obsolete_versions: Global API versions that are refused as obsolete.
        inaccessible_versions: Global API versions that are refused as not enabled for this account.
        rate_limits_enabled: Whether calls are counted.
        rate_limit_delay: The most seconds, 0 to 5, by which a call too many is delayed rather than refused.
        rate_limits: Limits that replace the contract's, in its shape: kind, `per_second` or `per_day`, scope, calls.

    Raises:
        ValueError: This computer doesn't know the time zone, or two settings contradict each other.
    """

    time_zone: str = "UTC"
    program_enabled: bool = True
    points_enabled: bool = True
    points_spending_enabled: bool = True
    point_value: PointValue | None = None
    point_value_buckets: tuple[PointValueBucket, ...] = ()
    minimum_redemption: Positive = 1
    maximum_redemption: int | None = None
    redemption_step: Positive = 1
    redemption_buckets: tuple[Positive, ...] = ()
    only_redemption_buckets: bool = False
    minimum_order_value: Decimal | None = None
    redemption_limit: RedemptionLimit | None = None
    provisional_redemptions: bool = False
    points_expire_at: datetime | None = None
    referrals_enabled: bool = True
    obsolete_versions: tuple[str, ...] = ()
    inaccessible_versions: tuple[str, ...] = ()
    rate_limits_enabled: bool = False
    rate_limit_delay: Annotated[int, AtLeast(0), AtMost(LONGEST_DELAY)] = LONGEST_DELAY
    rate_limits: RateLimits | None = None

    def __post_init__(self) -> None:
        zone(self.time_zone)
        _check_redemptions(self)
        _check_point_values(self)

    def worth(self, points: int) -> Decimal | None:
        """Return the money value of points, to a millionth; None where points have none.

        Args:
            points: How many, not negative.
        """
        if self.point_value is None:
            return None
        if self.point_value_buckets:
            reached = [it for it in self.point_value_buckets if it.threshold <= points]
            if reached:
                rate = max(reached, key=lambda bucket: bucket.threshold)
                return money.value_of(points, rate.value, per=rate.threshold)
        return money.value_of(points, self.point_value)


def _check_redemptions(settings: Settings) -> None:
    least, most, buckets = settings.minimum_redemption, settings.maximum_redemption, settings.redemption_buckets
    if most is not None and most < least:
        raise ValueError(f"maximum_redemption={most} is below minimum_redemption={least}; give that or more")
    if settings.only_redemption_buckets and not buckets:
        raise ValueError("only_redemption_buckets without redemption_buckets allows no amount; list some")
    for bucket in buckets:
        if most is not None and bucket > most:
            raise ValueError(
                f"redemption_buckets: {bucket} is above maximum_redemption={most}; leave it out, or raise the maximum"
            )


def _check_point_values(settings: Settings) -> None:
    thresholds = [bucket.threshold for bucket in settings.point_value_buckets]
    if thresholds and settings.point_value is None:
        raise ValueError("point_value_buckets without point_value: give what a point of smaller amounts is worth, too")
    for threshold in thresholds:
        if thresholds.count(threshold) > 1:
            raise ValueError(f"point_value_buckets: two have the threshold {threshold}; keep one")
