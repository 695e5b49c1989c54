"""What a run of the proof measured, as plain data: pytest writes it as JSON, and the report reads that."""

import dataclasses
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from tests.contract.proof.coverage.figures import Coverage
from tests.contract.proof.watch.secrets import scrub

DRIVER_NAMES = ("sync", "async")


@dataclass(slots=True)
class Tally:
    """How far calls got. `door` is every refusal before the customer was known: token, input, verb, version."""

    success: int = 0
    business: int = 0
    identity: int = 0
    door: int = 0
    undocumented: int = 0

    @property
    def total(self) -> int:
        """All calls."""
        return self.success + self.business + self.identity + self.door + self.undocumented

    @property
    def past_the_door(self) -> float:
        """The share of calls that reached the function's own rules."""
        return (self.success + self.business) / self.total if self.total else 0.0


@dataclass(slots=True)
class OperationTraffic:
    """Generated calls of one operation.

    Attributes:
        valid: Cases that the contract calls well-formed.
        invalid: Cases that it doesn't, probes of verbs and media types included.
        answers: Every answer that came, as `422 insufficient_points`, and how often.
    """

    valid: Tally = field(default_factory=Tally)
    invalid: Tally = field(default_factory=Tally)
    answers: dict[str, int] = field(default_factory=dict)

    @property
    def statuses(self) -> dict[str, int]:
        """How often each status came."""
        found: dict[str, int] = {}
        for answer, count in sorted(self.answers.items()):
            status = answer.partition(" ")[0]
            found[status] = found.get(status, 0) + count
        return found


@dataclass(slots=True)
class LinkTraffic:
    """How often a link was followed, and how often the call at its end succeeded."""

    followed: int = 0
    succeeded: int = 0


@dataclass(slots=True)
class CheckFailure:
    """A check of schemathesis that failed, and how to see it again."""

    operation: str
    check: str
    title: str
    message: str
    curl: str
    count: int = 1


@dataclass(slots=True)
class PhaseTime:
    """A phase of generated traffic."""

    name: str
    cases: int
    seconds: float


@dataclass(slots=True)
class Traffic:
    """All generated calls. Operations and links go by their names in the contract."""

    operations: dict[str, OperationTraffic] = field(default_factory=dict)
    links: dict[str, LinkTraffic] = field(default_factory=dict)
    failures: list[CheckFailure] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    phases: list[PhaseTime] = field(default_factory=list)

    @property
    def cases(self) -> int:
        """All calls that were sent."""
        return sum(phase.cases for phase in self.phases)


@dataclass(slots=True)
class Cell:
    """One cell of the error matrix: an error id of an operation, with one kind of token.

    Attributes:
        drivers: Which clients raised it as its own class: `sync`, `async`.
    """

    operation: str
    status: int
    id: str
    kind: str
    scope: str
    assumed: bool
    drivers: list[str] = field(default_factory=list)

    @property
    def caused(self) -> bool:
        """Whether both clients raised it."""
        return len(self.drivers) == len(DRIVER_NAMES)


@dataclass(slots=True)
class ModelRun:
    """How far the stories went that were played with server and model at once.

    Attributes:
        steps: What happened in them, calls and all else.
        moves: Moves of the ledger, from state to state, by name, and how often each was seen; those never seen, too.
        errors: The same of error ids, as `RedeemPoints1 422 insufficient_points`.
        precedence: The same of pairs of errors in one call, the first of which has to be reported.
    """

    stories: int = 0
    steps: int = 0
    calls: int = 0
    seconds: float = 0.0
    moves: dict[str, int] = field(default_factory=dict)
    errors: dict[str, int] = field(default_factory=dict)
    precedence: dict[str, int] = field(default_factory=dict)

    @property
    def unreached(self) -> list[str]:
        """What the model knows and no story reached."""
        return [it for seen in (self.moves, self.errors, self.precedence) for it, count in seen.items() if not count]


@dataclass(slots=True)
class Reproduction:
    """How to make a call again.

    Attributes:
        call: What was called.
        answer: What came.
        token: Makes a token like the one that was sent; empty where none was.
        curl: A line for the shell.
        python: The same for Python.
    """

    call: str
    answer: str
    token: str
    curl: str
    python: str


@dataclass(slots=True)
class TestFailure:
    """A test that failed.

    Attributes:
        name: Its name.
        message: What it says.
        line: Where it stands in its file.
        calls: Its last calls, in order.
    """

    __test__ = False

    name: str
    message: str
    line: int = 1
    calls: list[Reproduction] = field(default_factory=list)


@dataclass(slots=True)
class Run:
    """One run of the proof.

    Attributes:
        broken: Why it did not come to its end; empty where it did.
    """

    url: str = ""
    shop: str = ""
    writes: bool = True
    control: bool = True
    seed: int = 0
    seconds: float = 0.0
    versions: dict[str, str] = field(default_factory=dict)
    traffic: Traffic | None = None
    coverage: Coverage | None = None
    matrix: list[Cell] = field(default_factory=list)
    model: ModelRun | None = None
    passed: int = 0
    skipped: dict[str, int] = field(default_factory=dict)
    failures: list[TestFailure] = field(default_factory=list)
    broken: str = ""

    @property
    def agrees(self) -> bool:
        """Whether everything that was tested is as it should be."""
        return self.passed > 0 and not self.failures and not self.broken

    @property
    def operations(self) -> list[str]:
        """Every operation that the run knows of, in the contract's order."""
        traffic = self.traffic.operations if self.traffic is not None else {}
        return list(dict.fromkeys([*(cell.operation for cell in self.matrix), *traffic]))

    def errors(self, operation: str | None = None) -> tuple[int, int]:
        """Count error ids: those that were caused with every kind of token, and those that are documented.

        Args:
            operation: Of which operation; None for all.
        """
        cells = [cell for cell in self.matrix if operation in {None, cell.operation}]
        documented = {(cell.operation, cell.status, cell.id) for cell in cells}
        missed = {(cell.operation, cell.status, cell.id) for cell in cells if not cell.caused}
        return len(documented - missed), len(documented)

    def cells(self, operation: str | None = None) -> tuple[int, int]:
        """Count cells of the matrix: those that were caused, and all.

        Args:
            operation: Of which operation; None for all.
        """
        caused = [cell.caused for cell in self.matrix if operation in {None, cell.operation}]
        return sum(caused), len(caused)

    def write(self, path: Path) -> None:
        """Write the run to a file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(scrub(json.dumps(dataclasses.asdict(self), indent=1)), encoding="utf-8")


def read(path: Path) -> Run:
    """Read a run from a file."""
    run: Run = _build(Run, json.loads(path.read_text(encoding="utf-8")))
    return run


def _build(hint: Any, data: Any) -> Any:
    """Turn decoded JSON back into the dataclasses of this module."""
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        hints = get_type_hints(hint)
        return hint(**{name: _build(hints[name], value) for name, value in data.items()})
    inner = [argument for argument in get_args(hint) if argument is not type(None)]
    if isinstance(data, list):
        return [_build(inner[0], item) for item in data]
    if get_origin(hint) is dict:
        return {key: _build(inner[1], item) for key, item in data.items()}
    return _build(inner[0], data) if inner and data is not None else data
