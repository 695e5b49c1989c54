"""Who is calling? Tokens are verified in full: signature, key, audience, subject, times, kind."""

from datetime import datetime
from functools import lru_cache
from typing import Final

from bubblehouse_mock.contract import ANONYMOUS, Operation
from bubblehouse_mock.messages import Request
from bubblehouse_mock.refusal import RefusalError
from bubblehouse_mock.stages.grants import Grant
from bubblehouse_mock.stages.signatures import SignedToken, SignedTokens, invalid
from bubblehouse_mock.state import Shop

_LONGEST: Final = 8192  # characters; a real token has a few hundred
_COMMON: Final = 1024  # characters of a header's value; longer ones are not remembered
_LEEWAY: Final = 1  # second by which a caller's clock may be ahead
_SIGNED: Final = SignedTokens()


def verify(request: Request, shop: Shop, operation: Operation, now: datetime) -> Grant:
    """Return what the request's token allows.

    Args:
        request: The request.
        shop: The shop that the URL names.
        operation: What is called.
        now: The present moment.

    Raises:
        RefusalError: invalid_token.
    """
    token = _bearer(request)
    if token is None:
        if ANONYMOUS in operation.tokens:
            return Grant(ANONYMOUS)
        raise invalid("There is no token; send the header Authorization: Bearer <JWT>")
    signed = _SIGNED.verify(token, shop)
    _check_times(signed, now)
    if signed.owner != shop.slug:
        raise other_shop()
    grant = signed.grant
    if grant.kind not in operation.tokens:
        raise invalid(
            f"{operation.function} does not take a {grant.kind}; it takes {', '.join(sorted(operation.tokens))}"
        )
    return grant


def _bearer(request: Request) -> str | None:
    values = request.header("authorization")
    if not values:
        return None
    if len(values) > 1:
        raise invalid("There are several Authorization headers")
    return _known(values[0]) if len(values[0]) <= _COMMON else _token(values[0])


def _token(value: str) -> str | None:
    scheme, _, token = value.strip().partition(" ")
    if scheme.lower() != "bearer":
        raise invalid("The Authorization header is not of the form Bearer <JWT>")
    token = token.strip()
    if len(token) > _LONGEST:
        raise invalid(f"The token is longer than {_LONGEST} characters")
    return token or None


_known: Final = lru_cache(maxsize=1024)(_token)  # one token is good for many calls


def _check_times(signed: SignedToken, now: datetime) -> None:
    seconds = now.timestamp()
    if signed.expiry is not None and seconds >= signed.expiry:
        raise invalid("The token has expired")
    if signed.issued is not None and signed.issued > seconds + _LEEWAY:
        raise invalid("The token's iat lies in the future")
    if signed.not_before is not None and signed.not_before > seconds + _LEEWAY:
        raise invalid("The token's nbf lies in the future")


def other_shop() -> RefusalError:
    """Return the refusal of a shop that isn't there, or isn't the token's: strangers don't learn which."""
    return invalid("The token is not for the shop in the URL; compare the URL with the token's sub")
