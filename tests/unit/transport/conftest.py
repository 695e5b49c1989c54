"""A wire of each kind, as a test needs them."""

import pytest
from tests.unit.transport.wires import MANAGED, OWN, Library, Wire


def _wires(libraries: tuple[Library, ...]) -> list[object]:
    return [
        pytest.param((library, is_async), id=str(Wire(library, is_async)))
        for library in libraries
        for is_async in (False, True)
    ]


@pytest.fixture(params=_wires((*MANAGED, *OWN)))
def wire(request: pytest.FixtureRequest) -> Wire:
    """Any transport."""
    return Wire(*request.param)


@pytest.fixture(params=_wires(MANAGED))
def managed(request: pytest.FixtureRequest) -> Wire:
    """One that connects as it is told."""
    return Wire(*request.param)


@pytest.fixture(params=_wires(OWN))
def own(request: pytest.FixtureRequest) -> Wire:
    """One around a client of the user's."""
    return Wire(*request.param)
