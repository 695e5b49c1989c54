"""What is asked of a judge, and what is answered: small enough to be a line of JSON."""

from typing import Final, Literal, NamedTuple, TypeAlias

Outcome: TypeAlias = Literal["killed", "survived", "broken"]
"""`killed`: a test failed. `survived`: all passed. `broken`: neither can be said, so that it counts as no kill."""


PATIENCE: Final = 300.0
"""Seconds after which a verdict that isn't there won't come, unless something else is said."""


class Job(NamedTuple):
    """One judgement to make.

    Attributes:
        number: Tells its verdict from others.
        seed: The seed of the contract tests.
        mutant: The id of the mutant to put into force; "" for the original.
        only: The tests to run; all of the layer's, unless given.
        patience: Seconds after which a verdict that isn't there won't come.
    """

    number: int
    seed: int
    mutant: str = ""
    only: tuple[str, ...] = ()
    patience: float = PATIENCE


class Verdict(NamedTuple):
    """The verdict.

    Attributes:
        outcome: What came of it.
        seconds: How long it took.
        killer: The test that failed first; "" for none.
        reason: Why there is no verdict; "" where there is one. Of a kill, the line that says what failed.
        passed: How many tests passed before.
    """

    outcome: Outcome
    seconds: float
    killer: str = ""
    reason: str = ""
    passed: int = 0
