"""Reads the file of a page, whatever it was saved as."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from bubblehouse_docs.failure import DocsError
from bubblehouse_docs.hypertext import read_hypertext
from bubblehouse_docs.lines import Line
from bubblehouse_docs.plain import read_plain, split_lines

LONGEST_PAGE: Final = 500_000
"""In bytes. The vendor's pages have some thousands; what is far beyond isn't one of them."""

LONGEST_LINE: Final = 20_000
"""In characters; of HTML, without the markup."""

_MARKUP: Final = re.compile(r"<(!doctype|html|head|body|div|main|article|section|h1|table)[\s>]", re.IGNORECASE)


def read_lines(path: Path) -> tuple[Line, ...]:
    """Read a page as its lines.

    Args:
        path: The file. It is HTML if its name or its beginning says so, and text or Markdown otherwise.

    Raises:
        DocsError: It can't be read, is far too long, or isn't UTF-8. The message names the file, and the line if known.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LONGEST_PAGE + 1)
    except OSError as error:
        raise DocsError(f"{path}: can't be read: {error.strerror}") from error
    if len(content) > LONGEST_PAGE:
        raise DocsError(f"{path}: longer than {LONGEST_PAGE} bytes; save the page alone")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DocsError(
            f"{path}:{line}: the byte 0x{content[error.start]:02x} is not UTF-8; save the page as UTF-8"
        ) from error
    if path.suffix.lower() in {".html", ".htm"} or _MARKUP.match(text.lstrip()):
        try:
            lines = tuple(read_hypertext(text))
        except AssertionError as error:
            raise DocsError(f"{path}: not HTML that can be read: {error}; save the page as text") from error
        _measure(path, ((line.number, line.text) for line in lines))
        return lines
    _measure(path, enumerate(split_lines(text), start=1))
    return tuple(read_plain(text))


def _measure(path: Path, lines: Iterable[tuple[int, str]]) -> None:
    for number, text in lines:
        if len(text) > LONGEST_LINE:
            raise DocsError(f"{path}:{number}: longer than {LONGEST_LINE} characters; save the page with its lines")
