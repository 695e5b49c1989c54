"""Compares what a body can be: its media types, and the schema of each."""

from collections.abc import Iterator

from bubblehouse_codegen.documents import Document
from bubblehouse_diff.changes import Change, Where, at
from bubblehouse_diff.facets import TEXTS
from bubblehouse_diff.schemas import Schemas


def compare_content(before: Document, after: Document, where: Where, schemas: Schemas) -> Iterator[Change]:
    """Yield the changes of what a body can be.

    Args:
        before: The media types.
        after: The media types of the other document.
        where: The place.
        schemas: Compares their schemas.
    """
    for kind in sorted(before.keys() | after.keys()):
        if kind not in after:
            yield at(where, f"{where.direction}-media-type-removed", kind)
        elif kind not in before:
            yield at(where, f"{where.direction}-media-type-added", None, kind)
        else:
            old, new = before[kind], after[kind]
            if texts := [key for key in sorted(TEXTS) if old.get(key) != new.get(key)]:
                yield at(where, "text-changed", None, ", ".join(texts))
            yield from schemas.compare(old.get("schema", {}), new.get("schema", {}), where)
