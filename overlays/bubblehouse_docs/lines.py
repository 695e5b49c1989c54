"""What a reader makes of a page: its lines without markup, and where they stood. What they mean isn't judged here."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stated:
    """A piece of a page.

    Attributes:
        text: The words; empty where the page has a place for them and nothing stands there.
        line: The number of its line, from 1.
    """

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Link:
    """A link: its words, and where it leads."""

    text: str
    target: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line, an item of a list, or a row of a table.

    Attributes:
        number: Where it begins, from 1.
        text: Its words; those of all cells for a row.
        cells: The cells of a row; empty for anything else.
        bullet: Whether an item of a list begins here.
        heading: Whether it is marked as a heading.
        links: Links in it; plain text has none.
    """

    number: int
    text: str
    cells: tuple[Stated, ...] = ()
    bullet: bool = False
    heading: bool = False
    links: tuple[Link, ...] = ()
