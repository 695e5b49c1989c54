"""The server that is proved: where it is, who may call it, and how far it may be used."""

import base64
import threading
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import jwt
from tests.contract.proof.watch.secrets import hide

from bubblehouse.transport import AsyncHttpx2Transport, AsyncTransport, Httpx2Transport, Transport

AsgiApp = Callable[
    [MutableMapping[str, Any], Callable[[], Awaitable[Any]], Callable[[Any], Awaitable[None]]], Awaitable[None]
]

CUSTOMER_KINDS = ("CustomerToken", "PartnerTokenForCustomer")
"""Kinds of token that stand for one customer. The others stand for the shop."""

_OWNER_OF_KIND = {
    "CustomerToken": "shop",
    "ShopToken": "shop",
    "PartnerTokenForCustomer": "partner",
    "PartnerTokenForShop": "partner",
}
_TOKEN_SECONDS = 3600  # longer than any run, so that no case fails for a token that grew old


class Secret(str):
    """A secret that tracebacks and failed assertions don't show."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Secret(…)"


@dataclass(frozen=True, slots=True)
class Key:
    """A signing key of the shop or of a partner. The secret is in base64, as the API console shows it."""

    id: str
    secret: Secret = field(repr=False)


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer that the server knows. Ids that are not known are empty."""

    shopid: str
    bhid: str = ""
    email: str = ""

    @property
    def identities(self) -> tuple[dict[str, str], ...]:
        """Every way to name this customer."""
        known = {name: value for name, value in self.everything.items() if value}
        return (*({name: value} for name, value in known.items()), known)

    @property
    def everything(self) -> dict[str, str]:
        """All three ids."""
        return {"shopid": self.shopid, "bhid": self.bhid, "email": self.email}


class Pace:
    """Keeps calls apart. It is kept on the wire, so that whoever sends need not think of it.

    Args:
        seconds: How long at least from the beginning of one to that of the next.
    """

    def __init__(self, seconds: float = 0.0) -> None:
        self._seconds = seconds
        self._next = 0.0
        self._lock = threading.Lock()

    def begin(self) -> None:
        """Wait until the next call may begin, and begin it."""
        with self._lock:
            _sleep(self._next - time.monotonic())
            self._next = time.monotonic() + self._seconds

    def wait(self) -> None:
        """Wait until the next call may begin, without beginning it."""
        _sleep(self._next - time.monotonic())


def _sleep(seconds: float) -> None:
    if seconds > 0:
        time.sleep(seconds)  # even a sleep of no length lets others have the processor


class Control(Protocol):
    """The control plane of our mock."""

    def reset(self) -> None:
        """Put the state back to the fixture."""
        ...

    def settings(self, patch: Mapping[str, object]) -> None:
        """Change settings of the shop."""
        ...

    def state(self) -> dict[str, Any]:
        """Return the whole state but the keys."""
        ...

    def load(self, state: Mapping[str, object]) -> None:
        """Go on from another state, given as a fixture; `reset` leads back."""
        ...

    def set_key(self, key: Key, kind: str) -> None:
        """Take a key in, in place of the one with the same id where there is one."""
        ...

    def revoke_key(self, key_id: str) -> None:
        """Revoke a key."""
        ...

    def advance(self, seconds: int) -> None:
        """Put the clock forward."""
        ...

    def act(self, method: str, place: str, body: Mapping[str, object] | None = None) -> dict[str, Any]:
        """Do any other of its actions, and return what it answers."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A server under test.

    Attributes:
        base_url: Where its API is, up to the global version.
        shop: The shop's slug.
        keys: Signing keys by owner, `shop` or `partner`.
        customers: Customers that may be used.
        transport: Reaches it.
        control: The control plane, where the server has ours.
        app: The server itself, where it runs in this process.
        connect: Makes what carries the calls of a client to it.
        connect_async: The same for asyncio.
        writes: Whether calls that change something may be sent.
        pace: Keeps calls apart, on a server whose rate limits are to be respected.
    """

    base_url: str
    shop: str
    keys: Mapping[str, Key] = field(repr=False)
    customers: tuple[Customer, ...]
    transport: Transport = field(repr=False)
    control: Control | None = None
    app: AsgiApp | None = None
    connect: Callable[[], Transport] = Httpx2Transport
    connect_async: Callable[[], AsyncTransport] = AsyncHttpx2Transport
    writes: bool = True
    pace: Pace = field(default_factory=Pace)

    def __post_init__(self) -> None:
        for key in self.keys.values():
            hide(key.secret, "secret")

    @property
    def bears_random_writes(self) -> bool:
        """Whether writes may be generated: only where they can be forgotten, since they spend points at random."""
        return self.control is not None

    def can_mint(self, kind: str) -> bool:
        """Tell whether there is a key for a kind of token."""
        return self.owner(kind) in self.keys

    @staticmethod
    def owner(kind: str) -> str:
        """Return whose keys sign a kind of token: the `shop`'s or a `partner`'s."""
        return _OWNER_OF_KIND[kind]

    def key(self, kind: str) -> Key:
        """Return the key that signs a kind of token."""
        return self.keys[self.owner(kind)]

    def options(self, kind: str, customer: str | None) -> dict[str, Any]:
        """Return arguments of a client that uses one kind of token.

        Args:
            kind: The kind of token.
            customer: The shopid of whom it stands for, where it stands for a customer.
        """
        key = self.key(kind)
        return {
            "shop": self.shop,
            "key_id": key.id,
            "secret": key.secret,
            "customer": customer if kind in CUSTOMER_KINDS else None,
            "base_url": self.base_url,
            "max_retries": 0,
        }

    def token(
        self, kind: str, customer: str, *, shop: str | None = None, claims: Mapping[str, object] | None = None
    ) -> str:
        """Mint a token.

        Args:
            kind: As the contract's security schemes name it.
            customer: The shopid of whom it stands for; kinds that stand for the shop ignore it.
            shop: In place of the shop that is tested.
            claims: Further claims.
        """
        key = self.key(kind)
        owner = shop or self.shop
        subject = f"{owner}/{customer}" if kind in CUSTOMER_KINDS else owner
        now = int(time.time())
        payload = {"aud": "BH", "sub": subject, "iat": now - 60, "exp": now + _TOKEN_SECONDS, **(claims or {})}
        return jwt.encode(payload, base64.b64decode(key.secret), algorithm="HS256", headers={"kid": key.id})
