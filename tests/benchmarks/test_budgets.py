"""What importing and calling may cost, as counts and as ratios to httpx in the same run.

The margins are wide: what fails here has got much worse, on a loaded machine too. `scripts/bench` measures exactly.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

import pytest
from tests.benchmarks.bench import Bench, prepared
from tests.benchmarks.clients import DEFAULT, FAST, JSON, REFERENCE, Client
from tests.benchmarks.mock_rows import first_answer
from tests.benchmarks.processes import run
from tests.benchmarks.rounds import interleaved

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the benchmarks need Linux")

_ROUNDS = 5


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with prepared() as made:
        yield made


def _modules(bench: Bench, code: str) -> set[str]:
    program = f"import sys; sys.path.insert(0, sys.argv[1]); {code}; print(*sys.modules)"
    command = [str(bench.python), "-c", program, str(bench.folder), bench.url]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


def _after_a_call(bench: Bench, contender: Client) -> set[str]:
    loaded = _modules(bench, f"import {contender.module} as m; m.sync(sys.argv[2])()")
    assert "bubblehouse_loyalty.models.customer_balance_result_3" in loaded
    return loaded


def _ratio(measures: Mapping[Client, Callable[[], float]], reference: Client = REFERENCE) -> float:
    """Compare the best of several rounds, in processor time: a disturbance only ever adds, and little to that."""
    taken = interleaved({one.name: measure for one, measure in measures.items()}, _ROUNDS)
    (ours,) = (one for one in measures if one is not reference)
    return min(taken[ours.name]) / min(taken[reference.name])


def _processor(program: Sequence[str]) -> float:
    return run(program).cpu


def _importing(bench: Bench, code: str) -> float:
    return _processor([str(bench.python), "-c", code])


def _starting(bench: Bench, contender: Client) -> float:
    return _processor(bench.start(contender))


def test_importing_the_package_loads_next_to_nothing(bench: Bench) -> None:
    loaded = _modules(bench, "import bubblehouse_loyalty") - _modules(bench, "pass")
    assert "bubblehouse_loyalty" in loaded
    assert len(loaded) <= 12
    heavy = {"asyncio", "collections", "email", "functools", "httpcore2", "json", "logging", "re", "ssl", "typing"}
    assert not heavy & loaded


def test_a_first_call_loads_little_beyond_what_carries_it(bench: Bench) -> None:
    loaded = _after_a_call(bench, DEFAULT)
    assert not {"bubblehouse_loyalty.errors", "asyncio", "attr", "httpx", "httpx2", "jwt"} & loaded
    assert len(loaded - _modules(bench, "import httpcore2")) <= 80


def test_a_first_call_on_the_fast_transport_loads_no_other_wire(bench: Bench) -> None:
    loaded = _after_a_call(bench, FAST)
    assert not {"asyncio", "dataclasses", "email", "httpcore2", "inspect", "ssl", "urllib.request"} & loaded
    assert len(loaded) <= 195


def test_importing_costs_a_fraction_of_httpx(bench: Bench) -> None:
    programs = {"pass": "pass", "ours": f"import {DEFAULT.imports}", "httpx": f"import {REFERENCE.imports}"}
    taken = interleaved({name: partial(_importing, bench, code) for name, code in programs.items()}, _ROUNDS)
    nothing, ours, httpx = (min(taken[name]) for name in programs)
    assert (ours - nothing) / (httpx - nothing) <= 0.15


@pytest.mark.parametrize(("ours", "limit"), [(DEFAULT, 1.25), (FAST, 0.8)])
def test_the_first_answer_is_not_far_behind_raw_httpx(bench: Bench, ours: Client, limit: float) -> None:
    assert _ratio({one: partial(_starting, bench, one) for one in (ours, REFERENCE)}) <= limit


def test_a_mock_in_process_answers_soon(bench: Bench) -> None:
    programs = {"mock": first_answer(bench, "transport"), "httpx": bench.start(REFERENCE)}
    taken = interleaved({name: partial(_processor, program) for name, program in programs.items()}, _ROUNDS)
    assert min(taken["mock"]) / min(taken["httpx"]) <= 2


@pytest.mark.parametrize(("ours", "limit"), [(DEFAULT, 1.1), (FAST, 0.8)])
def test_a_typed_call_costs_no_more_than_a_raw_one(bench: Bench, ours: Client, limit: float) -> None:
    with bench.worker(ours, "sync", bench.url) as typed, bench.worker(REFERENCE, "sync", bench.url) as raw:
        calls = {ours: partial(typed.ask, "busy calls 30"), REFERENCE: partial(raw.ask, "busy calls 30")}
        assert _ratio(calls) <= limit


def test_tasks_are_not_slower_than_raw_ones(bench: Bench) -> None:
    with (
        bench.worker(DEFAULT, "asynchronous", bench.url) as ours,
        bench.worker(REFERENCE, "asynchronous", bench.url) as httpx,
    ):
        calls = {DEFAULT: partial(ours.ask, "busy tasks 20 60"), REFERENCE: partial(httpx.ask, "busy tasks 20 60")}
        assert _ratio(calls) <= 0.6


def test_decoding_a_large_answer_costs_a_few_times_its_json(bench: Bench) -> None:
    large = str(bench.large_answer)
    with bench.worker(DEFAULT, "decode", large) as ours, bench.worker(JSON, "decode", large) as plain:
        calls = {DEFAULT: partial(ours.ask, "busy calls 3"), JSON: partial(plain.ask, "busy calls 3")}
        assert _ratio(calls, JSON) <= 5


def test_memory_stays_near_httpx_and_does_not_grow_with_calls(bench: Bench) -> None:
    with bench.worker(DEFAULT, "sync", bench.url) as ours, bench.worker(REFERENCE, "sync", bench.url) as httpx:
        assert ours.ask("memory") <= 1.3 * httpx.ask("memory")
        ours.ask("calls 500")
        before = ours.ask("memory")
        ours.ask("calls 1500")
        assert ours.ask("memory") - before <= 1500 * 100  # one object that is kept per call is more


def test_a_token_from_the_cache_costs_next_to_nothing(bench: Bench) -> None:
    with bench.worker(DEFAULT, "token", "demo-shop") as ours:
        assert min(ours.ask("busy calls 10000") for _ in range(_ROUNDS)) / 10000 <= 10e-6
