"""How strangers' texts, and places in their documents, are written for people."""

import re
from typing import Final

_ADDRESS: Final = re.compile(r"[^\s@<>\"'(),;:]+@[^\s@<>\"'(),;:]+")
_NUMBER: Final = re.compile(r"\+[0-9](?:[ ().-]{0,2}[0-9]){6,}|[0-9]{10,}", re.ASCII)


def one_line(text: str, limit: int = 300) -> str:
    """Make a server's text safe to print: one line, no control characters, of bounded length."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text[: limit * 4]).split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def discreet(text: str, limit: int = 300) -> str:
    """Make a server's text one line, without what may be somebody's email address or telephone number."""
    return one_line(_NUMBER.sub("[number]", _ADDRESS.sub("[address]", text[: limit * 4])), limit)


def place(path: tuple[str | int, ...]) -> str:
    """Write where in a JSON document something is: `tiers[0].name`.

    Args:
        path: The names and indices that lead there.
    """
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")
