"""What all contract tests share: the server under test, the contract it is held against, and the figures of the run."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contract.proof import console
from tests.contract.proof import contract as contracts
from tests.contract.proof.contract import Contract
from tests.contract.proof.control import TargetError, in_process, served
from tests.contract.proof.coverage.collector import Collector
from tests.contract.proof.figures import Run
from tests.contract.proof.options import (
    DEFAULT_EXAMPLES,
    DEFAULT_PATIENCE,
    DEFAULT_SEED,
    DEFAULT_STORIES,
    DOCUMENTED_RATE,
    STORIES_OVER_HTTP,
    Options,
    at_least,
)
from tests.contract.proof.progress import Progress
from tests.contract.proof.provoke import Kitchen
from tests.contract.proof.recorder import Recorder
from tests.contract.proof.scene import stage
from tests.contract.proof.target import Target
from tests.contract.proof.watch.line import Line
from tests.contract.proof.watch.tap import tapped

from bubblehouse_mock import BubblehouseMock, running


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("contract", "contract tests (tests/contract)")
    group.addoption("--target-url", metavar="URL", help="prove this server instead of a mock in process")
    group.addoption("--target-shop", metavar="SHOP", help="the shop's slug, where the server can't tell it")
    group.addoption(
        "--target-rate", type=float, default=DOCUMENTED_RATE, metavar="CALLS", help="calls per second at most"
    )
    group.addoption("--allow-writes", action="store_true", help="send writes to a server that isn't our mock, too")
    group.addoption(
        "--contract-seed", type=at_least(0), default=DEFAULT_SEED, metavar="N", help="seed of generated calls"
    )
    group.addoption(
        "--contract-examples",
        type=at_least(1),
        default=DEFAULT_EXAMPLES,
        metavar="N",
        help="generated calls per operation and phase",
    )
    group.addoption(
        "--model-examples",
        type=at_least(1),
        metavar="N",
        help=f"stories to play with server and model: {DEFAULT_STORIES}, or {STORIES_OVER_HTTP} over HTTP",
    )
    group.addoption(
        "--model-patience",
        type=float,
        default=DEFAULT_PATIENCE,
        metavar="SECONDS",
        help="how long to look for a shorter story, where server and model disagree; 0 tells the first one",
    )
    group.addoption("--contract-figures", type=Path, metavar="FILE", help="write the run's figures as JSON")
    group.addoption("--contract-record", type=Path, metavar="FILE", help="write down every call to --target-url")
    group.addoption("--contract-owed", type=Path, metavar="FILE", help="where redemptions stand until they are undone")


_RECORDER = pytest.StashKey[Recorder]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_RECORDER] = Recorder(Options(config))
    config.pluginmanager.register(config.stash[_RECORDER])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let functions be called that the vendor has replaced: they are proved as long as they are there."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.filterwarnings(r"ignore:\w+ is deprecated:DeprecationWarning"))


@pytest.fixture(scope="session")
def options(pytestconfig: pytest.Config) -> Options:
    return Options(pytestconfig)


@pytest.fixture(scope="session")
def figures(pytestconfig: pytest.Config) -> Run:
    """The figures of this run, for tests to add to."""
    return pytestconfig.stash[_RECORDER].run


@pytest.fixture(scope="session")
def contract() -> Contract:
    return contracts.load()


@pytest.fixture(scope="session")
def target(options: Options, contract: Contract, pytestconfig: pytest.Config) -> Iterator[Target]:
    """The server under test: the one that the options name, or else a mock in process."""
    recorder = pytestconfig.stash[_RECORDER]
    figures = recorder.run
    try:
        opened = (
            in_process()
            if options.url is None
            else served(options.url, options.shop, allow_writes=options.allow_writes, rate=options.rate)
        )
        with opened as target:
            figures.url, figures.shop = target.base_url, target.shop
            figures.writes, figures.control = target.writes, target.control is not None
            if options.url is None:
                yield target
                return
            recorder.collector = Collector(contract, target)
            recorder.line = Line(target, contract, options.owed, [recorder.witness])
            with tapped(target.base_url, recorder.line):
                yield target
    except TargetError as error:
        pytest.exit(str(error), returncode=2)


@pytest.fixture(scope="session")
def http_target(options: Options, target: Target) -> Iterator[Target]:
    """The same over HTTP: a mock in process is served from a thread."""
    if options.url is not None:
        yield target
        return
    with running(BubblehouseMock(strict=True)) as url, served(url, None, allow_writes=True) as over_http:
        yield over_http


@pytest.fixture(scope="session")
def progress(pytestconfig: pytest.Config) -> Progress:
    """Tells the person at the terminal how far a long step is."""
    capture = pytestconfig.pluginmanager.getplugin("capturemanager")
    terminal = pytestconfig.pluginmanager.getplugin("terminalreporter")

    def tell(line: str) -> None:
        if capture is not None and terminal is not None:
            with capture.global_and_fixture_disabled():
                terminal.write_line(f"  {line}")

    return tell


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    recorder = config.stash[_RECORDER]
    lines = [] if recorder.writes else console.traffic(recorder.run)  # who reads the figures shows them
    if lines:
        terminalreporter.section("contract")
    for line in lines:
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def kitchen(http_target: Target, contract: Contract) -> Kitchen:
    """Where recipes for errors are carried out."""
    if http_target.control is not None:
        http_target.control.reset()
    return Kitchen(http_target, contract, stage(http_target, contract.version))
