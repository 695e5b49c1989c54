"""What the shop offers its customers: tiers, ways to earn, offers, milestones, achievements."""

from dataclasses import dataclass
from decimal import Decimal

from bubblehouse_mock.state.bounds import refuse_negative
from bubblehouse_mock.state.settings import RedemptionLimit


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """A benefit as one tier has it."""

    bhid: str
    title: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """A tier. Its thresholds are what it takes to reach it, and to keep it.

    Raises:
        ValueError: `threshold_pts` is negative.
    """

    name: str
    threshold_pts: int = 0
    threshold_spend: Decimal = Decimal(0)
    threshold_events: tuple[str, ...] = ()
    features: tuple[Feature, ...] = ()
    redemption_limit: RedemptionLimit | None = None

    def __post_init__(self) -> None:
        refuse_negative(self, "threshold_pts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A way to earn points."""

    bhid: str
    slugs: tuple[str, ...]
    title: str
    available: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Something to get for points.

    Raises:
        ValueError: `points` is negative.
    """

    id: str
    type: str
    title: str
    desc: str = ""
    points: int = 0
    section: str = ""
    image_url: str = ""
    active: bool = True

    def __post_init__(self) -> None:
        refuse_negative(self, "points")


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """A milestone of subscriptions."""

    bhid: str
    slugs: tuple[str, ...]
    name: str
    cycle: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Achievement:
    """Something a customer can come to own; its owner can turn it into discount codes."""

    bhid: str
    title: str
    reward_desc: str = ""
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """The whole of it. Tiers stand in rising order; a customer without a tier stands below the first.

    Raises:
        ValueError: Two tiers have one name, or two offers or achievements one id.
    """

    tiers: tuple[Tier, ...] = ()
    sources: tuple[Source, ...] = ()
    offers: tuple[Offer, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    achievements: tuple[Achievement, ...] = ()

    def __post_init__(self) -> None:
        for things, id_name, ids in (
            ("tiers", "name", [tier.name for tier in self.tiers]),
            ("offers", "id", [offer.id for offer in self.offers]),
            ("achievements", "bhid", [achievement.bhid for achievement in self.achievements]),
        ):
            if len(set(ids)) != len(ids):
                raise ValueError(f"two {things} have the same {id_name}")

    def tier_index(self, name: str | None) -> int:
        """Return a tier's place in the rising order; -1 for no tier.

        Raises:
            ValueError: There is no tier of that name.
        """
        if name is None:
            return -1
        for index, tier in enumerate(self.tiers):
            if tier.name == name:
                return index
        raise ValueError(f"the programme has no tier {name!r}")

    def achievement(self, bhid: str) -> Achievement | None:
        """Return an achievement by its id."""
        return next((it for it in self.achievements if it.bhid == bhid), None)
