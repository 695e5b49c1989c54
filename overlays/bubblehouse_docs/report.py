"""Tells a person, or a program, what was found."""

import json
from collections.abc import Iterable
from typing import Final

from bubblehouse_docs.check import Checked
from bubblehouse_docs.differences import Explained
from bubblehouse_docs.draft_yaml import printable
from bubblehouse_docs.findings import NOT_STATED, NOTHING, Finding

_LONGEST: Final = 120
_RED, _GREEN, _FAINT, _PLAIN = "\x1b[31m", "\x1b[32m", "\x1b[2m", "\x1b[0m"


def as_text(pages: Iterable[Checked], stale: Iterable[Explained], *, colours: bool) -> str:
    """Return a report for people.

    Args:
        pages: The pages.
        stale: Explanations that explain nothing any more.
        colours: Whether it is for a terminal.
    """
    red, green, faint, plain = (_RED, _GREEN, _FAINT, _PLAIN) if colours else ("",) * 4
    lines: list[str] = []
    for page in pages:
        count = len(page.unexplained)
        colour = red if count else green
        explained = len(page.findings) - count
        lines.append(
            f"{colour}{_short(page.path)}: {_short(page.function)}: {_counted(count)}, {explained} explained{plain}"
        )
        lines += [f"  {_sentence(page, finding)}" for finding in page.unexplained]
        lines += [
            f"  {faint}{_sentence(page, finding)}; explained: {_short(finding.reason, 400)}{plain}"
            for finding in page.findings
            if finding.reason
        ]
    lines += [
        f"{red}{entry.place}: explains nothing any more: {_short(entry.page)} {_short(entry.what)}; drop it{plain}"
        for entry in stale
    ]
    return "".join(f"{line}\n" for line in lines)


def as_json(pages: Iterable[Checked], stale: Iterable[Explained]) -> str:
    """Return a report for programs.

    Args:
        pages: The pages.
        stale: Explanations that explain nothing any more.
    """
    report = {
        "pages": [
            {
                "page": page.path,
                "function": page.function,
                "differences": len(page.unexplained),
                "findings": [_finding(finding) for finding in page.findings],
                "draft": page.draft or None,
            }
            for page in pages
        ],
        "explain_nothing": [
            {"page": entry.page, "what": entry.what, "file": entry.place.file, "line": entry.place.line}
            for entry in stale
        ],
    }
    return json.dumps(report, indent=2) + "\n"


def _finding(finding: Finding) -> dict[str, object]:
    place = finding.place
    return {
        "kind": finding.kind,
        "what": finding.what,
        "page": {"says": finding.page, "line": finding.line or None},
        "contract": {
            "says": finding.contract or None,
            "file": place.file if place else None,
            "line": place.line if place else None,
        },
        "explained": finding.reason or None,
    }


def _sentence(page: Checked, finding: Finding) -> str:
    where = f"{_short(page.path)}:{finding.line}" if finding.line else "the page"
    said = finding.page if finding.page in {NOT_STATED, NOTHING} else repr(_short(finding.page))
    sentence = f"{finding.kind}: {_short(finding.what)}: {where} says {said}"
    if finding.place or finding.contract:
        held = repr(_short(finding.contract)) if finding.contract else NOTHING
        sentence += f"; {finding.place or 'the page itself'} says {held}"
    return sentence


def _short(text: str, longest: int = _LONGEST) -> str:
    text = printable(text)
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _counted(count: int) -> str:
    return "1 difference" if count == 1 else f"{count or 'no'} differences"
