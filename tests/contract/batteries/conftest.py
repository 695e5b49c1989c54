"""What the batteries share: the server as the wire shows it."""

import pytest
from tests.contract.proof.contract import Contract
from tests.contract.proof.scene import stage
from tests.contract.proof.target import Target
from tests.contract.proof.wire import Wire


@pytest.fixture(scope="session")
def wire(target: Target, contract: Contract) -> Wire:
    """Sends single requests to the server under test."""
    if target.control is not None:
        target.control.reset()
    return Wire(target, contract, stage(target, contract.version))
