"""Compares two contracts as a whole."""

from bubblehouse_codegen.documents import Document
from bubblehouse_diff.changes import Change
from bubblehouse_diff.operations import compare_operations
from bubblehouse_diff.schemas import Schemas
from bubblehouse_diff.surroundings import compare_surroundings


def compare(before: Document, after: Document) -> tuple[list[Change], Schemas]:
    """Return the changes between two contracts, each once, and what was seen of their types.

    Args:
        before: One contract, with its assumptions.
        after: The other.

    Raises:
        DiffError: A reference leads nowhere.
    """
    schemas = Schemas(before, after)
    changes = [
        *compare_surroundings(before, after),
        *compare_operations(before, after, schemas),
        *schemas.rest(),
    ]
    return list(dict.fromkeys(changes)), schemas
