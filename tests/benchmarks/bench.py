"""What a run has at hand: a server, an environment without ballast, the contenders, and one core for all of them."""

import compileall
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.benchmarks import environment, server
from tests.benchmarks.answers import full_program
from tests.benchmarks.awake import Sleepless, awake
from tests.benchmarks.clients import Client
from tests.benchmarks.processes import Child, MissingError, worker
from tests.benchmarks.rounds import Tick, untold
from tests.benchmarks.served import POINTS

_CONTENDERS: Final = Path(__file__).parent / "contenders"
_START: Final = "import sys; sys.path.insert(0, sys.argv[1]); import {} as m; assert m.sync(sys.argv[2])() == {}"


@dataclass(frozen=True, slots=True)
class Bench:
    """The means.

    Attributes:
        url: The server.
        cores: The processor cores that there are.
        folder: Compiled contenders, and the large answer.
        python: The interpreter that has httpx and this project.
        peers: The interpreter that has other SDKs, where they are wanted.
        quick: Whether a rough figure will do.
        tick: Told how far a measurement is.
        sleepless: What keeps the cores awake.
    """

    url: str
    cores: frozenset[int]
    folder: Path
    python: Path
    peers: Path | None
    quick: bool
    tick: Tick
    sleepless: Sleepless

    @property
    def mock_python(self) -> Path:
        """The interpreter that has the mock and this project's client; made when it is first asked for."""
        return environment.create(self.folder.with_name("mock-environment"), environment.MOCK)

    @property
    def large_answer(self) -> Path:
        """A CustomerBalance3 answer with 200 offers and 20 tiers."""
        return self.folder / "large.json"

    def rounds(self, full: int) -> int:
        """Return how many rounds to make of those that a full run makes."""
        return max(3, full // 5) if self.quick else full

    def interpreter(self, contender: Client) -> Path:
        """Return what a contender runs in.

        Raises:
            MissingError: It is a peer, and they are not wanted.
        """
        if not contender.peer:
            return self.python
        if self.peers is None:
            raise MissingError("--peers measures it")
        return self.peers

    def start(self, contender: Client) -> list[str]:
        """Return the program that makes one call and ends."""
        code = _START.format(contender.module, POINTS)
        return [str(self.interpreter(contender)), "-c", code, str(self.folder), self.url]

    def worker(self, contender: Client, function: str, argument: str) -> AbstractContextManager[Child]:
        """Start a process that calls what a contender's function makes of an argument."""
        program = (self.interpreter(contender), self.folder / "worker.py")
        return worker(
            [*map(str, program), contender.module, function, argument], None if function == "token" else str(POINTS)
        )

    def present(self, contenders: Iterable[Client], function: str, argument: str) -> list[Client]:
        """Return those contenders that are installed and have a function."""
        return [one for one in contenders if not one.optional or self._is_there(one, function, argument)]

    def _is_there(self, contender: Client, function: str, argument: str) -> bool:
        try:
            with self.worker(contender, function, argument):
                return True
        except MissingError:
            return False


@contextmanager
def prepared(*, peers: Path | None = None, quick: bool = False, tick: Tick = untold) -> Iterator[Bench]:
    """Set everything up. This process and those it starts share one core; the server has another, where there is one.

    Args:
        peers: As in `Bench`.
        quick: As in `Bench`.
        tick: As in `Bench`.
    """
    cores = sorted(os.sched_getaffinity(0))
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as name,
        awake({cores[0], cores[-1]}) as sleepless,
        server.running(cores[-1]) as url,
        pinned({cores[0]}),
    ):
        folder = Path(name) / "contenders"
        with sleepless.dozing():  # nothing is measured yet
            shutil.copytree(_CONTENDERS, folder)
            compileall.compile_dir(folder, quiet=2)
            python = environment.create(Path(name) / "environment", environment.CLIENT)
        bench = Bench(url, frozenset(cores), folder, python, peers, quick, tick, sleepless)
        bench.large_answer.write_text(json.dumps(full_program()), encoding="utf-8")
        yield bench


@contextmanager
def pinned(cores: Iterable[int]) -> Iterator[None]:
    """Keep this process, and those that it starts meanwhile, on some processor cores."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
