"""Programs that the main job runs and waits for: they stop when it does."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.contract.proof.stopping import whole

_PATIENCE = 20.0  # seconds; a call that must not be broken off may take 15


def run(command: Sequence[str | Path], *, directory: Path, environment: Mapping[str, str] | None = None) -> int:
    """Run a program to its end; where the wait is broken off, end it.

    Args:
        command: The program and its arguments.
        directory: Where it runs.
        environment: Its environment; None for our own.

    Returns:
        Its exit status.
    """
    # In a group of its own, Ctrl-C on the terminal does not reach it: we end it, and it prints no traceback.
    process: subprocess.Popen[bytes] | None = None
    try:
        with whole():
            process = subprocess.Popen(
                command, cwd=directory, env=environment, stdin=subprocess.DEVNULL, process_group=0
            )
        return process.wait()
    finally:
        with whole():
            _end(process)


def _end(process: subprocess.Popen[bytes] | None) -> None:
    if process is None or process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(timeout=_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
