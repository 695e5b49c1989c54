"""Bounds that fields of state can have: `decode` holds to them, and the schema tells them."""

from dataclasses import dataclass
from typing import Annotated, TypeAlias


@dataclass(frozen=True, slots=True)
class AtLeast:
    """A number is not below this, or a list not shorter."""

    least: int


@dataclass(frozen=True, slots=True)
class AtMost:
    """A number is not above this."""

    most: int


@dataclass(frozen=True, slots=True)
class OneOf:
    """A text is one of these."""

    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Matches:
    """A text, from its beginning to its end, matches a regular expression.

    Args:
        pattern: The expression, in what Python and ECMAScript have in common.
        otherwise: What is wrong with a text that doesn't, `has a slash` for one.
    """

    pattern: str
    otherwise: str


Count: TypeAlias = Annotated[int, AtLeast(0)]
Positive: TypeAlias = Annotated[int, AtLeast(1)]
