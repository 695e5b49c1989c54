"""Tokens: minted from a key and kept until shortly before they expire, or given ready-made.

Docs: https://app.bubblehouse.com/apidocs/calling/auth
"""

import base64
import hmac
import json
import math
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import NamedTuple, NoReturn, Protocol, Self, cast

from bubblehouse import checks
from bubblehouse.errors import ConfigurationError, TokenError
from bubblehouse.locks import ForkSafeLock

AUDIENCE = "BH"
REFUSED = "invalid_token"
"""The error id of a 401 that a new token may put right. It is answered before any work is done."""

DEFAULT_TTL = 300.0
_SKEW = 30  # seconds that a token is dated back: the server refuses one from its future, and clocks differ
_MARGIN = 30.0  # seconds before its end that a token is replaced, so that none expires on the way


class TokenSource(Protocol):
    """Where a call's token comes from. Safe to share between threads."""

    @property
    def renewable(self) -> bool:
        """Whether asking again, after a token was refused, can bring a better one."""
        ...

    @property
    def may_wait(self) -> bool:
        """Whether asking may take its time, or give something to await."""
        ...

    def get(self, *, refused: str | None = None) -> str | Awaitable[str]:
        """Return a token.

        Args:
            refused: A token that the server has just refused, and which isn't good enough.

        Raises:
            TokenError: There is none.
        """
        ...


class _Secretive:
    """Keeps what it holds out of pickles and copies; slots keep it out of `vars()`."""

    __slots__ = ()

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} holds a secret, and can't be pickled or copied")


class _Token(str):
    """A token that no repr shows: whoever reports an error with the local variables of its frames doesn't tell it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Token(…)"


class FixedToken(_Secretive):
    """One ready-made token, for as long as it lasts."""

    __slots__ = ("_token",)

    renewable = False
    may_wait = False

    def __init__(self, token: str) -> None:
        self._token = _Token(checks.token("token", token))

    def get(self, *, refused: str | None = None) -> str:
        """Return the token, refused or not: there is no other."""
        del refused
        return self._token

    def __repr__(self) -> str:
        return "FixedToken(…)"


class CalledToken(_Secretive):
    """A token from the user's own function, which is asked before every call and does its own caching.

    Args:
        function: Returns a token, or an awaitable of one.
        may_await: Whether whoever asks can wait for an awaitable.
    """

    __slots__ = ("_function", "_may_await")

    renewable = True
    may_wait = True

    def __init__(self, function: Callable[[], str | Awaitable[str]], *, may_await: bool) -> None:
        if not may_await and checks.is_async(function):
            raise ConfigurationError("token", "is an async callable, which needs the async client")
        self._function = function
        self._may_await = may_await

    def get(self, *, refused: str | None = None) -> str | Awaitable[str]:
        """Ask the function.

        Raises:
            TokenError: It raised something, or returned no token.
        """
        del refused
        try:
            answer = self._function()
        except Exception as error:
            raise TokenError(f"the token callable raised {type(error).__name__}") from error
        if self._may_await and isinstance(answer, Awaitable):
            return self._awaited(answer)
        return _usable(answer)

    async def _awaited(self, answer: Awaitable[str]) -> str:
        try:
            token = await answer
        except Exception as error:
            raise TokenError(f"the token callable raised {type(error).__name__}") from error
        return _usable(token)

    def __repr__(self) -> str:
        return "CalledToken(…)"


def _dismiss(answer: object) -> None:
    """End a coroutine that nobody will await, or Python warns, and says less than the error that follows."""
    if isinstance(answer, Coroutine):
        cast("Coroutine[object, object, object]", answer).close()


def _usable(answer: object) -> str:
    _dismiss(answer)
    try:
        return _Token(checks.token("the token that the callable returned", answer))
    except ConfigurationError as error:
        raise TokenError(str(error)) from None


class _Minted(NamedTuple):
    token: str
    begins: float
    ends: float


class Key(_Secretive):
    """A key of the vendor's console: its id, and the secret that signs."""

    __slots__ = ("_secret", "id")

    def __init__(self, key_id: str, secret: str) -> None:
        self.id: str = checks.text("key_id", key_id)
        if self.id != self.id.strip():
            raise ConfigurationError("key_id", "must not begin or end with a space")
        self._secret = checks.secret("secret", secret)

    def sign(self, claims: dict[str, object]) -> str:
        """Return a token that makes these claims: a JWT (RFC 7519), signed with HS256."""
        # A library for this costs a fifth of what it takes to start and to make a first call: those that verify bring
        # a client for HTTP. To sign is one HMAC, which the standard library has.
        parts = ({"alg": "HS256", "kid": self.id, "typ": "JWT"}, claims)
        signed = b".".join(_base64url(json.dumps(part, separators=(",", ":")).encode("ascii")) for part in parts)
        return _Token(b".".join((signed, _base64url(hmac.digest(self._secret, signed, "sha256")))).decode("ascii"))

    def __repr__(self) -> str:
        return f"Key({self.id!r}, …)"


