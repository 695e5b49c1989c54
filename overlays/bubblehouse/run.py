"""One call for many customers, as a run goes without I/O: who is next, who is in the works, what became of each."""

import math
from collections import deque
from collections.abc import Callable, Generator, Sized
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Generic, Protocol, TypeAlias, TypeVar, cast

from bubblehouse import checks
from bubblehouse.errors import (
    APIConnectionError,
    BubblehouseError,
    ClientClosedError,
    ConfigurationError,
    OutcomeUnknownError,
)
from bubblehouse.journal import Journal
from bubblehouse.middleware import Attempt

ResultT = TypeVar("ResultT")

Progress: TypeAlias = Callable[[int, int, int | None], object]
"""Is told how many customers are done, how many of them failed, and how many there are, or None."""

_WINDOW: Final = 4  # customers in the works for each that is in flight; a slow one holds up outcomes, but not calls


@dataclass(frozen=True, slots=True)
class Outcome(Generic[ResultT]):
    """What became of the call for one customer.

    Attributes:
        index: The customer's place in the input, from 0.
        customer_id: The customer's id. It is in no repr, and neither is the result.
        error: Why the call failed, or None. An `OutcomeUnknownError` can be that of an earlier run, which was stopped
            before it knew.
    """

    index: int
    customer_id: str = field(repr=False)
    error: BubblehouseError | None = None
    _result: ResultT | None = field(default=None, repr=False)

    @property
    def result(self) -> ResultT:
        """What the call returned. Where it failed, its error is raised."""
        if self.error is not None:
            raise self.error
        return cast("ResultT", self._result)


@dataclass(frozen=True, slots=True)
class Item:
    """A customer's turn.

    Attributes:
        index: The customer's place in the input.
        customer_id: The customer's id.
        checksum: The journal's hash of all ids up to this one.
    """

    index: int
    customer_id: str
    checksum: str


@dataclass(frozen=True, slots=True)
class Plan:
    """How a run is to go.

    Args:
        concurrency: How many customers are in flight at most.
        progress: What is told how far the run is, or None.
        journal: The file in which the run is recorded, or None.
        owner: Whose run it is, for the journal.
        read_by: Names the read function that tells what became of a write function, where there is one.

    Raises:
        ConfigurationError: A value is wrong. It names the argument.
    """

    concurrency: int
    progress: Progress | None
    journal: Path | str | None
    owner: str
    read_by: Callable[[str], str | None]

    def __post_init__(self) -> None:
        if checks.count("concurrency", self.concurrency) < 1:
            raise ConfigurationError("concurrency", "must be 1 or more")
        if self.progress is not None and not callable(self.progress):
            raise ConfigurationError("progress", f"must be a function, not {type(self.progress).__name__}")

    @contextmanager
    def opened(self) -> Generator[Journal | None]:
        """Open the journal, and give it up in the end.

        Yields:
            The journal, or None where none is kept.

        Raises:
            ConfigurationError: The journal can't be used.
        """
        journal = None if self.journal is None else Journal(Path(self.journal), self.owner)
        try:
            yield journal
        finally:
            if journal is not None:
                journal.close()


class Handle(Protocol):
    """An outcome to come: a future of either kind."""

    def done(self) -> bool:
        """Tell whether it is there."""
        ...


HandleT = TypeVar("HandleT", bound=Handle)


class StoppedError(Exception):
    """The run has ended before this customer's turn. Nobody asks for its outcome."""


@dataclass(slots=True)
class Turn(Generic[ResultT]):
    """The call for a customer, while it is made.

    Attributes:
        item: Whose turn it is.
        journal: Where the run is recorded, or None.
        result: What the call returned.
        error: Why it failed, or None.
    """

    item: Item
    journal: Journal | None
    result: ResultT | None = None
    error: BubblehouseError | None = None
    _recorded: bool = False

    @property
    def outcome(self) -> Outcome[ResultT]:
        """What became of it."""
        return Outcome(self.item.index, self.item.customer_id, self.error, self.result)

    def must_record(self, attempt: Attempt) -> bool:
        """Tell whether an attempt is to be recorded before it is sent: it is the customer's first that writes.

        Args:
            attempt: The attempt.
        """
        return self.journal is not None and not self._recorded and attempt.kind == "write"

    def record(self, attempt: Attempt) -> None:
        """Put on the disk that a write is about to be sent.

        Args:
            attempt: The attempt.

        Raises:
            OSError: It can't be recorded, and must not be sent.
        """
        if self.journal is not None:
            self.journal.write(self.item.index, self.item.checksum, attempt.operation)
            self._recorded = True


