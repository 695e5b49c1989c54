"""Who is measured, in general."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Contender:
    """One way to do what a row is about.

    Attributes:
        name: As the report has it.
        peer: Whether it is somebody else's.
    """

    name: str
    peer: bool = field(default=False, kw_only=True)
