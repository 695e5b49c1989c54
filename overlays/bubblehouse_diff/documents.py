"""Follows references within a contract, and tells its objects from the rest."""

from typing import cast

from bubblehouse_codegen.documents import Document
from bubblehouse_diff.failure import DiffError


def as_object(value: object) -> Document | None:
    """Return a value as an object of the contract, or None where it is none."""
    return cast("Document", value) if isinstance(value, dict) else None


def resolved(document: Document, part: Document) -> Document:
    """Return what a part refers to, or the part itself.

    Args:
        document: The contract.
        part: A part of it, or a reference to one.

    Raises:
        DiffError: The reference leads nowhere.
    """
    address = part.get("$ref")
    if not isinstance(address, str):
        return part
    found: object = document
    for step in address.removeprefix("#/").split("/"):
        name = step.replace("~1", "/").replace("~0", "~")
        inner = as_object(found)
        if inner is None or name not in inner:
            raise DiffError(f"{address} is referred to, and not there; mend the reference")
        found = inner[name]
    target = as_object(found)
    if target is None:
        raise DiffError(f"{address} is not an object; mend the reference")
    return {**target, **{key: value for key, value in part.items() if key != "$ref"}}
