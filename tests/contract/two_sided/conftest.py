"""What the calls of all stages show, gathered once."""

import pytest
from tests.contract.batteries import inputs
from tests.contract.proof.contract import Contract
from tests.contract.proof.provoke import Kitchen
from tests.contract.proof.scene import stage
from tests.contract.proof.target import Target
from tests.contract.proof.wire import Wire
from tests.contract.two_sided.permissions import permissions
from tests.contract.two_sided.stages import Play
from tests.contract.two_sided.verdicts import Verdicts
from tests.contract.two_sided.witnesses import Exchange, Hearing

_NO_CONTROL = "it takes a control plane to bring a server to say all that it may"


@pytest.fixture(scope="session")
def exchanges(http_target: Target, contract: Contract, kitchen: Kitchen) -> list[Exchange]:
    """Every call of every stage."""
    if http_target.control is None:
        pytest.skip(_NO_CONTROL)
    http_target.control.reset()
    wire = Wire(http_target, contract, stage(http_target, contract.version))
    heard = list(dict.fromkeys(Play(wire, kitchen).exchanges()))
    http_target.control.reset()
    return heard


@pytest.fixture(scope="session")
def hearing(contract: Contract, exchanges: list[Exchange]) -> Hearing:
    """What these calls show."""
    hearing = Hearing(contract)
    hearing.hear_and_note(exchanges)
    return hearing


@pytest.fixture(scope="session")
def allowed(contract: Contract) -> set[str]:
    """All that the document allows."""
    return permissions(contract)


@pytest.fixture(scope="session")
def verdicts(target: Target, contract: Contract) -> Verdicts:
    """What the server says of every input at a boundary."""
    if target.control is None:
        pytest.skip(_NO_CONTROL)
    target.control.reset()
    wire = Wire(target, contract, stage(target, contract.version))
    probes = [probe for operation in contract.operations.values() for probe in inputs.probes(contract, operation)]
    verdicts = Verdicts(wire, probes)
    target.control.reset()
    return verdicts
