"""What the whole of the contract tests has to cover of a server that can be brought into any state."""

from collections.abc import Iterator
from typing import Final

from tests.contract.proof.coverage.allowances import ALLOWANCES
from tests.contract.proof.coverage.figures import Coverage

HIGHEST: Final = 7


def unmet(coverage: Coverage) -> Iterator[str]:
    """Yield what was not covered and should have been, and what was excused without need."""
    for it in coverage.criteria:
        if not it.met and it.level:
            yield f"level {HIGHEST} needs all {it.name}; not covered: {', '.join(it.missed)}"
        for unneeded in sorted(ALLOWANCES.get(it.name, {}).keys() - {excused.allowance for excused in it.excused}):
            yield f"the allowance {unneeded!r} for {it.name} is not needed: all that it excuses was covered"
