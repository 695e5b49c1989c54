"""Reads the explained differences, and tells which of them explain something."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import yaml

from bubblehouse_docs.failure import DocsError
from bubblehouse_docs.findings import Finding
from bubblehouse_docs.places import Place, children, compose

_KEYS: Final = {"page", "what", "says", "reason"}


@dataclass(frozen=True, slots=True)
class Explained:
    """One difference that is as it should be.

    Attributes:
        page: The function whose page it is about, with the global version where that one has an overlay of its own.
        what: What a finding calls it.
        says: What the page says there; another word on the page is another difference.
        reason: Why the contract doesn't follow.
        place: Where it is explained.
    """

    page: str
    what: str
    says: str
    reason: str
    place: Place


def read_differences(path: Path, name: str) -> list[Explained]:
    """Read a file of explained differences.

    Args:
        path: The file.
        name: What to call it in messages.

    Raises:
        DocsError: It can't be read, or an entry isn't as it has to be; the message names the line.
    """
    top = children(compose(path))
    if set(top) != {"differences"}:
        raise DocsError(f"{path}:1: expected one key, differences, with a list of entries")
    return [
        explained
        for line, node in children(top["differences"][1]).values()
        for explained in _entries(node, Place(name, line))
    ]


def _entries(node: yaml.Node, place: Place) -> Iterator[Explained]:
    entry = {key: value for key, (_, value) in children(node).items()}
    what = entry.get("what")
    items = [item for _, item in children(what).values()] if isinstance(what, yaml.SequenceNode) else [what]
    texts = {key: str(value.value).strip() for key, value in entry.items() if isinstance(value, yaml.ScalarNode)}
    named = [str(item.value) for item in items if isinstance(item, yaml.ScalarNode) and item.value]
    complete = all(texts.get(key) for key in _KEYS - {"what"}) and set(entry) == _KEYS
    if not complete or len(named) != len(items) or not named:
        raise DocsError(
            f"{place}: an entry has page, what, says and reason, all of them texts and none empty; what may be a list"
        )
    for item in named:
        yield Explained(texts["page"], item, texts["says"], texts["reason"], place)


def explain(function: str, findings: Iterable[Finding], explained: Iterable[Explained]) -> list[Finding]:
    """Return findings with the reasons of those that are explained.

    Args:
        function: The function whose page they are from.
        findings: The findings.
        explained: The explained differences.
    """
    reasons = {
        (entry.what, entry.says): f"{entry.reason} ({entry.place})" for entry in explained if entry.page == function
    }
    return [
        finding if finding.reason else replace(finding, reason=reasons.get((finding.what, finding.page), ""))
        for finding in findings
    ]


def stale(explained: Iterable[Explained], pages: dict[str, list[Finding]]) -> list[Explained]:
    """List what explains nothing on the pages that were read; pages that weren't aren't judged.

    Args:
        explained: The explained differences.
        pages: The findings of each function's pages.
    """
    return [
        entry
        for entry in explained
        if entry.page in pages
        and not any((entry.what, entry.says) == (finding.what, finding.page) for finding in pages[entry.page])
    ]
