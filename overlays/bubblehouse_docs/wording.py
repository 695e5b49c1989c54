"""What the words of a page mean in the contract: kinds, verbs, tokens, scopes and types."""

import re
from typing import Final

KINDS: Final = {
    "Write": "write",
    "Write API call": "write",
    "Write Call": "write",
    "Read": "read",
    "Read-Only": "read",
    "Read API call": "read",
    "Read Call": "read",
}

SCOPES: Final = {"Specific Errors": "operation", "API-wide Errors": "api", "Global Errors": "global"}

ANONYMOUS: Final = "Anonymous"

_TOKEN: Final = re.compile(rf"{ANONYMOUS}|(?:[A-Z][a-z]+ ){{0,3}}?Token(?: for [A-Z][a-z]+)?")
_BETWEEN_TOKENS: Final = re.compile(r"\s*(?:[,;|/•]|\b(?:or|and)\b)?\s*")
_URL_VERSION: Final = re.compile(r"/api/([^/\s]*)/")
_URL_FUNCTION: Final = re.compile(r"/([A-Z][A-Za-z0-9]*[0-9])/?")


def verbs_of(text: str) -> list[str]:
    """Split `GET or POST`."""
    return [verb for verb in re.split(r"\s*(?:\bor\b|\band\b|[,/|])\s*", text) if verb]


def tokens_of(text: str) -> list[str]:
    """Split kinds of tokens, which may stand without anything between; what is none comes as it is.

    Args:
        text: The cell, such as `Customer TokenShop Token`.

    Returns:
        The kinds, as the page writes them.
    """
    found: list[str] = []
    at = 0
    while at < len(text):
        at += len(_match(_BETWEEN_TOKENS, text, at))
        kind = _match(_TOKEN, text, at)
        if not kind:
            following = _TOKEN.search(text, at)
            kind = text[at : following.start() if following else len(text)]
        at += len(kind)
        found += [kind.strip()] if kind.strip() else []
    return found


def scheme_of(token: str) -> str:
    """Return the security scheme of a kind of token: `Partner Token for Shop` is `PartnerTokenForShop`."""
    return "".join(word[:1].upper() + word[1:] for word in token.split())


def type_of(printed: str) -> str:
    """Put a printed type into one form: `array of strings` becomes `array of string`, `| null` becomes `or null`."""
    words = re.sub(r"\s*(?:\||\bor\b)\s*null$", " or null", " ".join(printed.split()))
    if words.startswith(("array of ", "list of ")):
        words = "array of " + words.partition(" of ")[2].removesuffix("s")
    return words


def version_in(url: str) -> str:
    """Return the global version in a URL; empty if there is none."""
    found = _URL_VERSION.search(url)
    return found[1] if found else ""


def function_in(url: str) -> str:
    """Return the function's name at the end of a URL; empty if there is none."""
    found = _URL_FUNCTION.fullmatch(url[url.rfind("/", 0, len(url) - 1) :]) if "/" in url else None
    return found[1] if found else ""


def is_url(printed: str, template: str) -> bool:
    """Tell whether a page's URL is the contract's, apart from the version and the way the shop's place is marked."""
    pattern = re.escape(template).replace(r"\{version\}", r"[^/\s]*").replace(r"\{shop\}", r"(?:<shop>|\{shop\}|:shop)")
    return re.fullmatch(pattern, printed) is not None


def _match(pattern: re.Pattern[str], text: str, at: int) -> str:
    found = pattern.match(text, at)
    return found[0] if found else ""
