"""The tables that people read: what was measured, what it should be, and how others do."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tests.benchmarks.contender import Contender
from tests.benchmarks.figures import Figure
from tests.benchmarks.mocks import PRISM
from tests.benchmarks.peers import DECODERS, PEERS
from tests.benchmarks.row import Figures, Goal, Row, Section

DETAIL_HEAD: Final = ("what", "who", "measured", "quartiles", "n")
_MISSING: Final = "not measured"
_PEERS: Final = frozenset(one.name for one in (*PEERS, *DECODERS, PRISM))


@dataclass(frozen=True, slots=True)
class Line:
    """One goal, and what came of it.

    Attributes:
        row: What was measured.
        contender: Which of this project's ways to do it.
        goal: What it should come to.
        figures: What all came to.
    """

    row: Row
    contender: Contender
    goal: Goal
    figures: Figures

    @property
    def figure(self) -> Figure | None:
        """What it came to, if it was measured."""
        return self.figures.get(self.contender.name)

    @property
    def met(self) -> bool | None:
        """Whether that is the goal, if it was measured."""
        return None if self.figure is None else self.goal.met(self.figure)

    def cells(self) -> tuple[str, ...]:
        """Return the line of the table below `head`."""
        unit = self.row.unit
        sign = "≥" if self.goal.at_least else "≤"
        verdict = {True: "yes", False: "NO", None: "-"}[self.met]
        goal = f"{sign} {_with(self.goal.limit, unit)}"
        return self.row.what, self.contender.name, *_texts(self.figure, unit), goal, verdict, self._best_peer()

    def _best_peer(self) -> str:
        peers = {name: figure for name, figure in self.figures.items() if name in _PEERS}
        if not peers:
            return "-"
        choose = max if self.goal.at_least else min
        name = choose(peers, key=lambda one: peers[one].value)
        return f"{number(peers[name].value)} {name}"


def head(section: Section) -> tuple[str, ...]:
    """Return the head of a section's table of goals."""
    return "what", section.ours, "measured", "quartiles", "n", "goal", "met", "best peer"


def lines(results: Mapping[Row, Figures]) -> list[Line]:
    """Return one line per goal."""
    return [
        Line(row, contender, goal, figures) for row, figures in results.items() for contender, goal in row.goals.items()
    ]


def details(results: Mapping[Row, Figures]) -> list[tuple[str, ...]]:
    """Return the rows of the table of everybody, below `DETAIL_HEAD`; the best first."""
    found: list[tuple[str, ...]] = []
    for row, figures in results.items():
        falling = any(goal.at_least for goal in row.goals.values())
        ranked = sorted(figures.items(), key=lambda item: item[1].value, reverse=falling)
        found += [(row.what, name, *_texts(figure, row.unit)) for name, figure in ranked]
    return found


def markdown(top: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table."""
    body = [top, ["---"] * len(top), *rows]
    return "".join(f"| {' | '.join(row)} |\n" for row in body)


def number(value: float) -> str:
    """Write a number with the digits that mean something."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _with(value: float, unit: str) -> str:
    return f"{number(value)} {unit}".rstrip()


def _texts(figure: Figure | None, unit: str) -> tuple[str, str, str]:
    if figure is None:
        return _MISSING, "", ""
    spread = f"{number(figure.low)} to {number(figure.high)}" if figure.rounds > 1 else ""
    return _with(figure.value, unit), spread, str(figure.rounds)
