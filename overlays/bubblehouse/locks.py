"""A lock that survives a fork."""

import os
import threading


class ForkSafeLock:
    """A lock for threads, one for each process.

    What another thread held when the process was forked is held for ever in the child, where that thread doesn't exist.
    """

    __slots__ = ("_locks",)

    def __init__(self) -> None:
        self._locks: dict[int, threading.Lock] = {}

    def __enter__(self) -> None:
        self._locks.setdefault(os.getpid(), threading.Lock()).acquire()

    def __exit__(self, *_: object) -> None:
        self._locks[os.getpid()].release()
