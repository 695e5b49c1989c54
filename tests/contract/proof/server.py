"""The mock as a process of its own, as its users run it."""

import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

_PATIENCE = 20.0  # seconds
_COMMAND = (sys.executable, "-m", "bubblehouse_mock", "--strict", "--port")


class ServerError(Exception):
    """The mock did not start; the message says what it said."""


@contextmanager
def mock_process(command: Sequence[str | Path] = (*_COMMAND, "0")) -> Iterator[str]:
    """Run the mock while the context lasts.

    Args:
        command: What starts it, and prints its base URL.

    Yields:
        Its base URL.

    Raises:
        ServerError: It didn't start.
    """
    pipe = subprocess.PIPE
    # A group of its own, as in `child`.
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, process_group=0) as process:
        # Whoever waits for a line waits for ever where none comes; a process that is killed closes its output.
        alarm = threading.Timer(_PATIENCE, process.kill)
        alarm.start()
        try:
            url = (process.stdout.readline() if process.stdout else "").strip()
            if not url:
                process.kill()
                said = process.stderr.read().strip() if process.stderr else ""
                raise ServerError(f"the mock did not start within {_PATIENCE:g} s: {said or 'it said nothing'}")
            alarm.cancel()
            # What nobody reads would fill the pipe and stop the server.
            threading.Thread(target=process.stderr.read if process.stderr else str, daemon=True).start()
            yield url
        finally:
            alarm.cancel()
            process.terminate()
            process.wait(timeout=_PATIENCE)


@contextmanager
def mock_at(port: int) -> Iterator[str]:
    """Run the mock at a port, or at any where that one is taken; otherwise as `mock_process`.

    Args:
        port: The port.
    """
    with ExitStack() as stack:
        try:
            url = stack.enter_context(mock_process((*_COMMAND, str(port))))
        except ServerError:
            url = stack.enter_context(mock_process())
        yield url
