"""Writes down every call of a run, so that two runs can be compared, byte for byte. No secret is in it, and no time."""

import hashlib
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.contract.proof.watch.exchange import Exchange
from tests.contract.proof.watch.secrets import scrub

_LONGEST = 16_384  # bytes of a body that are written down
_VARIES = {"authorization", "host"}  # the token is told by what it says; the port is any that was free


class Record:
    """A file with a line of JSON for each call.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("w", encoding="utf-8")

    def __call__(self, exchange: Exchange) -> None:
        """Write down a call."""
        parts = urlsplit(exchange.url)
        line = {
            "test": exchange.sender,
            "method": exchange.method,
            "path": parts.path,
            "query": parts.query,
            "headers": [[name, value] for name, value in exchange.headers if name.lower() not in _VARIES],
            "token": said_by_token(exchange),
            "body": _text(exchange.content),
            "status": exchange.status,
            "error": exchange.error_id,
        }
        self._file.write(scrub(json.dumps(line)) + "\n")

    def close(self) -> None:
        """Write what is left to write."""
        self._file.close()


def said_by_token(exchange: Exchange) -> dict[str, Any]:
    """Return what a token says, its moments counted from when it was issued; nothing where it is none."""
    claims = exchange.claims
    issued = claims.get("iat")
    if isinstance(issued, int):
        moments = [name for name in ("exp", "nbf") if isinstance(claims.get(name), int)]
        claims = claims | {name: claims[name] - issued for name in moments} | {"iat": 0}
    return {**exchange.token_header, **claims}


def _text(content: bytes) -> str:
    text = content[:_LONGEST].decode("utf-8", "backslashreplace")
    if len(content) > _LONGEST:
        text += f"… {len(content)} bytes, SHA-256 {hashlib.sha256(content).hexdigest()}"
    return text
