"""Reads rows of inputs and outputs: `name type presence`, with or without anything between the three."""

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from bubblehouse_docs.lines import Line, Link, Stated
from bubblehouse_docs.page import Field, Section

# Types without a page of their own, as the docs print them.
_VALUE_TYPES: Final = (
    "string",
    "integer",
    "boolean",
    "number",
    "object",
    "monetaryWithCurrency",
    "monetary",
    "bubbleflake",
    "permyriad",
    "time",
    "date",
)
_ONE_TYPE: Final = rf"(?:[A-Z][A-Za-z0-9]*?[0-9]+|(?:{'|'.join(_VALUE_TYPES)})s?)"
_TYPE: Final = rf"(?P<type>(?:(?:array|list) of )?{_ONE_TYPE}(?: ?(?:\||or) ?null)?)"
_CONDITION: Final = r" (?:if|when|unless|for|with|in) (?:using a shop token|[a-z0-9_ ,'-]{1,80}?(?=$|[A-Z.]))"
_PRESENCE: Final = rf"(?P<presence>(?:required|optional|conditional)(?:{_CONDITION})?)"
_NAME: Final = r"(?P<name>[A-Za-z_][A-Za-z0-9_]{0,99}?)"
_END: Final = r"(?=$|\s|[A-Z.,(])"
_HEADS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_TYPE}\s*{_PRESENCE}{_END}",  # the name was lost
        rf"{_NAME}\s*{_TYPE}\s*{_PRESENCE}{_END}",
        rf"{_NAME}\s+(?P<type>\S{{1,60}}(?: \S{{1,60}}){{0,3}}?)\s+{_PRESENCE}{_END}",  # a type that nobody knows
        rf"{_NAME}\s*{_PRESENCE}$",  # the type was lost
        rf"{_NAME}\s+{_TYPE}\s+(?P<presence>[a-z][a-z ]{{0,60}})$",  # a presence that nobody knows
        rf"{_NAME}\s*{_TYPE}$",  # the presence was lost
        rf"{_PRESENCE}$",
        rf"{_NAME}$",
    )
)
_FIRST_CELLS: Final = frozenset({"name", "field", "property", "parameter"})
_TYPE_NAME: Final = re.compile(r"[A-Z][A-Za-z0-9]*[0-9]")


class _Head(NamedTuple):
    name: str
    type: str
    presence: str


def read_section(title: Stated, lines: Iterable[Line]) -> Section:
    """Read the lines below the heading Input or Output.

    Args:
        title: The heading.
        lines: What stands below it, up to the next heading.
    """
    fields: list[Field] = []
    whole: Stated | None = None
    link = ""
    for line, item in _items(lines):
        if len(line.cells) > 1:
            fields.extend(_row(line))
        elif item:
            fields.append(_field(line, _head(line.text)))
        elif whole is None and not fields and _TYPE_NAME.fullmatch(line.text):
            whole, link = Stated(line.text, line.number), _linked(line.text, line.links)
    return Section(title.line, whole, tuple(fields), link)


def _items(lines: Iterable[Line]) -> Iterator[tuple[Line, bool]]:
    """Pair each line with whether a field begins there; an item without words begins in the line below its mark."""
    mark: Line | None = None
    for line in lines:
        if line.bullet and mark:
            yield mark, True
        mark = line if line.bullet and not line.text else mark
        if (line.bullet and line.text) or (mark and not line.bullet):
            mark = None
            yield line, True
        elif not line.bullet:
            yield line, False
    if mark:
        yield mark, True


def _head(text: str) -> _Head:
    for pattern in _HEADS:
        if found := pattern.match(text):
            parts = found.groupdict()
            return _Head(parts.get("name") or "", parts.get("type") or "", (parts.get("presence") or "").strip())
    return _Head("", "", "")


def _row(line: Line) -> Iterator[Field]:
    cells = [cell.text for cell in line.cells]
    if cells[0].lower() not in _FIRST_CELLS or cells[1].lower() != "type":
        yield _field(line, _Head(*[*cells, "", ""][:3]))


def _field(line: Line, head: _Head) -> Field:
    return Field(line.number, head.name, head.type, head.presence, _linked(head.type, line.links))


def _linked(printed: str, links: Iterable[Link]) -> str:
    """Return the name of the page that a type links to, if it is the page of a type."""
    for link in links:
        path = link.target.partition("?")[0].partition("#")[0].rstrip("/")
        if link.text and link.text in printed and "/apis/" in path:
            return path.rpartition("/")[2]
    return ""
