"""What the tests of reliability share: misbehaving servers, a clean environment, and the figures of the run."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import pytest
from tests.reliability.faults.catalogue import Fault
from tests.reliability.faults.server import FaultyServer

from bubblehouse_mock import BubblehouseMock


@dataclass
class Lines:
    """What is shown when the run ends."""

    shown: list[str] = field(default_factory=list[str])

    def add(self, title: str, counts: Mapping[str, int]) -> None:
        self.shown.append(f"{title}: " + ", ".join(f"{count} {name}" for name, count in counts.items()))


_LINES = pytest.StashKey[Lines]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_LINES] = Lines()


@pytest.fixture
def lines(pytestconfig: pytest.Config) -> Lines:
    return pytestconfig.stash[_LINES]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    shown = config.stash[_LINES].shown
    if shown:
        terminalreporter.section("reliability")
    for line in shown:
        terminalreporter.write_line(line)


ServeFault = Callable[[Fault | None], FaultyServer]


@pytest.fixture
def mock() -> BubblehouseMock:
    """A shop whose richest customer may spend as they like."""
    made = BubblehouseMock(strict=True)
    made.configure(minimum_redemption=1, redemption_limit=None)
    return made


@pytest.fixture
def serve_fault(mock: BubblehouseMock) -> Iterator[ServeFault]:
    servers: list[FaultyServer] = []

    def start(fault: Fault | None) -> FaultyServer:
        servers.append(FaultyServer(mock, fault))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()
