"""What the batteries share: the server as the wire shows it."""

import pytest
from tests.contract.proof.contract import Contract
from tests.contract.proof.scene import stage
from tests.contract.proof.target import Control, Target
from tests.contract.proof.wire import Wire


@pytest.fixture(scope="session")
def wire(target: Target, contract: Contract) -> Wire:
    """Sends single requests to the server under test."""
    if target.control is not None:
        target.control.reset()
    return Wire(target, contract, stage(target, contract.version))


@pytest.fixture
def control(target: Target) -> Control:
    """The control plane."""
    if target.control is None:
        pytest.skip("it takes a control plane: the outcome is an assumption, or depends on a state that is known")
    return target.control
