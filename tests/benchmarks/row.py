"""What a benchmark consists of: contenders, the figures that they come to, and the goals of some of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from tests.benchmarks.bench import Bench
from tests.benchmarks.contender import Contender
from tests.benchmarks.figures import Figure

Figures: TypeAlias = dict[str, Figure]
"""What was measured, by the contender's name."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure should come to."""

    limit: float
    at_least: bool = False

    def met(self, figure: Figure) -> bool:
        """Tell whether it does."""
        return figure.value >= self.limit if self.at_least else figure.value <= self.limit


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One line of the table.

    Attributes:
        key: Its name on the command line.
        what: Its name for people.
        goals: What this project's contenders should come to.
        measure: Measures, and returns a figure for each contender that is installed. Raises MissingError where nothing
            can be compared without what isn't.
        unit: What the figures are counted in; nothing for a ratio.
    """

    key: str
    what: str
    goals: Mapping[Contender, Goal]
    measure: Callable[[Bench], Figures]
    unit: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Section:
    """Rows about one thing, which are measured and shown together.

    Attributes:
        key: Its name on the command line, and in the page's marks.
        ours: What its contenders are, as far as they are this project's.
        rows: The rows.
    """

    key: str
    ours: str
    rows: tuple[Row, ...]
