"""The secrets that tokens are signed with."""

import base64
import binascii
from dataclasses import dataclass, field
from typing import Literal

_SHORTEST = 32  # bytes; RFC 7518 asks for as many as the hash has


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One secret of the shop, or of a partner of the shop.

    Args:
        key_id: What tokens name in `kid`.
        secret: The secret in base64.
        kind: Whose it is: that decides which kinds of token it makes.
        revoked: Whether its tokens are refused.

    Raises:
        ValueError: The secret is not base64, or too short for HS256.
    """

    key_id: str
    secret: str = field(repr=False)
    kind: Literal["shop", "partner"] = "shop"
    revoked: bool = False

    def __post_init__(self) -> None:
        try:
            length = len(self.secret_bytes)
        except (binascii.Error, ValueError):
            raise ValueError(f"the secret of key {self.key_id!r} is not base64") from None
        if length < _SHORTEST:
            raise ValueError(f"the secret of key {self.key_id!r} has {length} bytes; HS256 needs {_SHORTEST} or more")

    @property
    def secret_bytes(self) -> bytes:
        """The secret as it signs."""
        return base64.b64decode(self.secret, validate=True)
