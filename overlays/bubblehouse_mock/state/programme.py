"""What the shop offers its customers: tiers, ways to earn, offers, milestones, achievements."""

from dataclasses import dataclass
from decimal import Decimal

from bubblehouse_mock.state.bounds import Count
from bubblehouse_mock.state.settings import RedemptionLimit


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """A benefit as one tier has it.

    Args:
        bhid: Its id, the same in all tiers.
        title: What it is called.
        value: How much of it the tier has, for people.
    """

    bhid: str
    title: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """A tier. Its thresholds are what it takes to reach it, and to keep it.

    Args:
        name: What it is called, and what customers name it by.
        threshold_pts: Points that it takes.
        threshold_spend: Money spent that it takes.
        threshold_events: Events that it takes.
        features: Its benefits.
        redemption_limit: The limit of its customers, in place of the one for all.
    """

    name: str
    threshold_pts: Count = 0
    threshold_spend: Decimal = Decimal(0)
    threshold_events: tuple[str, ...] = ()
    features: tuple[Feature, ...] = ()
    redemption_limit: RedemptionLimit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A way to earn points.

    Args:
        bhid: Its id.
        slugs: The names that calls know it by.
        title: What it is called.
        available: Whether it can be completed now.
    """

    bhid: str
    slugs: tuple[str, ...]
    title: str
    available: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A variant of a product. Whatever is left out stays out of answers.

    Args:
        bhid: Its id at Bubblehouse.
        id: Its id in the shop system.
        title: What it is called.
        sku: Its stock keeping unit.
        deleted: Whether it was deleted.
        localizations: Its texts for other markets, as they are to be told.
    """

    bhid: str
    id: str
    title: str | None = None
    sku: str | None = None
    deleted: bool | None = None
    localizations: tuple[dict[str, str], ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A product of the shop. Whatever is left out stays out of answers.

    Args:
        bhid: Its id at Bubblehouse.
        id: Its id in the shop system.
        slug: Its slug.
        sku: Its stock keeping unit.
        title: What it is called.
        image_url: Address of its picture.
        inactive: Whether it is not on sale.
        deleted: Whether it was deleted.
        localizations: Its texts for other markets, as they are to be told.
    """

    bhid: str
    id: str
    slug: str | None = None
    sku: str | None = None
    title: str | None = None
    image_url: str | None = None
    inactive: bool | None = None
    deleted: bool | None = None
    localizations: tuple[dict[str, str], ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Something to get for points.

    Args:
        id: Its id.
        type: Kind of reward, as the balance names it.
        title: What it is called.
        desc: What it is, for people.
        points: What it costs.
        section: Where it stands among the offers.
        image_url: Address of its picture; "" for none.
        active: Whether it can be had now.
        product: The product, where one is offered.
        variant: The variant of the product.
        visibility: The rule by which it is shown, as it is to be told.
        availability: The rule by which it can be had, as it is to be told.
    """

    id: str
    type: str
    title: str
    desc: str = ""
    points: Count = 0
    section: str = ""
    image_url: str = ""
    active: bool = True
    product: Product | None = None
    variant: Variant | None = None
    visibility: str | None = None
    availability: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """A milestone of subscriptions.

    Args:
        bhid: Its id.
        slugs: The names that calls know it by.
        name: What it is called.
        cycle: The cycle of the subscription that reaches it.
    """

    bhid: str
    slugs: tuple[str, ...]
    name: str
    cycle: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Achievement:
    """Something a customer can come to own; its owner can turn it into discount codes.

    Args:
        bhid: Its id.
        title: What it is called.
        reward_desc: What a code of it gives.
        amount: The money value of a code, where it has one.
    """

    bhid: str
    title: str
    reward_desc: str = ""
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """The whole of it. Tiers stand in rising order; a customer without a tier stands below the first.

    Args:
        tiers: The tiers.
        sources: The ways to earn points.
        offers: What can be had for points.
        milestones: The milestones of subscriptions.
        achievements: What customers can come to own.

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
