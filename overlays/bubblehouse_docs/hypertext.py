"""Reads a page that was saved as HTML."""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Final

from bubblehouse_docs.lines import Line, Link, Stated

_UNSEEN: Final = frozenset({"script", "style", "title", "template", "noscript", "svg", "nav", "footer", "aside"})
_BLOCKS: Final = frozenset(
    {
        "address",
        "article",
        "blockquote",
        "body",
        "br",
        "dd",
        "details",
        "div",
        "dl",
        "figure",
        "form",
        "header",
        "hr",
        "main",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "thead",
        "ul",
    }
)
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_ITEMS: Final = frozenset({"li", "dt"})
_CELLS: Final = frozenset({"td", "th"})
_WITHIN_WORDS: Final = frozenset({"wbr"})


def read_hypertext(text: str) -> Iterator[Line]:
    """Read HTML: a line for each block, item and row.

    Args:
        text: The page.

    Raises:
        AssertionError: The standard library's parser gives up on it.
    """
    parser = _Parser()
    parser.feed(text)
    parser.close()
    parser.flush()
    yield from parser.lines


class _Parser(HTMLParser):
    """Collects words until something ends them: a block, an item, a cell or a row."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[Line] = []
        self._unseen: list[str] = []
        self._words: list[str] = []
        self._start = 0
        self._item = 0  # the line of an item whose words are still to come
        self._links: list[Link] = []
        self._link: tuple[str, int] | None = None
        self._row: list[Stated] | None = None
        self._row_start = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen.append(tag)
        elif self._unseen:
            return
        elif tag == "tr":
            self.flush()
            self._row, self._row_start = [], self._line
        elif tag in _CELLS:
            self._end_cell()
            self._start = self._line
        elif tag == "a":
            self._words.append(" ")
            self._link = (dict(attrs).get("href") or "", len(self._words))
        elif tag in _BLOCKS or tag in _HEADINGS or tag in _ITEMS:
            self._end_block()
            if tag in _ITEMS and self._row is None:
                self._end_item()
                self._item = self._line
        elif tag not in _WITHIN_WORDS:
            self._words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._unseen:
            self._unseen.remove(tag)
        elif not self._unseen:
            self._end(tag)

    def handle_data(self, data: str) -> None:
        if self._unseen:
            return
        if not self._start and data.strip():
            self._start = self._line + data[: len(data) - len(data.lstrip())].count("\n")
        self._words.append(data)

    def flush(self) -> None:
        """End whatever was begun."""
        if self._row is None:
            self._end_block()
            self._end_item()
            return
        self._end_cell()
        cells, self._row = tuple(self._row), None
        words = " ".join(cell.text for cell in cells if cell.text)
        if cells:
            self.lines.append(Line(self._row_start, words, cells=cells, links=self._taken_links()))

    @property
    def _line(self) -> int:
        return self.getpos()[0]

    def _end(self, tag: str) -> None:
        if tag == "a":
            self._end_link()
        elif tag in _CELLS:
            self._end_cell()
        elif tag in {"tr", "table"}:
            self.flush()
        elif tag in _HEADINGS:
            self._end_block(heading=True)
        elif tag in _BLOCKS or tag in _ITEMS:
            self._end_block()
            if tag in _ITEMS:
                self._end_item()
        elif tag not in _WITHIN_WORDS:
            self._words.append(" ")

    def _end_link(self) -> None:
        if self._link is not None:
            target, start = self._link
            self._links.append(Link(_squeezed(self._words[start:]), target))
            self._link = None
        self._words.append(" ")

    def _end_cell(self) -> None:
        if self._row is None:
            self._end_block()
            return
        words = _squeezed(self._words)
        if words or self._start:
            self._row.append(Stated(words, self._start or self._row_start))
        self._words, self._start = [], 0

    def _end_block(self, *, heading: bool = False) -> None:
        if self._row is not None:  # a paragraph within a cell is still the cell
            self._words.append(" ")
            return
        words = _squeezed(self._words)
        if words:
            number = self._item or self._start
            bullet = self._item > 0
            self.lines.append(Line(number, words, bullet=bullet, heading=heading, links=self._taken_links()))
            self._item = 0
        self._words, self._start = [], 0

    def _end_item(self) -> None:
        if self._item:  # an item without any words
            self.lines.append(Line(self._item, "", bullet=True))
        self._item = 0

    def _taken_links(self) -> tuple[Link, ...]:
        links, self._links = tuple(self._links), []
        return links


def _squeezed(words: list[str]) -> str:
    return " ".join("".join(words).split())
