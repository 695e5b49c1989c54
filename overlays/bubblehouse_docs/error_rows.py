"""Reads tables of errors: a status, an id, a reason and perhaps an example body, on one line or on several."""

import json
import re
from collections.abc import Iterable
from typing import Final

from bubblehouse_docs.lines import Line, Stated
from bubblehouse_docs.page import ErrorRow

_SNAKE: Final = r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+"
_FIRST_LINES: Final = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<status>\d\S{0,9})\s+(?P<id>[A-Za-z]\S*)(?P<rest>)",
        r"(?P<status>\d{3})(?P<id>[a-z][a-z0-9_]*)(?P<rest>)",
        rf"(?P<status>\d{{3}})\s*(?P<id>{_SNAKE})(?P<rest>\s+\S.*|[A-Z{{].*)",
        # Without its status an id must look like one: a reason may be one word.
        rf"(?P<status>)(?P<id>{_SNAKE})(?P<rest>\s*\{{.*|)",
    )
)
_STATUS: Final = re.compile(r"\d\S{0,9}")
_ID: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_FIRST_ROW: Final = re.compile(r"status\W{0,3}error\W{0,3}reason.*", re.IGNORECASE)
_NONE: Final = re.compile(r"none\.?", re.IGNORECASE)


class _Row:
    """A row whose reason may go on below."""

    def __init__(self, status: Stated, error_id: Stated, text: str) -> None:
        self.status = status
        self.id = error_id
        self.texts = [(text, error_id.line)]

    def finished(self, scope: str) -> ErrorRow:
        text = " ".join(text for text, _ in self.texts)
        start, end = text.find("{"), text.rfind("}") + 1
        if not 0 <= start < end:
            return ErrorRow(scope, self.status, self.id, reason=bool(text.strip(" |")))
        line = next(line for text, line in self.texts if "{" in text)
        reason = (text[:start] + text[end:]).strip(" |")
        return ErrorRow(scope, self.status, self.id, reason=bool(reason), example=Stated(_id_of(text[start:end]), line))


def read_errors(scope: str, lines: Iterable[Line]) -> tuple[list[ErrorRow], list[Stated]]:
    """Read the lines below a heading such as Specific Errors.

    Args:
        scope: The heading.
        lines: What stands below it, up to the next heading.

    Returns:
        The errors, and the rows that couldn't be read.
    """
    rows: list[_Row] = []
    unclear: list[Stated] = []
    for line in lines:
        if _FIRST_ROW.fullmatch(line.text) or _NONE.fullmatch(line.text):
            continue
        row = _first_line(line)
        if row:
            rows.append(row)
        elif len(line.cells) > 1 or not (rows or line.text):
            unclear.append(Stated(line.text, line.number))
        elif rows:
            rows[-1].texts.append((line.text, line.number))
    return [row.finished(scope) for row in rows], unclear


def _first_line(line: Line) -> _Row | None:
    """Read a line that begins a row; None for one that goes on with the reason, and one that can't be told."""
    if len(line.cells) > 1:
        return _cells(line.cells)
    for pattern in _FIRST_LINES:
        if found := pattern.fullmatch(line.text):
            return _Row(Stated(found["status"], line.number), Stated(found["id"], line.number), found["rest"])
    if _STATUS.fullmatch(line.text):  # the id was lost
        return _Row(Stated(line.text, line.number), Stated("", line.number), "")
    return None


def _cells(cells: tuple[Stated, ...]) -> _Row | None:
    first, second = cells[0], cells[1]
    if _ID.fullmatch(second.text) or (not second.text and (_STATUS.fullmatch(first.text) or len(cells) > 2)):  # noqa: PLR2004 - status, id, reason
        return _Row(first, second, " ".join(cell.text for cell in cells[2:]))
    if _ID.fullmatch(first.text):  # the empty cell of the status was dropped
        return _Row(Stated("", first.line), first, " ".join(cell.text for cell in cells[1:]))
    return None


def _id_of(body: str) -> str:
    try:
        value: object = json.loads(body)
    except (ValueError, RecursionError):
        return body
    found: object = value.get("id") if isinstance(value, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return found if isinstance(found, str) else body
