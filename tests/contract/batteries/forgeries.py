"""Tokens that must be refused, and some that must not. Data only; `forger` makes them."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.contract.proof.forger import Forger, encode
from tests.contract.proof.scene import NOBODY
from tests.contract.proof.target import Customer

_REFUSED = (401, "invalid_token")
_OTHERS = (403, "customer_identity_does_not_match_token")
_NOBODYS = (404, "no_customers_match_customer_identity")


@dataclass(frozen=True, slots=True)
class Scope:
    """What a forger knows of the call that succeeded.

    Attributes:
        forger: Makes variants of its token.
        shop: The shop's slug.
        actor: Whom the call is about.
        other: Another customer.
        others: Ids of keys that work, but didn't sign the token.
    """

    forger: Forger
    shop: str
    actor: Customer
    other: Customer
    others: Sequence[str]


@dataclass(frozen=True, slots=True)
class Forgery:
    """Authorization headers in place of the good one.

    Attributes:
        name: What is wrong.
        headers: Makes their values.
        error: Status and id of the refusal.
        needs_key: Whether it takes a second key that works.
        assumed: Whether the docs leave open that it is refused.
    """

    name: str
    headers: Callable[[Scope], Sequence[str]]
    error: tuple[int, str] = _REFUSED
    needs_key: bool = False
    assumed: bool = False

    def __str__(self) -> str:
        return self.name


def _token(name: str, make: Callable[[Forger], str], *, assumed: bool = False) -> Forgery:
    return Forgery(name, lambda it: (f"Bearer {make(it.forger)}",), assumed=assumed)


def _sub(name: str, make: Callable[[Scope], object], error: tuple[int, str] = _REFUSED) -> Forgery:
    return Forgery(name, lambda it: (f"Bearer {it.forger.make(claims={'sub': make(it)})}",), error)


def _key(name: str, make: Callable[[Forger, str], str]) -> Forgery:
    return Forgery(name, lambda it: (f"Bearer {make(it.forger, it.others[0])}",), needs_key=True)


def _form(name: str, make: Callable[[str], Sequence[str]]) -> Forgery:
    return Forgery(name, lambda it: make(it.forger.good))


FORGERIES = (
    # ---- times ----
    _token("expired a minute ago", lambda it: it.make(claims={"exp": it.now - 60})),
    _token("expired in 1970", lambda it: it.make(claims={"exp": 0})),
    _token("expired, and issued later", lambda it: it.make(claims={"iat": it.now - 5, "exp": it.now - 10})),
    _token("expires too late by its old signature", lambda it: it.reword(exp=it.now + 86_400)),
    _token("exp is text", lambda it: it.make(claims={"exp": str(it.now + 300)}), assumed=True),
    _token("exp is null", lambda it: it.make(claims={"exp": None}), assumed=True),
    _token("exp is true", lambda it: it.make(claims={"exp": True}), assumed=True),
    _token("issued in the future", lambda it: it.make(claims={"iat": it.now + 600, "exp": it.now + 900})),
    _token("not valid yet", lambda it: it.make(claims={"nbf": it.now + 600, "exp": it.now + 900}), assumed=True),
    # ---- audience ----
    _token("aud of others", lambda it: it.make(claims={"aud": "other"})),
    _token("aud in lower case", lambda it: it.make(claims={"aud": "bh"})),
    _token("aud that only begins well", lambda it: it.make(claims={"aud": "BHX"})),
    _token("aud in a list of others", lambda it: it.make(claims={"aud": ["other"]})),
    _token("aud is empty", lambda it: it.make(claims={"aud": ""})),
    _token("aud is missing", lambda it: it.make(claims={"aud": ...})),
    # ---- key ----
    _token("kid is missing", lambda it: it.make(header={"kid": ...})),
    _token("kid of nobody", lambda it: it.make(header={"kid": "nobody"})),
    _token("kid is a number", lambda it: it.make(header={"kid": 1})),
    _token("kid is null", lambda it: it.make(header={"kid": None})),
    _token("kid is a path", lambda it: it.make(header={"kid": f"../{it.key_id}"})),
    _token("secret of nobody", lambda it: it.make(secret=b"not the secret of any key, but long enough")),
    _token("secret as the base64 text it is shown as", lambda it: it.make(secret=base64.b64encode(it.secret))),
    _token("secret is empty", lambda it: it.make(secret=b"")),
    _token("secret is the kid", lambda it: it.make(secret=it.key_id.encode())),
    _key("kid of another key", lambda it, other: it.make(header={"kid": other})),
    _key("secret of another key", lambda it, other: it.make(key_id=other)),
    # ---- algorithm ----
    _token("alg none, unsigned", lambda it: it.relabel(alg="none").rpartition(".")[0] + "."),
    _token("alg none, signed", lambda it: it.make(header={"alg": "none"})),
    _token("alg NONE", lambda it: it.relabel(alg="NONE").rpartition(".")[0] + "."),
    _token("alg HS384", lambda it: it.make(header={"alg": "HS384"}, digest="sha384")),
    _token("alg HS512", lambda it: it.make(header={"alg": "HS512"}, digest="sha512")),
    _token("HS512 that says HS256", lambda it: it.make(digest="sha512")),
    _token("alg RS256, signed by HMAC", lambda it: it.make(header={"alg": "RS256"})),
    _token("alg is missing", lambda it: it.make(header={"alg": ...})),
    _token(
        "brings its own key",
        lambda it: it.make(secret=bytes(32), header={"jwk": {"kty": "oct", "k": encode(bytes(32))}}),
    ),
    _token("critical extensions", lambda it: it.make(header={"crit": ["b64"], "b64": False}), assumed=True),
    # ---- signature ----
    _token("no signature", lambda it: it.swap(signature="")),
    _token("half a signature", lambda it: it.good[:-20]),
    _token("another signature", lambda it: it.swap(signature=encode(bytes(32)))),
    _token("signature of another token", lambda it: it.swap(signature=it.make(claims={"jti": "x"}).rpartition(".")[2])),
    # ---- form ----
    _token("claims are a list", lambda it: it.make(payload=b'["BH"]')),
    _token("claims are no JSON", lambda it: it.make(payload=b"aud=BH")),
    _token("two segments", lambda it: it.good.rpartition(".")[0]),
    _token("a fourth segment", lambda it: f"{it.good}.e30"),
    _token("no JWT at all", lambda _: "junk"),
    _token("longer than any token", lambda it: it.make(claims={"x": "x" * 30_000})),
    _form("no header", lambda _: ()),
    _form("an empty header", lambda _: ("",)),
    _form("no token", lambda _: ("Bearer",)),
    _form("no scheme", lambda good: (good,)),
    _form("scheme Basic", lambda good: (f"Basic {good}",)),
    _form("scheme JWT", lambda good: (f"JWT {good}",)),
    _form("no space", lambda good: (f"Bearer{good}",)),
    _form("in quotes", lambda good: (f'Bearer "{good}"',)),
    _form("two tokens in a header", lambda good: (f"Bearer {good}, Bearer {good}",)),
    _form("two headers", lambda good: (f"Bearer {good}", f"Bearer {good}")),
    _form("two headers, the first of them bad", lambda good: ("Bearer junk", f"Bearer {good}")),
    _form("two headers, the second of them bad", lambda good: (f"Bearer {good}", "Bearer junk")),
    # ---- subject ----
    _token("sub is missing", lambda it: it.make(claims={"sub": ...})),
    _sub("sub of another shop", lambda it: f"not-{it.shop}"),
    _sub("sub of another shop's customer", lambda it: f"not-{it.shop}/{it.actor.shopid}"),
    _sub("sub of a shop whose name begins so", lambda it: f"{it.shop}2"),
    _sub("sub of a shop whose name is longer before", lambda it: f"2{it.shop}/{it.actor.shopid}"),
    _sub("sub in upper case", lambda it: it.shop.upper()),
    _sub("sub is empty", lambda _: ""),
    _sub("sub with a space", lambda it: f" {it.shop}"),
    _sub("sub with a line break", lambda it: f"{it.shop}\n"),
    _sub("sub of nobody by a slash", lambda it: f"{it.shop}/"),
    _sub("sub without a shop", lambda it: f"/{it.actor.shopid}"),
    _sub("sub with one slash too many", lambda it: f"{it.shop}/{it.actor.shopid}/"),
    _sub("sub of two shops", lambda it: f"not-{it.shop}/{it.shop}/{it.actor.shopid}"),
    _sub("sub with an encoded slash", lambda it: f"{it.shop}%2F{it.actor.shopid}"),
    _sub("sub is a list", lambda it: [it.shop]),
    _sub("sub is a number", lambda _: 1),
    Forgery("sub reworded to the shop", lambda it: (f"Bearer {it.forger.reword(sub=it.shop, jti='x')}",)),
    Forgery(
        "sub reworded to another customer",
        lambda it: (f"Bearer {it.forger.reword(sub=f'{it.shop}/{it.other.shopid}')}",),
    ),
    _sub("another customer's token", lambda it: f"{it.shop}/{it.other.shopid}", _OTHERS),
    _sub("nobody's token", lambda it: f"{it.shop}/{NOBODY}", _NOBODYS),
)
"""Every one is put in place of the token of a call that succeeded and names its customer."""


GENUINE: dict[str, tuple[Callable[[Scope], str], bool]] = {
    "no exp": (lambda it: it.forger.make(claims={"exp": ...}), False),
    "no iat": (lambda it: it.forger.make(claims={"iat": ...}), False),
    "neither": (lambda it: it.forger.make(claims={"iat": ..., "exp": ...}), False),
    "valid since long": (lambda it: it.forger.make(claims={"nbf": 1}), True),
    "aud in a list": (lambda it: it.forger.make(claims={"aud": ["other", "BH"]}), True),
    "a fraction of a second": (lambda it: it.forger.make(claims={"exp": it.forger.now + 300.5}), True),
    "more claims": (lambda it: it.forger.make(claims={"jti": "x", "l": 1, "customer": it.other.shopid}), True),
    "more in the header": (lambda it: it.forger.make(header={"x": "y", "typ": ...}), True),
    "spelled otherwise": (
        lambda it: it.forger.make(payload=json.dumps(it.forger.claims, indent=1).encode(), claims={}),
        True,
    ),
}
"""Name to what makes the token, and whether the docs leave open that it is accepted."""
