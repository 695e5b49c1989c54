"""What is measured of the client, how, and what it should come to."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Final

from tests.benchmarks.bench import Bench
from tests.benchmarks.clients import DEFAULT, FAST, HTTPX2, JSON, REFERENCE, SOCKET, UNVERIFIED, Client
from tests.benchmarks.figures import Figure, compared, ratios
from tests.benchmarks.peers import DECODERS, PEERS
from tests.benchmarks.processes import Child, run
from tests.benchmarks.rounds import interleaved
from tests.benchmarks.row import Figures, Goal, Row, Section


def _imports(bench: Bench) -> Figures:
    importing = [one for one in (REFERENCE, DEFAULT, HTTPX2, *_peers(bench)) if one.imports]
    programs = {one.name: [str(bench.interpreter(one)), "-c", f"import {one.imports}"] for one in importing}
    programs["pass"] = [str(bench.python), "-c", "pass"]
    taken = interleaved({name: partial(_seconds, one) for name, one in programs.items()}, bench.rounds(25), bench.tick)
    base = taken.pop("pass")
    return {name: ratios(values, taken[REFERENCE.name], base) for name, values in taken.items()}


def _starts(bench: Bench) -> Figures:
    callers = bench.present((REFERENCE, DEFAULT, FAST, HTTPX2, UNVERIFIED, *_peers(bench)), "sync", bench.url)
    measures = {one.name: partial(_seconds, bench.start(one)) for one in callers}
    return compared(interleaved(measures, bench.rounds(25), bench.tick), REFERENCE.name)


def _seconds(command: Sequence[str]) -> float:
    return run(command).wall


def _calls(bench: Bench) -> Figures:
    contenders = (REFERENCE, DEFAULT, FAST, HTTPX2, SOCKET, *_peers(bench))
    with _workers(bench, contenders, "sync", bench.url) as workers:
        measures = {name: partial(one.ask, "calls 50") for name, one in workers.items()}
        return compared(interleaved(measures, bench.rounds(80), bench.tick), REFERENCE.name)


def _throughput(bench: Bench, *, tasks: int) -> Figures:
    contenders = (REFERENCE, DEFAULT, FAST, HTTPX2, SOCKET, *_peers(bench))
    with _workers(bench, contenders, "asynchronous", bench.url) as workers:
        measures = {name: partial(one.ask, f"tasks {tasks} {tasks * 5}") for name, one in workers.items()}
        taken = interleaved(measures, bench.rounds(15), bench.tick)
    # Twice as fast is half the time.
    return {name: ratios(taken[REFERENCE.name], values) for name, values in taken.items()}


def _decoding(bench: Bench) -> Figures:
    contenders = (JSON, DEFAULT, *(DECODERS if bench.peers else ()))
    with _workers(bench, contenders, "decode", str(bench.large_answer)) as workers:
        measures = {name: partial(one.ask, "calls 5") for name, one in workers.items()}
        return compared(interleaved(measures, bench.rounds(40), bench.tick), JSON.name)


def _memory(bench: Bench) -> Figures:
    def measure(contender: Client) -> float:
        with bench.worker(contender, "sync", bench.url) as started:
            return started.ask("memory")

    callers = bench.present((REFERENCE, DEFAULT, FAST, HTTPX2, *_peers(bench)), "sync", bench.url)
    return compared(
        interleaved({one.name: partial(measure, one) for one in callers}, bench.rounds(15), bench.tick), REFERENCE.name
    )


def _growth(bench: Bench) -> Figures:
    portion, portions = 1000, 100
    with _workers(bench, (DEFAULT, FAST), "sync", bench.url) as workers:
        before = {}
        for name, one in workers.items():
            one.ask(f"calls {2 * portion}")  # until caches and the allocator have what they want
            before[name] = one.ask("memory")
        interleaved({name: partial(one.ask, f"calls {portion}") for name, one in workers.items()}, portions, bench.tick)
        grown = {name: one.ask("memory") - before[name] for name, one in workers.items()}
    return {name: Figure.of([more / (portion * portions)]) for name, more in grown.items()}


def _types(bench: Bench) -> Figures:
    commands = {}
    for one in (REFERENCE, DEFAULT, *_peers(bench)):
        if one.script:
            file = bench.folder / f"typed_{one.module}.py"
            file.write_text(one.script, encoding="utf-8")
            command = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "--config-file=", str(file)]
            commands[one.name] = [*command, "--python-executable", str(bench.interpreter(one))]
    measures = {name: partial(_seconds, command) for name, command in commands.items()}
    return compared(interleaved(measures, bench.rounds(3), bench.tick), REFERENCE.name)


def _token(bench: Bench) -> Figures:
    count = 100_000
    with bench.worker(DEFAULT, "token", "demo-shop") as started:
        taken = interleaved({DEFAULT.name: partial(started.ask, f"calls {count}")}, bench.rounds(15), bench.tick)
    return {DEFAULT.name: Figure.of([seconds / count * 1e6 for seconds in taken[DEFAULT.name]])}


def _peers(bench: Bench) -> tuple[Client, ...]:
    return PEERS if bench.peers else ()


@contextmanager
def _workers(bench: Bench, contenders: Sequence[Client], function: str, argument: str) -> Iterator[dict[str, Child]]:
    with ExitStack() as stack:
        yield {
            one.name: stack.enter_context(bench.worker(one, function, argument))
            for one in bench.present(contenders, function, argument)
        }


_ROWS: Final = (
    Row("import", "import ÷ `import httpx`, net of an empty program", {DEFAULT: Goal(0.15)}, _imports),
    Row("start", "process start to first typed answer ÷ raw httpx", {DEFAULT: Goal(1.0), FAST: Goal(0.6)}, _starts),
    Row("call", "typed POST ÷ `httpx.Client.post().json()`", {DEFAULT: Goal(0.75), FAST: Goal(0.45)}, _calls),
    *(
        Row(
            f"async-{tasks}",
            f"calls a second, {tasks} in flight ÷ raw `httpx.AsyncClient`",
            {DEFAULT: Goal(2, at_least=True), FAST: Goal(12, at_least=True)},
            partial(_throughput, tasks=tasks),
        )
        for tasks in (20, 100)
    ),
    Row("decode", "decode a balance of 200 offers, 20 tiers ÷ `json.loads`", {DEFAULT: Goal(4)}, _decoding),
    Row("memory", "memory after the first call ÷ raw httpx", {DEFAULT: Goal(1.15), FAST: Goal(1.15)}, _memory),
    # Less than a pointer a call: nothing that is kept can be as small.
    Row("growth", "memory growth over 100,000 calls", {DEFAULT: Goal(8), FAST: Goal(8)}, _growth, "B/call"),
    Row("types", "`mypy --strict` of three lines ÷ the same with httpx", {DEFAULT: Goal(1.3)}, _types),
    Row("token", "a token that is in the cache", {DEFAULT: Goal(2)}, _token, "µs"),
)

CLIENT: Final = Section("client", "transport", _ROWS)
