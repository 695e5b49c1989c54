"""Looks for texts in everything that an exception and its log records can show to anybody."""

import logging
import pickle
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import bubblehouse
import bubblehouse_loyalty
from bubblehouse_loyalty import errors

_OURS = (str(Path(bubblehouse.__file__).parent), str(Path(bubblehouse_loyalty.__file__).parent))


class Records(logging.Handler):
    """Keeps every record, of every logger."""

    def __init__(self) -> None:
        super().__init__(level=0)
        self.kept: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.kept.append(record)

    def texts(self) -> Iterator[tuple[str, str]]:
        """Yield what records say, and everything in them."""
        for record in self.kept:
            yield f"log of {record.name}", record.getMessage()
            yield f"record of {record.name}", repr(vars(record))


@contextmanager
def everything_logged(level: int) -> Iterator[Records]:
    """Log all that is at least of a level, whoever says it."""
    records = Records()
    loggers = [logging.getLogger(), *(logging.getLogger(name) for name in [*logging.root.manager.loggerDict])]
    before = [(logger, logger.level, logger.propagate) for logger in loggers]
    logging.getLogger().addHandler(records)
    for logger in loggers:
        logger.setLevel(level)
        logger.propagate = True
    try:
        yield records
    finally:
        logging.getLogger().removeHandler(records)
        for logger, old, propagate in before:
            logger.setLevel(old)
            logger.propagate = propagate


def chain(error: BaseException) -> list[BaseException]:
    """Return an exception with all that led to it, suppressed or not."""
    found: list[BaseException] = []
    waiting = [error]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.append(one)
            reason = getattr(one, "reason", None)
            linked = (one.__cause__, one.__context__, reason, *getattr(one, "exceptions", ()))
            waiting += [it for it in linked if isinstance(it, BaseException)]
    return found


def shown(error: BaseException) -> Iterator[tuple[str, str]]:
    """Yield everything that people and tools print of an exception, with where it stands."""
    for one in chain(error):
        kind = type(one).__name__
        yield f"str of {kind}", str(one)
        yield f"repr of {kind}", repr(one)
        yield f"args of {kind}", repr(one.args)
        yield f"notes of {kind}", repr(getattr(one, "__notes__", ()))
        for name, value in vars(one).items():
            yield f"{kind}.{name}", f"{value!r} {value!s}"
            if type(value).__module__.startswith("bubblehouse"):
                yield f"vars of {kind}.{name}", repr(getattr(value, "__dict__", ""))
        yield f"traceback of {kind}", "".join(traceback.TracebackException.from_exception(one).format())


def frames(error: BaseException) -> Iterator[tuple[str, str]]:
    """Yield the local variables of every frame of ours, as error reporters collect them."""
    for one in chain(error):
        for frame in traceback.TracebackException.from_exception(one, capture_locals=True).stack:
            if frame.filename.startswith(_OURS):
                place = f"{frame.filename.rpartition('/')[2]}:{frame.name}"
                for name, value in (frame.locals or {}).items():
                    yield f"{place} {name}", value


def pickled(error: BaseException) -> Iterator[tuple[str, str]]:
    """Yield what an error of ours is as bytes."""
    for one in chain(error):
        if isinstance(one, errors.BubblehouseError):
            for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
                yield f"pickle of {type(one).__name__}", pickle.dumps(one, protocol).decode("latin-1")


def found(texts: Iterator[tuple[str, str]], wanted: Mapping[str, str]) -> set[str]:
    """Return where texts that nobody may see stand."""
    return {f"{name} in {where}" for where, text in texts for name, value in wanted.items() if value in text}
