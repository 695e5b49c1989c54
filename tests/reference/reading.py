"""Reads the reference as a person sees it: its text, where its links lead, and what stands in its boxes of code."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from bubblehouse_codegen.reference.cli import main

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "generated/bubblehouse_loyalty/reference.html"


class Seen(HTMLParser):
    """What is on a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.ids: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.code: list[tuple[str, str]] = []
        self._parts: list[str] = []
        self._open: list[str] = []
        self._caption = ""
        self.feed(html)
        self.text = plain("".join(self._parts))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._open.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag == "pre":
            self.code.append((self._caption, ""))
            self._caption = ""

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "style" in self._open:
            return
        self._parts.append(data)
        if "figcaption" in self._open:
            self._caption = data
        if "pre" in self._open:
            title, text = self.code[-1]
            self.code[-1] = (title, text + data)

    def snippets(self, language: str) -> list[str]:
        """The boxes of code in a language, each once."""
        return list(dict.fromkeys(text for title, text in self.code if title == language))


def built(folder: Path, *arguments: str) -> str:
    """Run scripts/docs, and return the page that it writes."""
    assert main(["--output", str(folder / "reference.html"), *arguments]) == 0
    return (folder / "reference.html").read_text(encoding="utf-8")


def section(html: str, anchor: str) -> Seen:
    """The part of the page that has a heading with this anchor."""
    (part,) = (it for it in html.split("<section")[1:] if it.partition(">")[0].endswith(f'aria-labelledby="{anchor}"'))
    return Seen(f"<section{part}")


def plain(text: str) -> str:
    """A text of the contract without its marks, on one line."""
    return re.sub(r"\s+", " ", re.sub(r"\*\*|`|^- ", "", text, flags=re.MULTILINE)).strip()


def walk(node: Any) -> Iterator[dict[str, Any]]:
    """All objects in a document."""
    if isinstance(node, dict):
        yield node
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from walk(inner)
