"""Compares the global versions that have a contract of their own."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace

from bubblehouse_codegen.contract import Contract
from bubblehouse_codegen.documents import Document
from bubblehouse_diff.changes import Change
from bubblehouse_diff.comparison import compare


def compare_versions(
    before: Document, after: Document, own_before: Mapping[str, Document], own_after: Mapping[str, Document]
) -> list[Change]:
    """Return what changed in single versions alone. One that is new is compared with the default one: it breaks nobody.

    Args:
        before: The contract of the default version, on one side.
        after: The same on the other side.
        own_before: The contracts of the versions that differ from it, on one side.
        own_after: The same on the other side.

    Raises:
        DiffError: A reference leads nowhere.
    """
    everywhere = set(compare(before, after)[0])
    known, known_now = (Contract(document).server.versions for document in (before, after))
    changes: list[Change] = []
    for version in (it for it in known_now if it in own_before or it in own_after):
        is_new = version not in known
        old = _as(version, after if is_new else own_before.get(version, before))
        new = _as(version, own_after.get(version, after))
        found = [change for change in compare(old, new)[0] if is_new or change not in everywhere]
        changes += [replace(change, version=version, is_new=is_new) for change in found]
    return changes


def _as(version: str, document: Document) -> Document:
    """Return a contract in which a version is the default one."""
    document = deepcopy(document)
    document["servers"][0]["variables"]["version"]["default"] = version
    return document
