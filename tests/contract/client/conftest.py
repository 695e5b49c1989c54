"""Both kinds of client."""

import pytest
from tests.contract.client.bench import Bench
from tests.reliability.caller import KINDS


@pytest.fixture(params=KINDS)
def bench(request: pytest.FixtureRequest) -> Bench:
    """A client of each kind, in turn."""
    return Bench(request.param)
