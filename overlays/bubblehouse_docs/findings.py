"""One difference between a page and the contract."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bubblehouse_docs.places import Place

NOT_STATED: Final = "not stated"
"""What a page says where it has a place for something, and the place is empty or lost."""

NOTHING: Final = "nothing"
"""What a page says where it has no place for something."""

NO_TYPE: Final = "no type of its own"
"""What the contract says where nothing is referred to."""


class Kind(StrEnum):
    """How a page and the contract don't agree."""

    DIFFERS = "differs"
    PAGE_ONLY = "page only"
    CONTRACT_ONLY = "contract only"
    NOT_STATED = "not stated"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference.

    Attributes:
        kind: How they don't agree.
        what: What it is about, such as `input.pts type` or `error not_found status`.
        page: What the page says.
        line: Where in the page, or the heading below which it would have to be; 0 where there is no such heading.
        contract: What the contract says; empty for nothing.
        place: Where in the contract, or where it would have to be.
        reason: Why it is as it should be; empty for a difference that nobody has explained.
    """

    kind: Kind
    what: str
    page: str
    line: int
    contract: str
    place: Place | None
    reason: str = ""
