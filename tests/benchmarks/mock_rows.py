"""What is measured of the mock, how, and what it should come to."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Final

from tests.benchmarks.bench import Bench, pinned
from tests.benchmarks.contender import Contender
from tests.benchmarks.figures import Figure, compared
from tests.benchmarks.mocks import BARE, DURABLE, LARGE, MEMORY, PRISM, Server, function_url, shop_file
from tests.benchmarks.processes import Child, child, run, worker
from tests.benchmarks.redeem import Target
from tests.benchmarks.rounds import interleaved
from tests.benchmarks.row import Figures, Goal, Row, Section
from tests.benchmarks.wrk import Load, load

_SCRIPT: Final = Path(__file__).parents[2] / "scripts" / "mock"
_FIRST: Final = "import sys; sys.path.insert(0, sys.argv[1]); import with_mock as m; assert m.{}('')() == 100"
_CALLS: Final = 2000

COMMAND: Final = Contender("scripts/mock")
TRANSPORT: Final = Contender("its transport")
WITH_CLIENT: Final = Contender("a client with its transport")
CORE: Final = Contender("in process")
DURABLE_CORE: Final = Contender("in process, db")


def _rates(bench: Bench, contenders: Sequence[Server], reference: Server) -> Figures:
    return _loads(bench, contenders, reference, lambda result: result.rate)


def _tails(bench: Bench) -> Figures:
    return _loads(bench, (MEMORY, LARGE), MEMORY, lambda result: result.p99)


def _loads(bench: Bench, contenders: Sequence[Server], reference: Server, figure: Callable[[Load], float]) -> Figures:
    def measure(target: Target) -> float:
        return figure(load(target))

    with _running(bench, contenders) as targets, bench.sleepless.dozing(), pinned({max(bench.cores)}):
        measures = {name: partial(measure, target) for name, target in targets.items()}
        return compared(interleaved(measures, bench.rounds(15), bench.tick), reference.name)


def _memory(bench: Bench) -> Figures:
    with _running(bench, (MEMORY, LARGE)) as targets:
        return {name: Figure.of([_resident(target.process) / 2**30]) for name, target in targets.items()}


def _resident(process: int) -> int:
    pages = Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def _running(bench: Bench, servers: Sequence[Server]) -> Iterator[dict[str, Target]]:
    """Run servers on one core. Who calls them has another, where there is one."""
    with pinned({min(bench.cores)}), ExitStack() as stack:
        targets = {one.name: stack.enter_context(one.running(bench)) for one in servers}
        for target in targets.values():
            target.check()
        yield targets


def _starts(bench: Bench) -> Figures:
    # Without this, what is compiled is kept, as where it isn't set.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def measure() -> float:
        begin = time.perf_counter()
        with child((str(_SCRIPT), "--port", "0"), environment=environment) as process:
            Target(function_url(process.line()), 1, process.id).check()
            return time.perf_counter() - begin

    with pinned(bench.cores):
        return _summed(interleaved({COMMAND.name: measure}, bench.rounds(15), bench.tick))


def first_answer(bench: Bench, function: str) -> tuple[str, ...]:
    """Return the program that makes a mock, makes one call of it by a function of `with_mock`, and ends."""
    return str(bench.mock_python), "-c", _FIRST.format(function), str(bench.folder)


def _first_answers(bench: Bench) -> Figures:
    def measure(function: str) -> float:
        return run(first_answer(bench, function)).wall

    functions = {TRANSPORT: "transport", WITH_CLIENT: "client"}
    measures = {one.name: partial(measure, function) for one, function in functions.items()}
    return _summed(interleaved(measures, bench.rounds(25), bench.tick))


def _core(bench: Bench) -> Figures:
    def measure(started: Child) -> float:
        return _CALLS / started.ask(f"calls {_CALLS}")

    program, fixture = (str(bench.mock_python), str(bench.folder / "worker.py"), "with_mock"), str(shop_file(bench))
    with ExitStack() as stack:
        measures = {
            one.name: partial(measure, stack.enter_context(worker((*program, function, fixture), "200")))
            for one, function in ((CORE, "core"), (DURABLE_CORE, "durable"))
        }
        return _summed(interleaved(measures, bench.rounds(25), bench.tick))


def _summed(taken: dict[str, list[float]]) -> Figures:
    return {name: Figure.of(values) for name, values in taken.items()}


_ROWS: Final = (
    Row(
        "mock-prism",
        "redeems a second, one worker ÷ Prism",
        {MEMORY: Goal(5, at_least=True)},
        partial(_rates, contenders=(PRISM, MEMORY), reference=PRISM),
    ),
    Row(
        "mock-asgi",
        "redeems a second ÷ a bare ASGI application",
        {MEMORY: Goal(0.5, at_least=True)},
        partial(_rates, contenders=(BARE, MEMORY), reference=BARE),
    ),
    Row(
        "mock-db",
        "redeems a second, durable ÷ in memory",
        {DURABLE: Goal(0.3, at_least=True)},
        partial(_rates, contenders=(MEMORY, DURABLE), reference=MEMORY),
    ),
    Row("mock-start", "process start to first answer over HTTP", {COMMAND: Goal(1)}, _starts, "s"),
    Row("mock-import", "process start to first answer in process", {TRANSPORT: Goal(0.2)}, _first_answers, "s"),
    Row("mock-core", "redeems a second through the core", {CORE: Goal(10_000, at_least=True)}, _core, "/s"),
    Row("mock-memory", "memory with 1,000,000 ledger entries", {LARGE: Goal(1)}, _memory, "GiB"),
    Row("mock-p99", "99th percentile of a redeem ÷ that of an empty shop", {LARGE: Goal(1.2)}, _tails),
)

MOCK: Final = Section("mock", "how", _ROWS)
