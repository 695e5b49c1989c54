"""What every call of a run goes through: rules for strangers first, and then whoever writes it down."""

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.contract.proof.contract import Contract
from tests.contract.proof.target import Target
from tests.contract.proof.watch.exchange import Exchange
from tests.contract.proof.watch.guard import Guard
from tests.contract.proof.watch.owed import Owed
from tests.contract.proof.watch.secrets import hide_token
from tests.contract.proof.watch.tap import RefusedError

_ENDING = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}

Witness = Callable[[Exchange], None]
"""Is told of each call that was answered, or was to be."""


class Line:
    """Goes round each call, as `tapped` asks for it.

    Args:
        target: The server.
        contract: Tells which functions read.
        owed: The file of what is owed.
        witnesses: Who is told of each call.
    """

    def __init__(self, target: Target, contract: Contract, owed: Path, witnesses: Sequence[Witness]) -> None:
        self._kinds = {operation.function: operation.kind for operation in contract.operations.values()}
        self._writes = target.writes
        self._witnesses = witnesses
        self._guard: Guard | None = None
        self._owed: Owed | None = None
        if target.control is None:
            limits = contract.document["x-bubblehouse-rate-limits"]
            daily = {kind: limits[kind]["per_day"]["customer"] for kind in limits}
            self._guard = Guard(target.pace, daily, self._kind_of)
            self._owed = Owed(owed, target.base_url, target.shop, target.customers[0].shopid)

    @property
    def given_up(self) -> str:
        """Why no more calls are sent; empty where they are."""
        return self._guard.reason if self._guard is not None else ""

    def _kind_of(self, function: str) -> str:
        # What nobody knows may change something.
        return self._kinds.get(function, "write")

    @contextmanager
    def __call__(self, exchange: Exchange) -> Iterator[None]:
        hide_token(exchange.token)
        if self._guard is None or self._owed is None:
            with self._told(exchange):
                yield
            return
        self._guard.admit(exchange)
        if self._kind_of(exchange.function) == "read":
            with self._told(exchange):
                yield
            return
        if not self._writes:
            raise RefusedError(f"{exchange.function} may change something, and that is not allowed")
        # Whoever ends the run has to wait for the answer: only it tells how to undo what was done.
        with _uninterrupted():
            self._owed.admit(exchange)
            with self._told(exchange):
                yield
            self._owed.note(exchange)

    @contextmanager
    def _told(self, exchange: Exchange) -> Iterator[None]:
        try:
            yield
        finally:
            if self._guard is not None:
                self._guard.note(exchange)
            for witness in self._witnesses:
                witness(exchange)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
