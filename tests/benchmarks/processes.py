"""The processes that are measured: programs from their start to their end, and workers that call on request."""

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO


class ProgramError(Exception):
    """A program that is measured failed, or answered something else than it should."""


class MissingError(Exception):
    """What is to be measured isn't installed."""


@dataclass(frozen=True, slots=True)
class Run:
    """One process, from start to end.

    Attributes:
        wall: Seconds on the clock.
        cpu: Seconds of a processor, which depend less on what else the machine does.
    """

    wall: float
    cpu: float


def run(command: Sequence[str]) -> Run:
    """Run a program to its end. What it prints is not shown, unless it fails.

    Args:
        command: The program's path, and its arguments.

    Raises:
        ProgramError: It failed.
    """
    quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    begin = time.perf_counter()
    process = os.posix_spawn(command[0], tuple(command), os.environ, file_actions=quiet, setpgroup=0)
    try:
        _, status, used = os.wait4(process, 0)
    except BaseException:  # Ctrl-C, which doesn't reach a process group of its own
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        raise
    wall = time.perf_counter() - begin
    if status != 0:
        again = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        raise ProgramError(f"failed: {' '.join(command)}\n{again.stdout.strip()}")
    return Run(wall, used.ru_utime + used.ru_stime)


class Child:
    """A process that is talked to, line by line."""

    def __init__(self, process: "subprocess.Popen[str]", complaints: IO[str]) -> None:
        self._process = process
        self._complaints = complaints
        self.id = process.pid

    def ask(self, request: str) -> float:
        """Send a request, and return the number that answers it.

        Raises:
            ProgramError: It ended instead.
        """
        assert self._process.stdin is not None
        self._process.stdin.write(f"{request}\n")
        self._process.stdin.flush()
        return float(self.line())

    def line(self) -> str:
        """Return what it prints next.

        Raises:
            ProgramError: It ended instead.
        """
        assert self._process.stdout is not None
        text = self._process.stdout.readline().strip()
        if not text:
            self._complaints.seek(0)
            raise ProgramError(f"ended too early: {self._process.args!r}\n{self._complaints.read().strip()}")
        return text


@contextmanager
def child(
    command: Sequence[str], directory: Path | None = None, environment: Mapping[str, str] | None = None
) -> Iterator[Child]:
    """Start a process, and end it and its own afterwards. What it complains of is not shown, unless it ends by itself.

    Args:
        command: What starts it.
        directory: Where it runs; where we do, unless given.
        environment: Its environment variables; ours, unless given.
    """
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as complaints,
        subprocess.Popen(
            command,
            cwd=directory,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
            process_group=0,
        ) as process,
    ):
        try:
            yield Child(process, complaints)
        finally:
            os.killpg(process.pid, signal.SIGKILL)


@contextmanager
def worker(command: Sequence[str], expected: str | None) -> Iterator[Child]:
    """Start a worker, which has made its first call when it is yielded; see `contenders/worker.py`.

    Args:
        command: What starts it.
        expected: What the first call must have answered; None where that can't be known.

    Raises:
        MissingError: What it calls isn't installed.
        ProgramError: It failed, or the first answer was another.
    """
    with child(command) as started:
        first = started.line()
        if first.startswith("missing "):
            raise MissingError(first.removeprefix("missing "))
        if expected not in {None, first}:
            raise ProgramError(f"answered {first} in place of {expected}: {command}")
        yield started
