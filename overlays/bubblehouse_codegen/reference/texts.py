"""The contract's texts as HTML: paragraphs, lists, bold and code. All else in them is shown as it stands."""

import re
from typing import Any, Final

from markdown_it import MarkdownIt
from markupsafe import Markup

# Neither HTML nor links nor images: nothing in a text can load or lead anywhere.
_MARKS: Final = MarkdownIt("zero").enable(["backticks", "emphasis", "list", "escape"])
_ASSUMPTION: Final = "x-bubblehouse-assumption"


def prose(text: str) -> Markup:
    """Return a text as HTML. Whatever looks like HTML in it comes out as text."""
    return Markup(_MARKS.render(text))  # noqa: S704 - the renderer escapes: it knows of no HTML


def assumptions(*nodes: dict[str, Any]) -> list[str]:
    """List what overlays assume about parts of the contract. A suffix of the key says what the text is about."""
    found: list[str] = []
    for node in nodes:
        for key, text in node.items():
            if key == _ASSUMPTION or key.startswith(f"{_ASSUMPTION}-"):
                subject = key.removeprefix(_ASSUMPTION).strip("-").replace("-", " ")
                found.append(f"{subject.capitalize()}: {text}" if subject else str(text))
    return list(dict.fromkeys(found))


def anchor(*parts: str) -> str:
    """Return an id that is good in an address: `type`, `Offer1` becomes `type-Offer1`."""
    return "-".join(re.sub(r"[^A-Za-z0-9_.]+", "-", part) for part in parts)
