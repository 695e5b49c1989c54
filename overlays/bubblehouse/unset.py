"""The third state beside a value and null: not there at all."""

from enum import Enum
from typing import Final, Literal


class Unset(Enum):
    """The type of `UNSET`. An enum, so that checkers narrow `is UNSET`, and copies and pickles stay the one object."""

    UNSET = "UNSET"

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = Unset.UNSET
"""Left out: an argument that is not sent, or a property that the answer doesn't have."""
