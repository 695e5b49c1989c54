"""How the main job is ended: at once, but not in the middle of what must be whole."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _State:
    """Whether a stop has to wait, and whether one does."""

    held = 0
    waiting = False


def _stop(_number: int, _frame: FrameType | None) -> None:
    if not _State.held:
        raise KeyboardInterrupt
    _State.waiting = True


@contextmanager
def stoppable() -> Iterator[None]:
    """Let whoever ends this process break off what is done, so that its children end, too."""
    before = {number: signal.signal(number, _stop) for number in _STOPPING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def whole() -> Iterator[None]:
    """Let what is done be done to its end, and stop only then.

    Raises:
        KeyboardInterrupt: Somebody wanted to end the process meanwhile.
    """
    _State.held += 1
    try:
        yield
    finally:
        _State.held -= 1
        if _State.waiting and not _State.held:
            _State.waiting = False
            raise KeyboardInterrupt
