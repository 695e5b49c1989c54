"""Keeps processor cores from falling asleep while something is measured.

A core with nothing to do is put to sleep, and on a virtual machine it takes longer to wake up than a fast call takes:
whoever waits for an answer would be measured by that. Linux runs what has the policy `SCHED_IDLE` only where nobody
else wants the core.

usage: python -m tests.benchmarks.awake CORE
"""

import os
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.benchmarks.processes import child

_ROOT = Path(__file__).parents[2]


class Sleepless:
    """The processes that keep cores awake.

    Args:
        processes: Their ids.
    """

    def __init__(self, processes: Iterable[int]) -> None:
        self._processes = tuple(processes)

    @contextmanager
    def dozing(self) -> Iterator[None]:
        """Let the cores sleep while the context lasts.

        Under load none of them does. And Linux does not move what runs from a core that is shared to one that is taken,
        be it by somebody who wants it least.
        """
        self._signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        for process in self._processes:
            os.kill(process, number)


@contextmanager
def awake(cores: Iterable[int]) -> Iterator[Sleepless]:
    """Keep cores awake while the context lasts.

    Args:
        cores: Their numbers.

    Yields:
        What does it.
    """
    with ExitStack() as stack:
        command = [sys.executable, "-m", __name__]
        children = [stack.enter_context(child([*command, str(core)], _ROOT)) for core in cores]
        for it in children:
            it.line()
        yield Sleepless(it.id for it in children)


def _spin(core: int) -> None:
    os.sched_setaffinity(0, {core})
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    parent = os.getppid()
    sys.stdout.write("awake\n")
    sys.stdout.flush()
    while os.getppid() == parent:  # nobody is to spin on for somebody who was killed
        for _ in range(1_000_000):
            pass


if __name__ == "__main__":
    _spin(int(sys.argv[1]))
