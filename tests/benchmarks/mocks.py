"""What answers RedeemPoints1: the mock in its ways to run, and what it is compared with."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from tests.benchmarks.bench import Bench
from tests.benchmarks.contender import Contender
from tests.benchmarks.processes import MissingError, child
from tests.benchmarks.redeem import SHOP, Target, write_shop
from tests.independent import installation, prism_process

_FEW: Final = 32  # customers; as many as there are connections
_MANY: Final = 100_000
_CHANGES: Final = 10  # of a balance, for each of the many


@dataclass(frozen=True, slots=True)
class Server(Contender):
    """One that answers over HTTP.

    Attributes:
        running: Runs it while the context lasts, and yields where.
    """

    running: Callable[[Bench], AbstractContextManager[Target]]


@contextmanager
def _mock(bench: Bench, *options: str, customers: int = _FEW, changes: int = 1) -> Iterator[Target]:
    file = shop_file(bench, customers, changes)
    command = (str(bench.mock_python), "-m", "bubblehouse_mock", "--port", "0", "--fixture", str(file), *options)
    with child(command) as process:
        yield Target(function_url(process.line()), customers, process.id)


@contextmanager
def _durable(bench: Bench) -> Iterator[Target]:
    with (
        tempfile.TemporaryDirectory(dir=bench.folder) as folder,
        _mock(bench, "--db", str(Path(folder) / "shop.sqlite")) as target,
    ):
        yield target


@contextmanager
def _bare(bench: Bench) -> Iterator[Target]:
    with child((str(bench.mock_python), str(bench.folder / "bare_asgi.py"))) as process:
        yield Target(function_url(process.line()), _FEW, process.id)


@contextmanager
def _prism(_: Bench) -> Iterator[Target]:
    try:
        installation.program("prism")
    except installation.InstallationError as error:
        raise MissingError(str(error)) from error
    with prism_process.running("mock") as prism:
        yield Target(f"http://127.0.0.1:{prism.port}/{SHOP}/RedeemPoints1", _FEW, prism.process)


MEMORY: Final = Server("in memory", _mock)
DURABLE: Final = Server("--db", _durable)
LARGE: Final = Server(f"{_MANY:,} customers", partial(_mock, customers=_MANY, changes=_CHANGES))
BARE: Final = Server("bare ASGI application", _bare)
PRISM: Final = Server("Prism", _prism, peer=True)


def function_url(base_url: str) -> str:
    """Return the URL of RedeemPoints1 below a mock's base URL."""
    return f"{base_url}/v2023061/{SHOP}/RedeemPoints1"


def shop_file(bench: Bench, customers: int = _FEW, changes: int = 1) -> Path:
    """Return a fixture file of a shop; as `write_shop`."""
    file = bench.folder / f"shop-{customers}-{changes}.json"
    if not file.exists():
        write_shop(file, customers, changes)
    return file
