"""Several processes that serve one socket, and the one that looks after them."""

import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from multiprocessing import connection, get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from threading import Thread
from typing import Final, NamedTuple

from bubblehouse_mock.serving.recipe import Recipe
from bubblehouse_mock.serving.server import Served, ServerError, run

_SPAWN: Final = get_context("spawn")  # a fork would share the database's connection, and locks that somebody holds
_PATIENCE: Final = 30.0  # seconds for a worker to start or to stop


class _Worker(NamedTuple):
    process: SpawnProcess
    line: Connection  # says when it is ready; its end tells the worker that nobody looks after it any more


def serve_with_workers(
    recipe: Recipe, served: Served, listener: socket.socket, workers: int, on_ready: Callable[[], None]
) -> None:
    """Serve a socket with several processes until this one is told to stop. A worker that dies is replaced.

    Args:
        recipe: How each makes its mock. They have to share a database.
        served: How it is served.
        listener: The socket.
        workers: How many processes, from 2 up.
        on_ready: Called once all accept connections.

    Raises:
        ServerError: A worker did not start.
    """
    crew = [_start(recipe, served, listener) for _ in range(workers)]
    try:
        for worker in crew:
            _await(worker)
        on_ready()
        while True:
            connection.wait([worker.process.sentinel for worker in crew])
            for index, worker in enumerate(crew):
                if not worker.process.is_alive():
                    worker.line.close()
                    crew[index] = _start(recipe, served, listener)
                    _await(crew[index])
    finally:
        _stop(crew)


def _start(recipe: Recipe, served: Served, listener: socket.socket) -> _Worker:
    ours, theirs = _SPAWN.Pipe()
    process = _SPAWN.Process(target=_work, args=(recipe, served, listener, theirs), name="bubblehouse-mock-worker")
    process.start()
    theirs.close()
    return _Worker(process, ours)


def _await(worker: _Worker) -> None:
    try:
        ready = worker.line.poll(_PATIENCE) and worker.line.recv()
    except EOFError:
        ready = False
    if not ready:
        raise ServerError("a worker did not start; what it said stands above")


def _stop(crew: Sequence[_Worker]) -> None:
    for worker in crew:
        worker.process.terminate()
    for worker in crew:
        worker.process.join(_PATIENCE)
        worker.process.kill()
        worker.line.close()


def _work(recipe: Recipe, served: Served, listener: socket.socket, line: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all processes; the one that looks after us tells us
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(0))
    Thread(target=_watch, args=(line,), daemon=True).start()
    mock = recipe.build()
    mock.base_url = served.base_url
    run(mock, served, listener, lambda: line.send("ready"))


def _watch(line: Connection) -> None:
    """Stop when the process that looks after this one has gone, however it went."""
    try:
        line.recv()
    except (EOFError, OSError):
        os.kill(os.getpid(), signal.SIGTERM)
