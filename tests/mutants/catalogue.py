"""All mutants."""

from typing import Final

from tests.mutants.client import generated, runtime
from tests.mutants.document import described, loosened, tightened
from tests.mutants.mutant import Mutant
from tests.mutants.server import (
    amounts,
    identity,
    inputs,
    isolation,
    limits,
    money,
    protocol,
    redeeming,
    schema,
    standing,
    swaps,
    tokens,
    undoing,
)

_MODULES: Final = (
    schema,
    money,
    swaps,
    tokens,
    identity,
    redeeming,
    amounts,
    undoing,
    standing,
    limits,
    isolation,
    protocol,
    inputs,
    tightened,
    loosened,
    described,
    runtime,
    generated,
)

MUTANTS: Final[tuple[Mutant, ...]] = tuple(mutant for module in _MODULES for mutant in module.MUTANTS)

BY_ID: Final = {mutant.id: mutant for mutant in MUTANTS}
