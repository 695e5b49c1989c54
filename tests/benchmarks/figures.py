"""Ratios of one round each, and what they come to."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Figure:
    """What many rounds came to.

    Attributes:
        value: The median.
        low: The first quartile.
        high: The third.
        rounds: How many there were.
    """

    value: float
    low: float
    high: float
    rounds: int

    @classmethod
    def of(cls, values: Sequence[float]) -> Self:
        """Sum up."""
        if len(values) == 1:
            return cls(values[0], values[0], values[0], 1)
        low, median, high = statistics.quantiles(values, n=4, method="inclusive")
        return cls(median, low, high, len(values))


def ratios(ours: Sequence[float], reference: Sequence[float], net_of: Sequence[float] | None = None) -> Figure:
    """Compare two things that were measured in the same rounds, round by round: what slows one slows the other, too.

    Args:
        ours: One value per round.
        reference: What it is divided by.
        net_of: What is taken off both before.
    """
    base = net_of or [0.0] * len(reference)
    return Figure.of([(own - less) / (other - less) for own, other, less in zip(ours, reference, base, strict=True)])


def compared(taken: Mapping[str, Sequence[float]], reference: str) -> dict[str, Figure]:
    """Compare all that was measured in the same rounds with one of them, which is given by its name."""
    return {name: ratios(values, taken[reference]) for name, values in taken.items()}
