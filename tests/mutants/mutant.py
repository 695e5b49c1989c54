"""What a mutant is: one small thing wrong with server, document or client, and one witness that shows it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import pytest
from tests.mutants.door import Door

Side: TypeAlias = Literal["server", "document", "client"]
"""What a mutant is a mutant of."""

Apply: TypeAlias = Callable[[pytest.MonkeyPatch], None]
"""Makes the thing wrong, for as long as the patch lasts."""

Witness: TypeAlias = Callable[[Door], object]
"""A few calls through public doors. What the door notes down, and what is returned, is the outcome."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One mutant.

    Attributes:
        id: Its name: `family.what`.
        side: What it is a mutant of.
        wrong: What is wrong, in one sentence.
        apply: Makes it so.
        witness: Its outcome is another one than that of the original.
        layer: The cheapest layer that should see it.
        anchor: Its number in the list of operators that a probe of other tools used (1 to 51); 0 for none.
    """

    id: str
    side: Side
    wrong: str
    apply: Apply
    witness: Witness
    layer: str
    anchor: int = 0

    @property
    def family(self) -> str:
        """The family that it belongs to."""
        return self.id.partition(".")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Equivalent:
    """A change that looks like a mutant, and that nobody outside can see.

    Attributes:
        id: Its name.
        side: What it changes.
        change: What is changed.
        reason: Why nobody can see it.
        apply: Makes the change.
    """

    id: str
    side: Side
    change: str
    reason: str
    apply: Apply


@dataclass(frozen=True, slots=True)
class Family:
    """Makes the mutants of one family.

    Attributes:
        name: The family's name.
        side: What they are mutants of.
        layer: The cheapest layer that should see them, unless one says otherwise.
    """

    name: str
    side: Side
    layer: str

    def mutant(
        self, what: str, wrong: str, apply: Apply, witness: Witness, *, layer: str = "", anchor: int = 0
    ) -> Mutant:
        """Make a mutant.

        Args:
            what: Its name within the family.
            wrong: As `Mutant.wrong`.
            apply: As `Mutant.apply`.
            witness: As `Mutant.witness`.
            layer: In place of the family's.
            anchor: As `Mutant.anchor`.
        """
        return Mutant(
            id=f"{self.name}.{what}",
            side=self.side,
            wrong=wrong,
            apply=apply,
            witness=witness,
            layer=layer or self.layer,
            anchor=anchor,
        )
