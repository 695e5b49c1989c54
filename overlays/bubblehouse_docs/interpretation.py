"""Finds out which line of a page is what: its opening with the facts of the call, sections of fields, and of errors."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from bubblehouse_docs.error_rows import read_errors
from bubblehouse_docs.failure import DocsError
from bubblehouse_docs.fields import read_section
from bubblehouse_docs.lines import Line, Stated
from bubblehouse_docs.page import Page, Section

METHOD: Final = "Method"
KIND: Final = "Kind"
URL: Final = "URL"
AUTHENTICATION: Final = "Authentication"

_FACTS: Final = (METHOD, KIND, URL, AUTHENTICATION)
# A value may hang on its name without anything between: KindWrite, but not Kindness, nor a kind of prose.
_FACT: Final = re.compile(r"(?:(Method|Kind|Authentication)(?![\s:]*[a-z])[\s:]*|(URL)(?=[\s:]|http|$)\s*:?\s*)(.*)")
_SECTION: Final = re.compile(r"Input|Output|[A-Z][\w-]*(?: [\w-]+)? Errors")
_EXAMPLES: Final = re.compile(r"(?:Sample|Example)s?(?: \w+){0,2}")
_FOOTER: Final = re.compile(r"(?:Previous|Next)(?:\s+[A-Z]\w*)?")
_API: Final = re.compile(r"(?:[A-Z]\w* ){1,3}API")
_CALL: Final = re.compile(r"((?:Read|Write) Call)\s*([A-Z]\w*)?")
_FUNCTION: Final = re.compile(r"[A-Z][A-Za-z0-9]*[0-9]")


def interpret(path: str, lines: Sequence[Line]) -> Page:
    """Make a page of lines.

    Args:
        path: The file, for messages.
        lines: Its lines.

    Raises:
        DocsError: Neither a function's name nor a URL stands in it, so it is no page of a function.
    """
    page = Page(path)
    opening: list[Line] = []
    current = opening
    divisions: list[tuple[Stated, list[Line]]] = []
    for line in lines:
        words = line.text.rstrip(": ")
        if _FOOTER.fullmatch(words) and divisions:
            break
        if not line.cells and (
            _SECTION.fullmatch(words) or (divisions and (line.heading or _EXAMPLES.fullmatch(words)))
        ):
            current = list[Line]()
            divisions.append((Stated(words, line.number), current))
        else:
            current.append(line)
    _open(page, opening)
    if page.function is None and URL not in page.facts:
        raise DocsError(f"{path}: no function's name and no URL in it; is it a page of a function, and saved whole?")
    for title, content in divisions:
        if title.text == "Input":
            page.input = _joined(page.input, read_section(title, content))
        elif title.text == "Output":
            page.output = _joined(page.output, read_section(title, content))
        elif title.text.endswith(" Errors"):
            errors, unclear = read_errors(title.text, content)
            page.error_tables.setdefault(title.text, title.line)
            page.errors += errors
            page.unclear += unclear
    return page


def _joined(first: Section | None, second: Section) -> Section:
    if first is None:
        return second
    return Section(first.line, first.type or second.type, first.fields + second.fields, first.link or second.link)


def _open(page: Page, lines: Iterable[Line]) -> None:
    names: list[Line] = []
    for line in lines:
        if len(line.cells) > 1:
            _fact_row(page, line)
        elif call := _CALL.fullmatch(line.text):
            page.heading_kind = page.heading_kind or Stated(call[1], line.number)
            if call[2]:
                names.append(Line(line.number, call[2], heading=line.heading))
        elif found := _FACT.fullmatch(line.text):
            page.facts.setdefault(found[1] or found[2], Stated(found[3], line.number))
        elif _API.fullmatch(line.text):
            page.api = page.api or line.text
        elif _FUNCTION.fullmatch(line.text) or (line.heading and not names and " " not in line.text):
            names.append(line)
    # A menu may have been saved with the page; a heading outranks its entries.
    best = next((line for line in names if line.heading), names[0] if names else None)
    page.function = Stated(best.text, best.number) if best else None


def _fact_row(page: Page, line: Line) -> None:
    name, value = line.cells[0], line.cells[1]
    key = name.text.rstrip(":")
    if key in _FACTS and key not in page.facts:
        page.facts[key] = value
    elif any(cell.text for cell in line.cells):
        page.unclear.append(Stated(line.text, line.number))
