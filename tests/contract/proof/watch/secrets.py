"""Takes secrets out of whatever a person or a file is to see, also where a server repeats them in its answers."""

import base64
import binascii
import re
from urllib.parse import quote

# What begins a JWT is {" in base64. Its dots may be percent-encoded or escaped.
_TOKEN = re.compile(r"eyJ[\w-]*(?:(?:\.|%2[eE]|\\u002[eE])[\w-]*){1,2}")
_SHORTEST = 8  # characters; what is shorter would black out words that are no secret

_KNOWN: dict[str, str] = {}


def hide(secret: str, name: str) -> None:
    """Remember a secret, in the forms in which it may be seen.

    Args:
        secret: The secret. Base64 is decoded, too.
        name: What stands in its place.
    """
    forms = {secret, quote(secret, safe=""), secret.rstrip("=")}
    try:
        raw = base64.b64decode(secret, validate=True)
    except (binascii.Error, ValueError):
        pass
    else:
        forms |= {raw.decode("utf-8", "replace"), raw.hex(), base64.urlsafe_b64encode(raw).decode().rstrip("=")}
    _KNOWN.update({form: f"[{name}]" for form in forms if len(form) >= _SHORTEST})


def hide_token(token: str) -> None:
    """Remember a token's signature: without it, the rest opens nothing."""
    signature = token.rpartition(".")[2]
    if len(signature) >= _SHORTEST:
        _KNOWN[signature] = "[signature]"


def scrub(text: str) -> str:
    """Take secrets out of a text."""
    text = _TOKEN.sub("[token]", text)
    for secret in sorted((secret for secret in _KNOWN if secret in text), key=len, reverse=True):
        text = text.replace(secret, _KNOWN[secret])
    return text
