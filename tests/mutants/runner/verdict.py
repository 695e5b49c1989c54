"""What came of one run of one layer."""

from typing import Literal, NamedTuple, TypeAlias

Outcome: TypeAlias = Literal["killed", "survived", "broken"]
"""`killed`: a test failed. `survived`: all passed. `broken`: neither can be said, so that it counts as no kill."""


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
