"""The layers of tests/contract, from the cheapest on."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Self

from tests.mutants.mutant import Side

ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer.

    Attributes:
        name: Its name in reports, and in what mutants say of it.
        paths: Where its tests are, from the root of the repository.
        sees: What it looks at. Of the rest it never runs a line, so that it need not be asked.
        seeded: Whether anything in it depends on the seed. What doesn't is run once, and that counts for every seed.
        rereads: Whether it reads the document anew with each run. Others know it since they were imported.
        options: How it is run.
    """

    name: str
    paths: tuple[str, ...]
    sees: frozenset[Side]
    seeded: bool = False
    rereads: bool = False
    options: tuple[str, ...] = ()

    @property
    def places(self) -> list[str]:
        """The paths of it that are there."""
        return [path for path in self.paths if (ROOT / path).exists()]

    def around(self, test: str) -> Self:
        """Return the part of it that stands in one test's file: much less to collect."""
        file = test.partition("::")[0]
        return replace(self, name=f"{self.name}: {file}", paths=(file,))


_ALL: Final[frozenset[Side]] = frozenset({"server", "document", "client"})

# What a layer has to prove that it isn't fooled is left out: that is this proof's own matter.
LAYERS: Final = (
    Layer(
        "document",
        ("tests/contract/document",),
        frozenset({"document"}),
        rereads=True,
        options=("--ignore=tests/contract/document/test_mutations.py",),
    ),
    Layer("round-trip", ("tests/contract/test_round_trip.py",), _ALL),
    Layer("unknown-answers", ("tests/contract/test_unknown_answers.py",), _ALL),
    Layer("at-once", ("tests/contract/test_at_once.py",), frozenset({"server"})),
    Layer("client", ("tests/contract/client",), _ALL),
    Layer("two-sided", ("tests/contract/two_sided",), _ALL, options=("-k", "not looser")),
    Layer("matrix", ("tests/contract/test_error_matrix.py",), _ALL),
    Layer(
        "model",
        ("tests/contract/model",),
        _ALL,
        seeded=True,
        options=("--ignore=tests/contract/model/test_divergences.py", "--model-patience=0", "--model-examples=30"),
    ),
    Layer("batteries", ("tests/contract/batteries",), _ALL),
    Layer("traffic", ("tests/contract/test_traffic.py",), _ALL, seeded=True),
)
