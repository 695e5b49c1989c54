"""What the control plane is given and what it tells, apart from what fixtures have."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bubblehouse_mock.faults import Fault
from bubblehouse_mock.state import Customer, Fixture, Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """The global API versions, as a shop can use them."""

    enabled: list[str]
    obsolete: list[str]
    inaccessible: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A customer in a list."""

    bhid: str
    shopid: str
    email: str
    tier: str | None
    pts_available: int
    pts_pending: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopConfig:
    """What a client of one shop needs to know.

    Args:
        shop: The shop's slug.
        keys: Its secrets.
        customers: Its first customers; the list of them has the rest.
        versions: The global API versions that it can use.
    """

    shop: str
    keys: list[Key]
    customers: list[Summary]
    versions: Versions


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What a client needs to know to call the mock.

    Args:
        base_url: Where the API is.
        shops: The shops.
    """

    base_url: str
    shops: list[ShopConfig]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shops:
    """The state of several shops."""

    shops: list[Fixture]


@dataclass(frozen=True, slots=True, kw_only=True)
class Customers:
    """A part of a shop's customers.

    Args:
        total: How many there are, or how many were found.
        customers: Some of them, in the order in which they were taken in.
        next: What to give as `after` for the next part; null at the end.
    """

    total: int
    customers: list[Summary]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A customer with all that belongs to one, and what follows from it now."""

    customer: Customer
    pts_available: int
    pts_pending: int
    pts_earned: int
    pts_redeemed: int
    pts_expired: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Time:
    """What the shops' clock shows.

    Args:
        now: The moment.
        frozen: Whether it stands still.
    """

    now: datetime
    frozen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze:
    """Stop the clock.

    Args:
        at: What it shows from now on, or by how much it is put forward before, such as `+12h`; null for where it is.
    """

    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Advance:
    """Put the clock forward.

    Args:
        to: The moment, or by how much: `+90s`, `+5m`, `+12h`, `+30d`.
    """

    to: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A fault that is still to come.

    Args:
        fault: The fault.
        left: How many calls it will still meet.
    """

    fault: Fault
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeStatus:
    """What is to become of a discount code."""

    status: Literal["used", "unused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key to take in, in place of the one with the same id where there is one.

    Args:
        key_id: What tokens name in `kid`.
        secret: The secret in base64; made up where it is left out.
        kind: Whose it is.
    """

    key_id: str
    secret: str | None = None
    kind: Literal["shop", "partner"] = "shop"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyChange:
    """What is to become of a key."""

    revoked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenWish:
    """What a token is to say.

    Args:
        customer: The customer's id in the shop system; null for a token of the shop.
        email: The customer's email address, where the token is to have it.
        key_id: The key to sign with; the shop's first one that isn't revoked, unless given.
        expires_in: Seconds until it expires, 1 to 31,536,000.

    Raises:
        ValueError: `expires_in` is out of its range, or there is an email without a customer.
    """

    customer: str | None = None
    email: str | None = None
    key_id: str | None = None
    expires_in: int = 3600

    def __post_init__(self) -> None:
        if not 1 <= self.expires_in <= 31_536_000:  # noqa: PLR2004 - a year
            raise ValueError(f"expires_in={self.expires_in} is not from 1 to 31536000 seconds")
        if self.email is not None and self.customer is None:
            raise ValueError("email goes with customer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token for the API.

    Args:
        token: The token, for the header `Authorization: Bearer …`.
        kind: Its kind, as the contract names them.
        expires_at: When it expires.
    """

    token: str
    kind: str
    expires_at: datetime
