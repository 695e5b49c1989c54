"""Keeps processor cores from falling asleep while something is measured.

A core with nothing to do is put to sleep, and on a virtual machine it takes longer to wake up than a fast call takes:
whoever waits for an answer would be measured by that. Linux runs what has the policy `SCHED_IDLE` only where nobody
else wants the core.

usage: python -m tests.benchmarks.awake CORE
"""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.benchmarks.processes import child

_ROOT = Path(__file__).parents[2]


@contextmanager
def awake(cores: Iterable[int]) -> Iterator[None]:
    """Keep cores awake.

    Args:
        cores: Their numbers.
    """
    with ExitStack() as stack:
        for core in cores:
            stack.enter_context(child([sys.executable, "-m", __name__, str(core)], _ROOT)).line()
        yield


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
