"""Hands judgements to the judges of the layers, several at a time."""

import json
import os
import select
import signal
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple, TypeAlias

from tests.mutants.layers import Layer
from tests.mutants.runner import judging
from tests.mutants.runner.verdict import PATIENCE, Job, Verdict

_DAY: Final = 86_400.0  # seconds; who judges keeps the time


class Wanted(NamedTuple):
    """One judgement that is wanted; the rest as `Job`."""

    layer: Layer
    seed: int
    mutant: str = ""
    only: tuple[str, ...] = ()
    patience: float = PATIENCE


Chain: TypeAlias = Generator[Wanted, Verdict, None]
"""Yields one judgement that is wanted after the other, and is sent the verdict of each."""


class _Judge(NamedTuple):
    """A process that judges by one layer."""

    pid: int
    jobs: int
    verdicts: int


class Pool:
    """Judges of layers, each made when it is first asked.

    Args:
        processes: How many judgements are made at a time.
    """

    def __init__(self, processes: int) -> None:
        self._processes = processes
        self._judges: dict[str, _Judge] = {}
        self._running: dict[int, Chain] = {}
        self._number = 0

    def drive(self, chains: Iterable[Chain]) -> None:
        """Carry chains of judgements to their ends."""
        waiting = iter(chains)
        self._fill(waiting)
        while self._running:
            ready, _, _ = select.select([judge.verdicts for judge in self._judges.values()], [], [], _DAY)
            for pipe in ready:
                for line in _lines(pipe):
                    number, *said = json.loads(line)
                    self._continue(self._running.pop(number), Verdict(*said))
            self._fill(waiting)

    def _fill(self, waiting: Iterator[Chain]) -> None:
        while len(self._running) < self._processes:
            chain = next(waiting, None)
            if chain is None:
                return
            self._continue(chain, None)

    def _continue(self, chain: Chain, verdict: Verdict | None) -> None:
        try:
            wanted = next(chain) if verdict is None else chain.send(verdict)
        except StopIteration:
            return
        self._number += 1
        layer, seed, mutant, only, patience = wanted
        self._running[self._number] = chain
        if layer.name not in self._judges:
            self._judges[layer.name] = self._begin(layer)
        os.write(
            self._judges[layer.name].jobs, json.dumps(Job(self._number, seed, mutant, only, patience)).encode() + b"\n"
        )

    def _begin(self, layer: Layer) -> _Judge:
        jobs, give = os.pipe()
        take, verdicts = os.pipe()
        pid = os.fork()
        if pid:
            os.close(jobs)
            os.close(verdicts)
            return _Judge(pid, give, take)
        try:
            os.setpgid(0, 0)  # so that it ends with all that it has begun
            for judge in self._judges.values():
                os.close(judge.jobs)  # or it would never see the end of its own
            os.close(give)
            os.close(take)
            nowhere = os.open(os.devnull, os.O_RDWR)
            for descriptor in (0, 1, 2):
                os.dup2(nowhere, descriptor)
            with os.fdopen(jobs, "rb", buffering=0) as lines:
                judging.wait(layer, lines, verdicts)
        finally:
            os._exit(0)

    def end(self) -> None:
        """End all judges."""
        for judge in self._judges.values():
            os.close(judge.jobs)
            try:
                os.killpg(judge.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                os.kill(judge.pid, signal.SIGKILL)
            os.waitpid(judge.pid, 0)
            os.close(judge.verdicts)
        self._judges.clear()


@contextmanager
def pool(processes: int) -> Iterator[Pool]:
    """Have judges, and end them."""
    opened = Pool(processes)
    try:
        yield opened
    finally:
        opened.end()


def _lines(pipe: int) -> Iterator[bytes]:
    content = os.read(pipe, 1 << 16)
    if not content:
        raise RuntimeError("a judge ended by itself")
    while not content.endswith(b"\n"):
        content += os.read(pipe, 1 << 16)
    yield from content.splitlines()
