"""Prism as a process: it serves the contract that the generated client carries, at a free port of this computer."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.resources import files
from typing import Final, NamedTuple

from tests.independent import installation

# One process, which ends when it is told to, and nothing that makes it slow.
_OPTIONS: Final = ("--verboseLevel", "silent", "--no-cors", "--no-multiprocess")
_ENVIRONMENT: Final = {"NODE_ENV": "production"}
_CONTRACT: Final = str(files("bubblehouse_loyalty") / "openapi.json")
_PATIENCE: Final = 30.0  # seconds


class PrismError(Exception):
    """Prism doesn't start, or doesn't answer; the message says what it said, or at what."""


class Running(NamedTuple):
    """A Prism that accepts connections."""

    port: int
    process: int


@contextmanager
def running(command: str, *arguments: str) -> Iterator[Running]:
    """Run Prism while the context lasts.

    Args:
        command: `mock` or `proxy`.
        arguments: What the command is given after the contract.

    Raises:
        PrismError: It doesn't start.
        InstallationError: It can't be installed.
    """
    port = _free_port()
    program = (installation.NODE, installation.program("prism"))
    with subprocess.Popen(
        (*program, command, _CONTRACT, *arguments, "--port", str(port), *_OPTIONS),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=os.environ | _ENVIRONMENT,
    ) as process:
        try:
            _wait(process, port)
            yield Running(port, process.pid)
        finally:
            process.kill()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    """Wait until Prism accepts connections."""
    deadline = time.monotonic() + _PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)
    process.kill()
    raise PrismError(f"Prism did not start: {process.communicate()[0].decode(errors='replace')}")
