"""Judges in processes of their own: everything is imported once, and each judgement gets a copy of that."""

import os
import pickle
import select
import signal
import time
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeAlias

from tests.mutants.layers import Layer
from tests.mutants.mutant import Mutant
from tests.mutants.runner.judging import judge
from tests.mutants.runner.verdict import Verdict

PATIENCE: Final = 120.0
"""Seconds after which a judgement that isn't there won't come."""


class Job(NamedTuple):
    """One judgement to make; its parts are the arguments of `judge`."""

    layer: Layer
    seed: int
    mutant: Mutant | None = None
    only: tuple[str, ...] = ()


Chain: TypeAlias = Generator[Job, Verdict, None]
"""Yields one job after the other, and is sent the verdict of each."""


@dataclass(slots=True)
class _Running:
    """A process that is judging."""

    chain: Chain
    pid: int
    pipe: int
    started: float
    received: bytearray = field(default_factory=bytearray)


def drive(
    chains: Iterable[Chain], *, processes: int, patience: float = PATIENCE, judging: Callable[..., Verdict] = judge
) -> None:
    """Carry chains of judgements to their ends, several at a time.

    Args:
        chains: The chains.
        processes: How many judgements are made at a time.
        patience: As `PATIENCE`.
        judging: Makes a judgement.
    """
    waiting = iter(chains)
    running: dict[int, _Running] = {}
    try:
        _fill(running, waiting, processes, judging)
        while running:
            ready, _, _ = select.select(list(running), [], [], 0.2)
            for pipe in [*ready, *_late(running, patience, ready)]:
                done = running[pipe]
                content = os.read(pipe, 1 << 16) if pipe in ready else b""
                done.received += content
                if content:
                    continue
                del running[pipe]
                _continue(running, done.chain, _verdict(done), judging)
                _fill(running, waiting, processes, judging)
    finally:
        for left in running.values():
            _end(left)


def _fill(
    running: dict[int, _Running], waiting: Iterable[Chain], processes: int, judging: Callable[..., Verdict]
) -> None:
    while len(running) < processes:
        chain = next(iter(waiting), None)
        if chain is None:
            return
        _continue(running, chain, None, judging)


def _continue(
    running: dict[int, _Running], chain: Chain, verdict: Verdict | None, judging: Callable[..., Verdict]
) -> None:
    try:
        job = next(chain) if verdict is None else chain.send(verdict)
    except StopIteration:
        return
    begun = _fork(chain, job, judging)
    running[begun.pipe] = begun


def _fork(chain: Chain, job: Job, judging: Callable[..., Verdict]) -> _Running:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return _Running(chain, pid, reading, time.monotonic())
    try:
        os.close(reading)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nowhere, descriptor)
        verdict = judging(*job)
        with os.fdopen(writing, "wb") as pipe:
            pickle.dump(tuple(verdict), pipe)
    finally:
        os._exit(0)  # whatever was raised: nothing of the parent's is to be done twice


def _late(running: dict[int, _Running], patience: float, ready: list[int]) -> list[int]:
    now = time.monotonic()
    return [pipe for pipe, it in running.items() if pipe not in ready and now - it.started > patience]


def _verdict(done: _Running) -> Verdict:
    """Return what a process said before it ended; of one that said nothing, that it didn't."""
    seconds = time.monotonic() - done.started
    _end(done)
    try:
        return Verdict(*pickle.loads(bytes(done.received)))  # noqa: S301 - from a process of our own
    except (EOFError, pickle.UnpicklingError):
        return Verdict("broken", seconds, reason=f"the process ended, or was ended, after {seconds:.0f} s")


def _end(process: _Running) -> None:
    os.close(process.pipe)
    ended, _ = os.waitpid(process.pid, os.WNOHANG)
    if not ended:
        os.kill(process.pid, signal.SIGKILL)
        os.waitpid(process.pid, 0)
