"""Is the token really from who it says? PyJWT tells at first sight; a good signature stays good for its key."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Final, cast

import jwt

from bubblehouse_mock.refusal import RefusalError
from bubblehouse_mock.stages.grants import Grant, kind_of
from bubblehouse_mock.state import Key, Shop

_AUDIENCE: Final = "BH"

_Claims = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedToken:
    """What a token says that is signed with a key of the shop. Whether it still holds is asked at each call.

    Args:
        key: The key that it is signed with, as it was then.
        owner: The shop that `sub` names.
        grant: What it allows.
        expiry: `exp`, in seconds since 1970; None where the token has none.
        issued: `iat`, likewise.
        not_before: `nbf`, likewise.
    """

    key: Key
    owner: str
    grant: Grant
    expiry: float | None
    issued: float | None
    not_before: float | None


class SignedTokens:
    """The tokens that were verified, the latest of them.

    Nobody without a key gets anything in here. A key that is revoked or has another secret by now is another key: what
    it signed before is verified anew, and refused. Safe to share between threads and shops.

    Args:
        capacity: How many are remembered. 4,096 of the usual ones take 4 MiB, of the longest ones 32.
    """

    def __init__(self, *, capacity: int = 4096) -> None:
        self._capacity = capacity
        self._lock = Lock()
        self._known: dict[str, SignedToken] = {}

    def verify(self, token: str, shop: Shop) -> SignedToken:
        """Return what a token says.

        Args:
            token: The token.
            shop: Whose keys count.

        Raises:
            RefusalError: invalid_token: it is malformed, or not signed with a key that works now.
        """
        known = self._known.get(token)
        if known is not None:
            key = shop.keys.get(known.key.key_id)
            if key is known.key or key == known.key:
                return known
        key = _key(token, shop)
        signed = _read(_verified(token, key), key)
        with self._lock:
            self._known.pop(token, None)
            if len(self._known) >= self._capacity:
                del self._known[next(iter(self._known))]
            self._known[token] = signed
        return signed


def invalid(message: str) -> RefusalError:
    """Return the refusal of a token."""
    return RefusalError("invalid_token", message)


def _key(token: str, shop: Shop) -> Key:
    try:
        key_id = jwt.get_unverified_header(token).get("kid")
    except (jwt.InvalidTokenError, ValueError, RecursionError):  # the last from releases of PyJWT before 2.15
        raise invalid("The token is not a JWT") from None
    if key_id is None:
        raise invalid("The token's header has no kid; it names the secret that signed the token")
    key = shop.keys.get(str(key_id))
    if key is None:
        raise invalid("The token's kid names no key of this shop")
    if key.revoked:
        raise invalid("The key that signed the token is revoked")
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
        raise invalid("The token's signature doesn't fit the key that its kid names") from None
    except jwt.InvalidAlgorithmError:
        raise invalid("The token is not signed with HS256") from None
    except jwt.InvalidAudienceError:
        raise invalid(f"The token's aud is not {_AUDIENCE}") from None
    except jwt.MissingRequiredClaimError as error:
        raise invalid(f"The token has no {error.claim}") from None
    except (jwt.InvalidTokenError, ValueError, RecursionError):
        raise invalid("The token is malformed") from None


def _read(claims: _Claims, key: Key) -> SignedToken:
    owner, slash, shopid = str(claims["sub"]).partition("/")
    if slash and (not shopid or "/" in shopid):
        raise invalid("The token's sub is neither <shop> nor <shop>/<customer>")
    email = claims.get("ce", "")
    if not isinstance(email, str):
        raise invalid("The token's ce is not text")
    return SignedToken(
        key=key,
        owner=owner,
        grant=Grant(
            kind_of(key, is_customer=bool(slash)),
            shopid=shopid if slash else None,
            email=email if slash else "",
            key_id=key.key_id,
        ),
        expiry=_moment(claims, "exp"),
        issued=_moment(claims, "iat"),
        not_before=_moment(claims, "nbf"),
    )


def _moment(claims: _Claims, name: str) -> float | None:
    if name not in claims:
        return None
    value = claims[name]
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float))
        or (isinstance(value, float) and not math.isfinite(value))  # isfinite can't take an integer beyond a double
    ):
        raise invalid(f"The token's {name} is not a number of seconds")
    return value