def _base64url(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(content).rstrip(b"=")


class MintedToken(_Secretive):
    """Tokens signed here, each used until shortly before it expires. However many threads ask, one mints.

    Args:
        key: What signs.
        shop: The shop's slug. Alone it is the subject of a shop token.
        customer: The customer's id in the shop system, for a customer token.
        email: The customer's address, by which the vendor can recognise a customer it doesn't know by that id.
        level: The level of access that a customer token asks for, as the vendor names it.
        ttl: Seconds that a token lasts.
        clock: Returns the time as `time.time` does.

    Raises:
        ConfigurationError: An id could make another subject of the one that was meant, or the ttl is no length of time.
    """

    __slots__ = ("_claims", "_clock", "_current", "_key", "_lock", "_shop", "_ttl")

    renewable = True
    may_wait = False

    def __init__(
        self,
        key: Key,
        shop: str,
        customer: str | None = None,
        *,
        email: str | None = None,
        level: str | None = None,
        ttl: float = DEFAULT_TTL,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._key = key
        self._shop = checks.identifier("shop", shop)
        subject = self._shop if customer is None else f"{self._shop}/{checks.identifier('customer', customer)}"
        self._claims: dict[str, object] = {"aud": AUDIENCE, "sub": subject}
        if email is not None:
            self._claims["ce"] = checks.text("email", email)
        if level is not None:
            self._claims["l"] = checks.text("level", level)
        self._ttl = checks.seconds("token_ttl", ttl)
        self._clock = clock
        self._lock = ForkSafeLock()
        self._current: _Minted | None = None

    def for_customer(self, customer: str, *, email: str | None = None, level: str | None = None) -> Self:
        """Return a source of a customer's tokens, signed by the same key.

        Raises:
            ConfigurationError: The customer's id could make another subject of the one that was meant.
        """
        return type(self)(self._key, self._shop, customer, email=email, level=level, ttl=self._ttl, clock=self._clock)

    def get(self, *, refused: str | None = None) -> str:
        """Return the current token, or mint the next one."""
        current = self._good(refused)
        if current is None:
            with self._lock:
                current = self._good(refused)  # another thread may have minted while this one waited
                if current is None:
                    self._current = current = self._mint()
        return current.token

    def _good(self, refused: str | None) -> _Minted | None:
        current = self._current
        if current is None or current.token == refused or not current.begins <= self._clock() < current.ends:
            return None
        return current

    def _mint(self) -> _Minted:
        now = self._clock()
        issued, expires = math.floor(now) - _SKEW, math.ceil(now + self._ttl)
        token = self._key.sign({**self._claims, "iat": issued, "exp": expires})
        return _Minted(token, begins=issued, ends=expires - min(_MARGIN, self._ttl / 4))

    def __repr__(self) -> str:
        return f"MintedToken({self._key!r}, {self._shop!r}, …)"
