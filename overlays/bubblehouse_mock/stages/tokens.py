"""Who is calling? Tokens are verified in full: signature, key, audience, subject, times, kind."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

import jwt

from bubblehouse_mock.contract import ANONYMOUS, Operation
from bubblehouse_mock.messages import Request
from bubblehouse_mock.refusal import RefusalError
from bubblehouse_mock.state import Key, Shop

_LONGEST: Final = 8192  # characters; a real token has a few hundred
_LEEWAY: Final = 1  # second by which a caller's clock may be ahead
_AUDIENCE: Final = "BH"

_Claims = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token allows.

    Args:
        kind: The kind of the token, as the contract's security schemes name it.
        shopid: The id, in the shop system, of the customer it stands for; None for the shop itself.
        email: The customer's email address, where the token has it; "" otherwise.
        key_id: The key that signed it; "" where there is no token.
    """

    kind: str
    shopid: str | None = None
    email: str = ""
    key_id: str = ""


def verify(request: Request, shop: Shop, slug: str, operation: Operation, now: datetime) -> Grant:
    """Return what the request's token allows.

    Args:
        request: The request.
        shop: The shop.
        slug: The shop that the URL names.
        operation: What is called.
        now: The present moment.

    Raises:
        RefusalError: invalid_token.
    """
    if slug != shop.slug:
        raise other_shop()
    token = _bearer(request)
    if token is None:
        if ANONYMOUS in operation.tokens:
            return Grant(ANONYMOUS)
        raise _invalid("There is no token; send the header Authorization: Bearer <JWT>")
    key = _key(token, shop)
    claims = _verified(token, key)
    _check_times(claims, now)
    grant = _grant(claims, key, slug)
    if grant.kind not in operation.tokens:
        raise _invalid(
            f"{operation.function} does not take a {grant.kind}; it takes {', '.join(sorted(operation.tokens))}"
        )
    return grant


def _bearer(request: Request) -> str | None:
    values = request.header("authorization")
    if not values:
        return None
    if len(values) > 1:
        raise _invalid("There are several Authorization headers")
    scheme, _, token = values[0].strip().partition(" ")
    if scheme.lower() != "bearer":
        raise _invalid("The Authorization header is not of the form Bearer <JWT>")
    token = token.strip()
    if len(token) > _LONGEST:
        raise _invalid(f"The token is longer than {_LONGEST} characters")
    return token or None


def _key(token: str, shop: Shop) -> Key:
    try:
        key_id = jwt.get_unverified_header(token).get("kid")
    except (jwt.InvalidTokenError, ValueError, RecursionError):  # the last from releases of PyJWT before 2.15
        raise _invalid("The token is not a JWT") from None
    if key_id is None:
        raise _invalid("The token's header has no kid; it names the secret that signed the token")
    key = shop.keys.get(str(key_id))
    if key is None:
        raise _invalid("The token's kid names no key of this shop")
    if key.revoked:
        raise _invalid("The key that signed the token is revoked")
    return key


def _verified(token: str, key: Key) -> _Claims:
    """Return the claims of a token whose signature is good. Nothing here depends on the time."""
    try:
        return cast(
            "_Claims",
            jwt.decode(  # pyright: ignore[reportUnknownMemberType] - PyJWT names an optional dependency's type
                token,
                key.secret_bytes,
                algorithms=["HS256"],
                audience=_AUDIENCE,
                options={"require": ["aud", "sub"], "verify_exp": False, "verify_iat": False, "verify_nbf": False},
            ),
        )
    except jwt.InvalidSignatureError:
        raise _invalid("The token's signature doesn't fit the key that its kid names") from None
    except jwt.InvalidAlgorithmError:
        raise _invalid("The token is not signed with HS256") from None
    except jwt.InvalidAudienceError:
        raise _invalid(f"The token's aud is not {_AUDIENCE}") from None
    except jwt.MissingRequiredClaimError as error:
        raise _invalid(f"The token has no {error.claim}") from None
    except (jwt.InvalidTokenError, ValueError, RecursionError):
        raise _invalid("The token is malformed") from None


def _check_times(claims: _Claims, now: datetime) -> None:
    seconds = now.timestamp()
    expiry, issued, not_before = (_moment(claims, name) for name in ("exp", "iat", "nbf"))
    if expiry is not None and seconds >= expiry:
        raise _invalid("The token has expired")
    if issued is not None and issued > seconds + _LEEWAY:
        raise _invalid("The token's iat lies in the future")
    if not_before is not None and not_before > seconds + _LEEWAY:
        raise _invalid("The token's nbf lies in the future")


def _moment(claims: _Claims, name: str) -> float | None:
    if name not in claims:
        return None
    value = claims[name]
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float))
        or (isinstance(value, float) and not math.isfinite(value))  # isfinite can't take an integer beyond a double
    ):
        raise _invalid(f"The token's {name} is not a number of seconds")
    return value


def _grant(claims: _Claims, key: Key, slug: str) -> Grant:
    owner, slash, shopid = str(claims["sub"]).partition("/")
    if owner != slug:
        raise other_shop()
    if slash and (not shopid or "/" in shopid):
        raise _invalid("The token's sub is neither <shop> nor <shop>/<customer>")
    email = claims.get("ce", "")
    if not isinstance(email, str):
        raise _invalid("The token's ce is not text")
    shopid_or_none = shopid if slash else None
    return Grant(kind_of(key, is_customer=bool(slash)), shopid_or_none, email if slash else "", key.key_id)


def kind_of(key: Key, *, is_customer: bool) -> str:
    """Return the kind of the tokens that a key signs, for a customer or for the shop."""
    if key.kind == "shop":
        return "CustomerToken" if is_customer else "ShopToken"
    return "PartnerTokenForCustomer" if is_customer else "PartnerTokenForShop"


def other_shop() -> RefusalError:
    """Return the refusal of a shop that isn't there, or isn't the token's: strangers don't learn which."""
    return _invalid("The token is not for the shop in the URL; compare the URL with the token's sub")


def _invalid(message: str) -> RefusalError:
    return RefusalError("invalid_token", message)
