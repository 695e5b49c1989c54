"""The layers of tests/contract, from the cheapest on."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.mutants.mutant import Side

ROOT: Final = Path(__file__).parents[2]
_CONTRACT: Final = "tests/contract"


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer.

    Attributes:
        name: Its name in reports, and in what mutants say of it.
        paths: Where its tests are, below tests/contract.
        sees: What it looks at. Of the rest it never runs a line, so that it need not be asked.
        seeded: Whether anything in it depends on the seed. What doesn't is run once, and that counts for every seed.
        options: How it is run.
    """

    name: str
    paths: tuple[str, ...]
    sees: frozenset[Side]
    seeded: bool = False
    options: tuple[str, ...] = ()

    @property
    def places(self) -> list[str]:
        """The paths of it that are there, from the root of the repository."""
        places = [f"{_CONTRACT}/{path}" for path in self.paths]
        return [place for place in places if (ROOT / place).exists()]


_ALL: Final[frozenset[Side]] = frozenset({"server", "document", "client"})

LAYERS: Final = (
    Layer("document", ("document",), frozenset({"document"})),
    Layer("round-trip", ("test_round_trip.py",), _ALL),
    Layer("unknown-answers", ("test_unknown_answers.py",), _ALL),
    Layer("client", ("client",), _ALL),
    Layer("matrix", ("test_error_matrix.py",), _ALL),
    Layer("two-sided", ("two_sided",), _ALL),
    Layer("model", ("model",), _ALL, seeded=True, options=("--model-first-divergence",)),
    Layer("batteries", ("batteries",), _ALL),
    Layer("traffic", ("test_traffic.py",), _ALL, seeded=True),
)
