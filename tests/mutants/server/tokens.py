"""Mutants of the door: tokens that should be refused are accepted, and good ones are not."""

import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jwt
from tests.mutants.door import OTHER_KEY, PARTNER_KEY, PLAIN, REVOKED_KEY, Door
from tests.mutants.mutant import Apply, Family
from tests.mutants.patching import Function, around, instead, refuses

from bubblehouse_mock.contract import Operation
from bubblehouse_mock.messages import Request
from bubblehouse_mock.refusal import RefusalError
from bubblehouse_mock.stages import signatures, tokens
from bubblehouse_mock.stages.grants import Grant
from bubblehouse_mock.stages.signatures import SignedToken, SignedTokens
from bubblehouse_mock.state import Key, Shop

_HOUR = 3600


def _decoding(algorithms: tuple[str, ...] = ("HS256",), **options: bool) -> Apply:
    """Verify less than all."""
    wanted: Any = {"require": ["sub"], "verify_exp": False, "verify_iat": False, "verify_nbf": False, **options}

    def verified(token: str, key: Key) -> object:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a key too short for the other algorithm
            try:
                return jwt.decode(token, key.secret_bytes, algorithms=list(algorithms), audience="BH", options=wanted)
            except jwt.InvalidTokenError:
                raise signatures.invalid("The token is malformed") from None

    return instead(signatures, "_verified", verified)


def _times(**parts: Callable[[SignedToken], object]) -> Apply:
    """Judge other times than the token has."""

    def make(check: Function) -> Function:
        def checked(signed: SignedToken, now: object) -> None:
            changed: Any = {name: of(signed) for name, of in parts.items()}
            check(replace(signed, **changed), now)

        return checked

    return around(tokens, "_check_times", make)


def _signed(change: Callable[[SignedToken, Shop], SignedToken]) -> Apply:
    """Take a token for another."""
    return around(
        SignedTokens, "verify", lambda verify: lambda self, token, shop: change(verify(self, token, shop), shop)
    )


def _any_key(verify: Function) -> Function:
    def verified(self: SignedTokens, token: str, shop: Shop) -> SignedToken:
        for key in shop.keys.values():
            try:
                return signatures._read(signatures._verified(token, key), key)
            except RefusalError:
                continue
        found: SignedToken = verify(self, token, shop)
        return found

    return verified


def _known_stays_good(verify: Function) -> Function:
    return lambda self, token, shop: self._known.get(token) or verify(self, token, shop)


def _writes_need_none(verify: Function) -> Function:
    def verified(request: Request, shop: Shop, operation: Operation, now: object) -> Grant:
        try:
            grant: Grant = verify(request, shop, operation, now)
        except RefusalError:
            if operation.kind == "read":
                raise
            return Grant("ShopToken")
        return grant

    return verified


class _Lenient:
    """An operation that takes other kinds of token than the contract says."""

    def __init__(self, operation: Operation, kinds: frozenset[str]) -> None:
        self.function, self.kind, self.tokens = operation.function, operation.kind, kinds


def _taking(kinds: Callable[[Operation], frozenset[str]]) -> Apply:
    return around(
        tokens,
        "verify",
        lambda verify: (
            lambda request, shop, operation, now: verify(request, shop, _Lenient(operation, kinds(operation)), now)
        ),
    )


def _key_found(find: Callable[[str, Shop], Key]) -> Apply:
    def make(original: Function) -> Function:
        def key(token: str, shop: Shop) -> Key:
            try:
                found: Key = original(token, shop)
            except RefusalError:
                return find(token, shop)
            return found

        return key

    return around(signatures, "_key", make)


def _named_key(token: str, shop: Shop) -> Key:
    return shop.keys[str(jwt.get_unverified_header(token).get("kid"))]


def _first_key(_: str, shop: Shop) -> Key:
    return next(iter(shop.keys.values()))