class Run(Generic[ResultT, HandleT]):
    """A run over many customers. Its driver fetches ids, makes calls and waits; all decisions are here.

    Outcomes come in the order of the input: a window of bounded size is all that is held, and one number tells how far
    a run has come.

    Args:
        start: Begins a customer's turn.
        plan: How the run is to go.
        journal: The plan's journal, opened, or None.
        customer_ids: The input, which may have a length.
    """

    def __init__(
        self, start: Callable[[Item], HandleT], plan: Plan, journal: Journal | None, customer_ids: object
    ) -> None:
        self._start = start
        self._plan = plan
        self._journal = journal
        self._window = plan.concurrency * _WINDOW
        self._total = len(customer_ids) if isinstance(customer_ids, Sized) else None
        self._waiting: list[Item] = []  # until it is certain that this is the list of the journal
        self._works: deque[tuple[Item, HandleT | Outcome[ResultT]]] = deque()
        self._next = 0
        self._checksum = "" if journal is None else journal.origin
        self._exhausted = False
        self._failure: Exception | None = None
        self._last = math.inf  # the place beyond which no turn begins any more
        self._done = 0 if journal is None else journal.finished
        self._failed = 0 if journal is None else journal.failed

    # --- what the driver asks and tells ---

    @property
    def wants_more(self) -> bool:
        """Whether the next customer is to be fetched, before an outcome is waited for."""
        if self._exhausted or self._next > self._last or len(self._works) >= self._window:
            return False
        return self.head is None or not (isinstance(self.head, Outcome) or self.head.done())

    @property
    def head(self) -> HandleT | Outcome[ResultT] | None:
        """The next outcome to hand over, or what it is to be had from; None where there is nothing in the works."""
        return self._works[0][1] if self._works else None

    def admit(self, customer_id: str) -> None:
        """Take in the next customer.

        Args:
            customer_id: The customer's id.

        Raises:
            ConfigurationError: The journal has had another customer in this place. Nothing was begun.
        """
        if self._journal is not None:
            self._checksum = self._journal.next_checksum(self._checksum, customer_id)
            if self._journal.expected(self._next) not in {None, self._checksum}:
                raise _another_list()
        item = Item(self._next, customer_id, self._checksum)
        self._next += 1
        if self._journal is None or item.index >= self._journal.finished:
            self._waiting.append(item)
        if self._journal is None or item.index >= self._journal.known:
            self._works.extend((it, self._earlier(it) or self._start(it)) for it in self._waiting)
            self._waiting.clear()

    def exhaust(self, end: Exception) -> None:
        """Take note that there are no more customers.

        Args:
            end: What the input raised. If it is more than the end, it is raised once all outcomes are handed over.

        Raises:
            ConfigurationError: The journal has had more of them. Nothing was begun.
        """
        self._exhausted = True
        if not isinstance(end, StopIteration | StopAsyncIteration):
            self._failure = end
        elif self._journal is not None and self._next <= self._journal.known:
            raise _another_list()

    def hand_over(self, outcome: Outcome[ResultT]) -> None:
        """Take note that the head's outcome was handed over, and that its receiver came back for the next.

        Args:
            outcome: The outcome.

        Raises:
            OSError: The journal can't be written.
        """
        item, _ = self._works.popleft()
        self._done += 1
        self._failed += outcome.error is not None
        if self._journal is not None:
            self._journal.end(item.index, item.checksum, ok=outcome.error is None)
        self._tell(self._total)

    def finish(self) -> None:
        """Take note that all outcomes were handed over. What the input raised is raised now."""
        if self._failure is not None:
            raise self._failure
        if self._total is None:
            self._tell(self._done)

    def stop(self) -> list[HandleT]:
        """Let no more turns begin, and return those that are still in the works."""
        self._last = -1
        return [handle for _, handle in self._works if not isinstance(handle, Outcome)]

    # --- a customer's turn, in whatever thread or task ---

    @contextmanager
    def turn(self, item: Item) -> Generator[Turn[ResultT]]:
        """Make an outcome of a call. What isn't a BubblehouseError ends the run.

        Args:
            item: Whose turn it is.

        Yields:
            What takes the result, and then has the outcome.

        Raises:
            StoppedError: The run is over.
        """
        if item.index > self._last:
            raise StoppedError
        turn = Turn[ResultT](item, self._journal)
        try:
            try:
                yield turn
            except ClientClosedError:
                raise  # for everybody, and not this customer's affair
            except BubblehouseError as error:
                turn.error = error
            if self._journal is not None:
                self._journal.check()
        except BaseException:
            self._last = min(self._last, item.index)
            raise

    def _earlier(self, item: Item) -> Outcome[ResultT] | None:
        """Return what is known from an earlier run, which sent a write and was stopped before its end was recorded."""
        function = None if self._journal is None else self._journal.begun.pop(item.index, None)
        if function is None:
            return None
        reason = APIConnectionError("the run that sent it was stopped before its outcome was taken", sent=True)
        error = OutcomeUnknownError(reason, outcome_read_by=self._plan.read_by(function))
        error.operation = reason.operation = function
        return Outcome(item.index, item.customer_id, error)

    def _tell(self, total: int | None) -> None:
        if self._plan.progress is not None:
            self._plan.progress(self._done, self._failed, total)


def _another_list() -> ConfigurationError:
    return ConfigurationError("journal", "belongs to a run over another list of customers")
