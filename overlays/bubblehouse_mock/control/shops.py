"""The control plane's actions on one shop: its settings, customers, codes, keys and tokens."""

import base64
import secrets
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import Final

import jwt

from bubblehouse_mock.control import views
from bubblehouse_mock.jsontext import JsonObject, JsonValue, merge_patch
from bubblehouse_mock.stages.grants import kind_of
from bubblehouse_mock.state import (
    Change,
    Coupon,
    Customer,
    FixtureError,
    Key,
    Ownership,
    Settings,
    Shop,
    decode,
    encode,
)
from bubblehouse_mock.world import World

FIRST: Final = 100
"""Customers or calls in a list, unless asked for more."""


class NotFoundError(LookupError):
    """What is asked for isn't there; the message says what."""


class ShopActions:
    """Looks at one shop and changes it. `shop` is always a slug, and the first shop's unless given.

    Args:
        world: The shops.
    """

    def __init__(self, world: World) -> None:
        self._world = world

    def settings(self, shop: str | None = None) -> JsonValue:
        """Return a shop's settings.

        Raises:
            NotFoundError: There is no such shop.
        """
        with self._open(shop) as found:
            return encode(found.settings)

    def configure(self, data: JsonValue, shop: str | None = None) -> JsonValue:
        """Change a shop's settings by a JSON merge patch (RFC 7396), and return them.

        Raises:
            FixtureError: The settings would not be valid; then nothing has changed.
            NotFoundError: There is no such shop.
        """
        with self._open(shop) as found:
            patched = merge_patch(encode(found.settings), data)
            found.configure(decode(Settings, patched, now=self._world.clock()))
            return encode(found.settings)

    def customers(
        self, shop: str | None = None, search: str = "", after: str = "", limit: int = FIRST
    ) -> views.Customers:
        """List a shop's customers.

        Args:
            shop: The shop's slug.
            search: What an id or the email address has to hold, in any case.
            after: The bhid of the last one that is known already.
            limit: How many at most.

        Raises:
            NotFoundError: There is no such shop, or no customer with the bhid `after`.
        """
        with self._open(shop) as found:
            if after and after not in found.customers:
                raise NotFoundError(f"no customer has the bhid {after!r}")
            matching = [it for it in found.customers.values() if _holds(it, search.casefold())]
            rest = islice(_behind(matching, after), limit + 1)
            page = [self._summary(it) for it in rest]
            follows = page[limit - 1].bhid if len(page) > limit else None
            return views.Customers(total=len(matching), customers=page[:limit], next=follows)

    def customer(self, customer_id: str, shop: str | None = None) -> views.Standing:
        """Return a customer with all that belongs to one: changes, codes, achievements.

        Args:
            customer_id: A bhid or shopid.
            shop: The shop's slug.

        Raises:
            NotFoundError: There is no such shop, or nobody has that id.
        """
        with self._open(shop) as found:
            customer, now = _customer(found, customer_id), self._world.clock()
            ledger = customer.ledger
            return views.Standing(
                customer=customer,
                pts_available=ledger.available(now),
                pts_pending=ledger.pending(now),
                pts_earned=ledger.earned,
                pts_redeemed=ledger.redeemed,
                pts_expired=ledger.expired,
            )

    def add_customer(self, data: JsonObject, shop: str | None = None) -> JsonValue:
        """Take a customer in, given as fixtures have customers, and return the customer.

        Raises:
            FixtureError: The data don't fit.
            NotFoundError: There is no such shop.
        """
        with self._open(shop) as found:
            customer = decode(Customer, data, now=self._world.clock())
            found.add_customer(customer)
            return encode(customer)

    def add_change(self, customer_id: str, data: JsonObject, shop: str | None = None) -> JsonValue:
        """Change a customer's points now, and return the change.

        Args:
            customer_id: A bhid or shopid.
            data: The change as fixtures have it, without `at`; its type is `manual_correction` unless it names another.
            shop: The shop's slug.

        Raises:
            FixtureError: The data don't fit, or the change would undo a redemption: only a call can do that.
            LedgerError: The balance doesn't allow it.
            NotFoundError: There is no such shop, or nobody has that id.
        """
        with self._open(shop) as found:
            customer = _customer(found, customer_id)
            for name in data.keys() & {"at", "reverts"}:
                raise FixtureError(f"{name} can't be given here")
            change = decode(Change, {"type": "manual_correction", **data, "at": "+0s"}, now=self._world.clock())
            return encode(found.grant_points(customer, change))

    def add_achievement(self, customer_id: str, data: JsonObject, shop: str | None = None) -> JsonValue:
        """Let a customer own an achievement, and return the ownership.

        Args:
            customer_id: A bhid or shopid.
            data: The ownership as fixtures have it; it begins now unless it says otherwise.
            shop: The shop's slug.

        Raises:
            FixtureError: The data don't fit.
            NotFoundError: There is no such shop, or nobody has that id.
        """
        with self._open(shop) as found:
            customer = _customer(found, customer_id)
            ownership = decode(Ownership, {"obtained_at": "+0s", **data}, now=self._world.clock())
            found.grant_achievement(customer, ownership)
            return encode(ownership)

    def set_code(self, code: str, data: JsonObject, shop: str | None = None) -> JsonValue:
        """Let a discount code be used, or unused again, and return the code with all it has.

        Args:
            code: The code.
            data: What is to become of it, as `CodeStatus` has it.
            shop: The shop's slug.

        Raises:
            FixtureError: The data don't fit, or the code is withdrawn for good.
            NotFoundError: There is no such shop or code.
        """
        with self._open(shop) as found:
            owner = found.owner(code)
            coupon: Coupon | None = owner.coupon(code) if owner is not None else None
            if owner is None or coupon is None:
                raise NotFoundError(f"there is no code {code!r}")
            wish = decode(views.CodeStatus, data, now=self._world.clock())
            if coupon.status == "withdrawn":
                raise FixtureError(f"the code {code!r} is withdrawn for good")
            return encode(found.set_code_status(owner, code, wish.status))

    def keys(self, shop: str | None = None) -> list[Key]:
        """Return a shop's keys.

        Raises:
            NotFoundError: There is no such shop.
        """
        with self._open(shop) as found:
            return list(found.keys.values())

    def set_key(self, data: JsonObject, shop: str | None = None) -> Key:
        """Take a key in, and return it with its secret. One with the same id is replaced: its tokens stop working.

        Raises:
            FixtureError: The data don't fit.
            NotFoundError: There is no such shop.
        """
        with self._open(shop) as found:
            wish = decode(views.NewKey, data, now=self._world.clock())
            secret = wish.secret or base64.b64encode(secrets.token_bytes(32)).decode()
            key = decode(Key, {"key_id": wish.key_id, "secret": secret, "kind": wish.kind}, now=self._world.clock())
            found.set_key(key)
            return key

    def change_key(self, key_id: str, data: JsonObject, shop: str | None = None) -> Key:
        """Revoke a key, or take that back, and return it. Tokens that it signed are refused at once.

        Args:
            key_id: The key.
            data: What is to become of it, as `KeyChange` has it.
            shop: The shop's slug.

        Raises:
            FixtureError: The data don't fit.
            NotFoundError: There is no such shop or key.
        """
        with self._open(shop) as found:
            wish = decode(views.KeyChange, data, now=self._world.clock())
            key = replace(_key(found, key_id), revoked=wish.revoked)
            found.set_key(key)
            return key

    def mint(self, data: JsonObject | None = None, shop: str | None = None) -> views.Token:
        """Make a token that is good for calls of the API, until the time in the shops says otherwise.

        Raises:
            FixtureError: The data don't fit.
            NotFoundError: There is no such shop or key, or no key that isn't revoked.
        """
        with self._open(shop) as found:
            now = self._world.clock()
            wish = decode(views.TokenWish, data or {}, now=now)
            key = _key(found, wish.key_id) if wish.key_id is not None else _first_key(found)
        subject = found.slug if wish.customer is None else f"{found.slug}/{wish.customer}"
        expires_at = now.replace(microsecond=0) + timedelta(seconds=wish.expires_in)
        claims = {"aud": "BH", "sub": subject, "iat": int(now.timestamp()), "exp": int(expires_at.timestamp())}
        claims |= {} if wish.email is None else {"ce": wish.email}
        token = jwt.encode(  # pyright: ignore[reportUnknownMemberType] - as in `signatures`
            claims, key.secret_bytes, algorithm="HS256", headers={"kid": key.key_id}
        )
        kind = kind_of(key, is_customer=wish.customer is not None)
        return views.Token(token=token, kind=kind, expires_at=expires_at)

    def _summary(self, customer: Customer) -> views.Summary:
        now = self._world.clock()
        return views.Summary(
            bhid=customer.bhid,
            shopid=customer.shopid,
            email=customer.email,
            tier=customer.tier,
            pts_available=customer.ledger.available(now),
            pts_pending=customer.ledger.pending(now),
        )

    @contextmanager
    def _open(self, slug: str | None) -> Generator[Shop]:
        with self._world.changing():
            shops = self._world.shops
            found = next(iter(shops.values())) if slug is None else shops.get(slug)
            if found is None:
                raise NotFoundError(f"there is no shop {slug!r}; there are {', '.join(shops)}")
            yield found


def _customer(shop: Shop, customer_id: str) -> Customer:
    customer = shop.customers.get(customer_id) or shop.by_shopid(customer_id)
    if customer is None:
        raise NotFoundError(f"no customer has the bhid or shopid {customer_id!r}")
    return customer


def _holds(customer: Customer, text: str) -> bool:
    return any(text in name.casefold() for name in (customer.bhid, customer.shopid, customer.email))


def _behind(customers: list[Customer], bhid: str) -> Iterator[Customer]:
    """Yield the customers behind the one with a bhid; all of them where it is empty."""
    rest = iter(customers)
    if bhid:
        for customer in rest:
            if customer.bhid == bhid:
                break
    return rest


def _key(shop: Shop, key_id: str) -> Key:
    if key_id not in shop.keys:
        raise NotFoundError(f"there is no key {key_id!r}; there are {', '.join(shop.keys)}")
    return shop.keys[key_id]


def _first_key(shop: Shop) -> Key:
    for key in shop.keys.values():
        if not key.revoked:
            return key
    raise NotFoundError("every key of the shop is revoked")