def _reading(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Apply:
    return around(signatures, "_read", lambda read: lambda claims, key: read(change(dict(claims)), key))


def _first_segments(claims: dict[str, Any]) -> dict[str, Any]:
    return {**claims, "sub": "/".join(str(claims["sub"]).split("/")[:2])}


def _no_empty_customer(claims: dict[str, Any]) -> dict[str, Any]:
    return {**claims, "sub": str(claims["sub"]).removesuffix("/")}


def _needs_expiry(check: Function) -> Function:
    def checked(signed: SignedToken, now: object) -> None:
        if signed.expiry is None:
            raise signatures.invalid("The token has no exp")
        check(signed, now)

    return checked


def _first_header(request: Request) -> str | None:
    value = next(iter(request.header("authorization")), "")
    return value.rpartition(" ")[2] or None


def _any_scheme(bearer: Function) -> Function:
    def read(request: Request) -> str | None:
        token: str | None = _first_header(request) if len(request.header("authorization")) == 1 else bearer(request)
        return token

    return read


def _rotate(door: Door) -> None:
    """Use a token, revoke its key, and use it again."""
    token = door.token(key=OTHER_KEY)
    door.balance(token=token)
    door.mock.control.change_key(OTHER_KEY, {"revoked": True})
    door.balance(token=token)


_two_headers = (("authorization", "Bearer nonsense"),)
_shop, _partner = (
    frozenset({"CustomerToken", "ShopToken"}),
    frozenset({"PartnerTokenForCustomer", "PartnerTokenForShop"}),
)

_of = Family("tokens", "server", "batteries")

MUTANTS = [
    _of.mutant(
        "signature",
        "The signature of a token isn't looked at.",
        _decoding(verify_signature=False, verify_aud=True),
        lambda it: it.balance(token=it.token(signed_with=OTHER_KEY)),
        layer="matrix",
        anchor=1,
    ),
    _of.mutant(
        "any-key",
        "Any key of the shop may have signed a token, whatever its kid names.",
        around(SignedTokens, "verify", _any_key),
        lambda it: it.balance(token=it.token(signed_with=OTHER_KEY)),
        anchor=2,
    ),
    _of.mutant(
        "expired",
        "A token is good after its exp.",
        _times(expiry=lambda _: None),
        lambda it: it.balance(token=it.token(exp=1_700_000_000)),
        anchor=3,
    ),
    _of.mutant(
        "audience",
        "A token for another audience is accepted.",
        _decoding(verify_aud=False),
        lambda it: it.balance(token=it.token(aud="somebody else")),
        anchor=4,
    ),
    _of.mutant(
        "issued-later",
        "A token that will be issued in the future is accepted.",
        _times(issued=lambda _: None),
        lambda it: it.balance(token=it.token(iat=int(it.clock().timestamp()) + _HOUR)),
        anchor=5,
    ),
    _of.mutant(
        "writes-without",
        "A write is done for whoever has no token, or a bad one.",
        around(tokens, "verify", _writes_need_none),
        lambda it: it.call("RedeemPoints1", {"customer": {"shopid": PLAIN}, "pts": 100}, token=None),
        layer="matrix",
        anchor=6,
    ),
    _of.mutant(
        "another-shops",
        "A token of another shop is accepted.",
        _signed(lambda signed, shop: replace(signed, owner=shop.slug)),
        lambda it: it.balance(token=it.token(sub="another-shop")),
        anchor=7,
    ),
    _of.mutant(
        "status",
        "A bad token is answered with 403 in place of 401.",
        refuses("invalid_token", status=403),
        lambda it: it.balance(token=it.token(signed_with=OTHER_KEY)),
        layer="matrix",
        anchor=9,
    ),
    _of.mutant(
        "id",
        "A bad token is answered with an id that nobody documented.",
        refuses("invalid_token", as_id="unauthorized"),
        lambda it: it.balance(token=it.token(signed_with=OTHER_KEY)),
        layer="matrix",
        anchor=10,
    ),
    _of.mutant(
        "no-algorithm",
        "A token with alg none needs no signature.",
        around(
            signatures,
            "_verified",
            lambda verified: (
                lambda token, key: (
                    jwt.decode(token, options={"verify_signature": False})
                    if jwt.get_unverified_header(token)["alg"] == "none"
                    else verified(token, key)
                )
            ),
        ),
        lambda it: it.balance(token=it.token(algorithm="none")),
    ),
    _of.mutant(
        "other-algorithm",
        "A token that is signed with HS512 is accepted.",
        _decoding(("HS256", "HS512"), verify_aud=True),
        lambda it: it.balance(token=it.token(algorithm="HS512")),
    ),
    _of.mutant(
        "no-key-id",
        "A token without kid is taken to be signed with the first key.",
        _key_found(_first_key),
        lambda it: it.balance(token=it.token(header={})),
    ),
    _of.mutant(
        "revoked",
        "A key that is revoked goes on signing.",
        _key_found(_named_key),
        lambda it: it.balance(token=it.token(key=REVOKED_KEY)),
    ),
    _of.mutant(
        "known",
        "A token that was accepted once stays good when its key is revoked.",
        around(SignedTokens, "verify", _known_stays_good),
        _rotate,
    ),
    _of.mutant(
        "needs-expiry",
        "A token without exp is refused, though exp is optional.",
        around(tokens, "_check_times", _needs_expiry),
        lambda it: it.balance(token=it.token(exp=None)),
    ),
    _of.mutant(
        "not-before",
        "A token is good before its nbf.",
        _times(not_before=lambda _: None),
        lambda it: it.balance(token=it.token(nbf=int(it.clock().timestamp()) + _HOUR)),
    ),
    _of.mutant(
        "grace",
        "A token is good for another minute after its exp.",
        _times(expiry=lambda signed: None if signed.expiry is None else signed.expiry + 60),
        lambda it: it.balance(token=it.token(exp=int(it.clock().timestamp()) - 5)),
    ),
    _of.mutant(
        "long-subject",
        "What follows a second slash in sub is ignored.",
        _reading(_first_segments),
        lambda it: it.balance(None, token=it.token(f"{PLAIN}/x")),
    ),
    _of.mutant(
        "empty-customer",
        "A sub that ends in a slash stands for the shop.",
        _reading(_no_empty_customer),
        lambda it: it.balance(token=it.token("")),
    ),
    _of.mutant(
        "partner-reads",
        "A partner's token is accepted where the call doesn't list it.",
        _taking(lambda operation: operation.tokens | _partner),
        lambda it: it.balance(token=it.token(key=PARTNER_KEY)),
    ),
    _of.mutant(
        "no-partners",
        "Partners' tokens are refused everywhere.",
        _taking(lambda operation: operation.tokens & _shop),
        lambda it: it.redeem(token=it.token(key=PARTNER_KEY)),
        layer="round-trip",
    ),
    _of.mutant(
        "any-scheme",
        "Any scheme of the header Authorization will do.",
        around(tokens, "_bearer", _any_scheme),
        lambda it: it.call(
            "CustomerBalance3",
            {"customer": {"shopid": PLAIN}},
            token=None,
            headers=(("authorization", f"Token {it.token()}"),),
        ),
    ),
    _of.mutant(
        "several-headers",
        "The first of several Authorization headers counts.",
        instead(tokens, "_bearer", _first_header),
        lambda it: it.call("CustomerBalance3", {"customer": {"shopid": PLAIN}}, headers=_two_headers),
    ),
    _of.mutant(
        "no-subject",
        "A token without sub is the shop's.",
        around(
            signatures,
            "_verified",
            lambda _: (
                lambda token, key: {
                    "sub": "demo-shop",
                    **jwt.decode(
                        token, key.secret_bytes, algorithms=["HS256"], audience="BH", options={"verify_exp": False}
                    ),
                }
            ),
        ),
        lambda it: it.balance(token=it.token(sub=None)),
    ),
]
