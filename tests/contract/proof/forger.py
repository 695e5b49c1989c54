"""Makes tokens by hand, without asking any library what is allowed."""

import base64
import hmac
import json
from collections.abc import Mapping
from typing import Any, TypeAlias

Part: TypeAlias = Mapping[str, Any]


def encode(content: bytes) -> str:
    """Write bytes as a segment of a token."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


class Forger:
    """Makes variants of one good token.

    Args:
        secrets: The decoded secrets by the ids of their keys.
        key_id: Whose key signs the good token.
        sub: Whom it stands for.
        now: The present second.
    """

    def __init__(self, secrets: Mapping[str, bytes], key_id: str, sub: str, now: int) -> None:
        self.secrets = secrets
        self.key_id = key_id
        self.now = now
        self.header: Part = {"typ": "JWT", "alg": "HS256", "kid": key_id}
        self.claims: Part = {"aud": "BH", "sub": sub, "iat": now - 60, "exp": now + 300}

    @property
    def good(self) -> str:
        """The token that is accepted."""
        return self.make()

    @property
    def secret(self) -> bytes:
        """The secret that signs it."""
        return self.secrets[self.key_id]

    def make(
        self,
        *,
        header: Part | None = None,
        claims: Part | None = None,
        key_id: str | None = None,
        secret: bytes | None = None,
        digest: str = "sha256",
        payload: bytes | None = None,
    ) -> str:
        """Sign a header and claims, of which some are replaced; `...` leaves one out.

        Args:
            header: What is replaced in the header.
            claims: What is replaced in the claims.
            key_id: Whose secret signs it; `kid` stays.
            secret: What signs it, in place of a key's secret.
            digest: The hash.
            payload: Bytes in place of the claims.
        """
        parts = [{**self.header, **(header or {})}, {**self.claims, **(claims or {})}]
        texts = [json.dumps({name: it for name, it in part.items() if it is not ...}).encode() for part in parts]
        signed = f"{encode(texts[0])}.{encode(texts[1] if payload is None else payload)}"
        key = self.secrets[key_id or self.key_id] if secret is None else secret
        return f"{signed}.{encode(hmac.digest(key, signed.encode(), digest))}"

    def swap(self, *, header: str | None = None, payload: str | None = None, signature: str | None = None) -> str:
        """Replace segments of the good token."""
        old = self.good.split(".")
        return ".".join(old[at] if new is None else new for at, new in enumerate((header, payload, signature)))

    def reword(self, **claims: object) -> str:
        """Replace claims of the good token, and keep its signature."""
        return self.swap(payload=encode(json.dumps({**self.claims, **claims}).encode()))

    def relabel(self, **header: object) -> str:
        """Replace fields of the good token's header, and keep its signature."""
        return self.swap(header=encode(json.dumps({**self.header, **header}).encode()))
