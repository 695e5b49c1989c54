"""What was covered, as plain data."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Excused:
    """Items of a criterion that were not covered, and need not be.

    Attributes:
        allowance: The pattern that they are named by.
        reason: Why.
        count: How many they are.
    """

    allowance: str
    reason: str
    count: int


@dataclass(slots=True)
class Criterion:
    """One criterion, and what is missing for it to be met.

    Attributes:
        level: The test coverage level that asks for it; 0 for criteria of our own.
        name: Its name.
        covered: How many of its items were covered.
        total: How many have to be.
        missed: Those that were not.
        excused: Those that need not be, by allowance.
    """

    level: int
    name: str
    covered: int
    total: int
    missed: list[str] = field(default_factory=list)
    excused: list[Excused] = field(default_factory=list)

    @property
    def met(self) -> bool:
        """Whether nothing is missing."""
        return self.covered == self.total


@dataclass(slots=True)
class Keyword:
    """How often values kept a keyword of the contract, and how often they broke it."""

    name: str
    says: str
    kept: int = 0
    broken: int = 0


@dataclass(slots=True)
class Field:
    """One property of what is sent or answered.

    Attributes:
        path: Where it stands: `customer.shopid`.
        present: How often it was there.
        absent: How often what it stands in was there without it.
        keywords: What the contract says of its values.
    """

    path: str
    present: int = 0
    absent: int = 0
    keywords: list[Keyword] = field(default_factory=list)


@dataclass(slots=True)
class Part:
    """What is sent to an operation, or what it answers with one status."""

    operation: str
    name: str
    fields: list[Field] = field(default_factory=list)


@dataclass(slots=True)
class Answered:
    """How often an operation gave an answer to one kind of token. Successes have no id."""

    operation: str
    status: int
    id: str
    kind: str
    count: int = 0


@dataclass(slots=True)
class Slow:
    """One of the slowest calls."""

    operation: str
    status: int
    seconds: float
    test: str


@dataclass(slots=True)
class Coverage:
    """All that was covered.

    Attributes:
        calls: How many calls it is told from.
        criteria: Martin-Lopez's criteria by level, then our own.
        parts: Requests and answers, down to fields and keywords.
        answers: Which answers were seen.
        slowest: The slowest calls, the slowest first.
    """

    calls: int = 0
    criteria: list[Criterion] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    answers: list[Answered] = field(default_factory=list)
    slowest: list[Slow] = field(default_factory=list)

    @property
    def level(self) -> int:
        """The test coverage level that was reached: every criterion up to it is met."""
        unmet = [it.level for it in self.criteria if it.level and not it.met]
        return min(unmet, default=max((it.level for it in self.criteria), default=0) + 1) - 1
