"""Reads a page that was saved as text or Markdown."""

import html
import re
from collections.abc import Iterable, Iterator
from typing import Final

from bubblehouse_docs.lines import Line, Link, Stated

_LINE_END: Final = re.compile(r"\r\n|\n|\r")
_HEADING: Final = re.compile(r"#{1,6}\s")
_BULLET: Final = re.compile(r"[•‣◦*+–-](?:\s+(.*))?")  # noqa: RUF001 - the dash that pages have
_RULE: Final = re.compile(r"(?=.*[-=])[-=:|\s]{3,}|`{3}.*|~{3}.*")
_LOST_BULLET: Final = re.compile(r"(.*\S)\s+-")
_PIPE: Final = re.compile(r"(?<!\\)\|")
_LINK: Final = re.compile(r"!?\[([^\[\]]*)\]\(([^()\s]*)(?:\s[^()]*)?\)")
_ADDRESS: Final = re.compile(r"<(https?://[^<>]*(?:<shop>[^<>]*)?)>")
_EMPHASIS: Final = re.compile(r"(?<![\w*])([*_])(?![*_\s])([^*_]{1,80})\1(?![\w*])")
_MARK: Final = re.compile(r"[][*_`<&\\]")
"""What stands in any of these, and in any entity of HTML."""
_ESCAPE: Final = re.compile(r"\\([\\`*_{}\[\]<>()#+\-.!|])")


def split_lines(text: str) -> list[str]:
    """Split a text as editors count its lines; Python would split at more characters."""
    return _LINE_END.split(text)


def read_plain(text: str) -> Iterator[Line]:
    """Read text or Markdown line by line; marks of Markdown are taken off, and text that has none stays as it is.

    Args:
        text: The page.
    """
    for number, raw in enumerate(split_lines(text), start=1):
        line = raw.strip().removeprefix("> ")
        if not line or (_RULE.fullmatch(line) and line != "-"):
            continue
        if bullet := _BULLET.fullmatch(line):
            yield from _words(number, bullet[1] or "", bullet=True)
        elif line.startswith("|") or line.endswith("|"):
            yield _row(number, _PIPE.split(line.removeprefix("|").removesuffix("|")))
        elif "\t" in line:  # copied from a browser
            yield _row(number, line.split("\t"))
        elif _HEADING.match(line):
            yield from _words(number, line.strip("# "), heading=True)
        else:
            yield from _words(number, line)


def _words(number: int, line: str, *, bullet: bool = False, heading: bool = False) -> Iterator[Line]:
    # Where a list was flattened, the mark of the next item hangs at the end of the one before.
    lost = line.endswith("-") and _LOST_BULLET.fullmatch(line)
    words, links = _bare(lost[1] if lost else line)
    yield Line(number, words, bullet=bullet, heading=heading, links=links)
    if lost:
        yield Line(number, "", bullet=True)


def _row(number: int, texts: Iterable[str]) -> Line:
    cells = [_bare(text.strip()) for text in texts]
    return Line(
        number,
        " ".join(words for words, _ in cells if words),
        cells=tuple(Stated(words, number) for words, _ in cells),
        links=tuple(link for _, links in cells for link in links),
    )


def _bare(text: str) -> tuple[str, tuple[Link, ...]]:
    """Take the marks of Markdown off, and the links out."""
    if not _MARK.search(text):
        return text.strip(), ()
    links = tuple(Link(_unmarked(words), target) for words, target in _LINK.findall(text))
    return _unmarked(_LINK.sub(r"\1", text)), links


def _unmarked(text: str) -> str:
    text = _ADDRESS.sub(r"\1", text.replace("**", "").replace("`", ""))
    text = _EMPHASIS.sub(r"\2", text)
    return html.unescape(_ESCAPE.sub(r"\1", text)).strip()
