"""What is forced to go wrong: the next calls fail as the contract documents it, or as networks and gateways do."""

from dataclasses import dataclass, fields, replace
from http import HTTPStatus
from typing import Final, Literal, cast

from bubblehouse_mock.contract import Contract, Operation
from bubblehouse_mock.messages import Response
from bubblehouse_mock.refusal import RefusalError
from bubblehouse_mock.state import NEVER, decode
from bubblehouse_mock.state.log import Log, Record

LONGEST_DELAY: Final = 600
"""The most seconds that a fault can delay an answer by."""

_RETRY_AFTER: Final = "Retry-After"


class FaultError(ValueError):
    """A fault can't be forced; the message says what can."""


class DroppedConnectionError(Exception):
    """In place of an answer: the connection breaks.

    Args:
        timed_out: Whether it stays silent, rather than breaking, until whoever called has waited long enough.
        delay: Seconds after which it breaks.
    """

    def __init__(self, *, timed_out: bool, delay: float = 0.0) -> None:
        super().__init__("the mock was told not to answer" if timed_out else "the mock was told to drop the connection")
        self.timed_out = timed_out
        self.delay = delay


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What happens to the next calls: one of `error`, `status`, `drop` and `damage`, or a `delay`, or both.

    Args:
        error: A documented error id. The answer is what the contract documents of it; only calls of operations that
            document it are met.
        status: The status of a gateway's own error page, in HTML.
        drop: When the connection breaks: `before` the call is worked on, or `after`.
        damage: What becomes of the answer once the call was worked on: `truncated`, the connection breaks in the middle
            of it, or `malformed`, it is complete but no JSON.
        delay: Seconds, 0 to 600, after which the answer comes or the connection breaks. The call is worked on at once.
        timed_out: With `drop`: whether the connection stays silent rather than breaking.
        operation: The operation whose calls are met, `RedeemPoints1` for one; those of any, unless given.
        times: How many calls are met.
        retry_after: Seconds for `Retry-After`. Where the contract documents it, its example is sent unless given.

    Raises:
        FaultError: It is none of these or more than one, a number is out of bounds, or something doesn't go together.
    """

    error: str | None = None
    status: int | None = None
    drop: Literal["before", "after"] | None = None
    damage: Literal["truncated", "malformed"] | None = None
    delay: float = 0.0
    timed_out: bool = False
    operation: str | None = None
    times: int = 1
    retry_after: int | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.delay <= LONGEST_DELAY:
            raise FaultError(f"delay={self.delay:g}; give seconds, from 0 to {LONGEST_DELAY}")
        kinds = [it for it in (self.error, self.status, self.drop, self.damage) if it is not None]
        if len(kinds) > 1 or not (kinds or self.delay):
            raise FaultError("give one of error, status, drop and damage, with a delay or without, or a delay alone")
        if self.status is not None and not 400 <= self.status <= 599:  # noqa: PLR2004 - what HTTP calls an error
            raise FaultError(f"status={self.status} is no error; give one from 400 to 599")
        if self.times < 1:
            raise FaultError(f"times={self.times}; give 1 or more")
        if self.retry_after is not None and (self.retry_after < 0 or (self.error is None and self.status is None)):
            raise FaultError(f"retry_after={self.retry_after}; give seconds, from 0 up, to an error or a status")
        if self.timed_out and (not self.drop or self.delay):
            raise FaultError("timed_out goes with drop, and without a delay: it lasts until whoever called gives up")

    def __str__(self) -> str:
        given = {it.name: getattr(self, it.name) for it in fields(self) if getattr(self, it.name) != it.default}
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in given.items())})"

    def meets(self, operation: Operation) -> bool:
        """Tell whether a call of an operation is met."""
        named = self.operation in {None, operation.function}
        return named and (self.error is None or self.error in operation.errors)

    def before(self, operation: Operation) -> Response | None:
        """Do what comes in place of the call. Return a gateway's page, or None where the call is worked on.

        Raises:
            RefusalError: The documented error.
            DroppedConnectionError: The connection breaks before.
        """
        if self.error is not None:
            headers = operation.documented_headers(operation.errors[self.error].status)
            if self.retry_after is not None and _RETRY_AFTER in headers:
                headers[_RETRY_AFTER] = str(self.retry_after)
            raise RefusalError(self.error, headers=tuple((name.lower(), value) for name, value in headers.items()))
        if self.drop == "before":
            raise self._dropped()
        return None if self.status is None else replace(_page(self.status, self.retry_after), delay=self.delay)

    def after(self, response: Response) -> Response:
        """Return what becomes of an answer, once the call was worked on.

        Args:
            response: The answer; it may be late already.

        Raises:
            DroppedConnectionError: The connection breaks after.
        """
        if self.drop == "after":
            raise self._dropped()
        # No part of an object in JSON is JSON, as when a proxy keeps only so much of an answer.
        body = response.body[: len(response.body) // 2] if self.damage == "malformed" else response.body
        return replace(response, body=body, delay=response.delay + self.delay, truncated=self.damage == "truncated")

    def _dropped(self) -> DroppedConnectionError:
        return DroppedConnectionError(timed_out=self.timed_out, delay=self.delay)


@dataclass(slots=True)
class _Pending:
    fault: Fault
    left: int


class Faults:
    """The faults that are still to come, oldest first. Safe to share between threads.

    Args:
        contract: It says which errors an operation documents.
        log: Where it is written down what is forced, and what was met.
    """

    def __init__(self, contract: Contract, log: Log) -> None:
        self._contract = contract
        self._log = log
        self._queue: list[_Pending] = []

    @property
    def unmet(self) -> tuple[Fault, ...]:
        """The faults that no call has met yet."""
        with self._log.changing:
            return tuple(it.fault for it in self._queue if it.left == it.fault.times)

    @property
    def pending(self) -> tuple[tuple[Fault, int], ...]:
        """The faults that are still to come, each with how many calls it will meet."""
        with self._log.changing:
            return tuple((it.fault, it.left) for it in self._queue)

    def add(self, fault: Fault) -> None:
        """Force a fault after those that are forced already.

        Raises:
            FaultError: No call could ever meet it: the contract has no such operation, or doesn't document the error
                for it, or doesn't document `Retry-After` for the error.
        """
        operations = [it for it in self._contract.everything if fault.operation in {None, it.function}]
        if not operations:
            known = ", ".join(dict.fromkeys(it.function for it in self._contract.everything))
            raise FaultError(f"the contract has no operation {fault.operation!r:.60}; it has {known}")
        met = [it for it in operations if fault.meets(it)]
        if not met:
            documented = ", ".join(sorted({error for it in operations for error in it.errors}))
            place = fault.operation or "the contract"
            raise FaultError(f"{place} doesn't document the error {fault.error!r:.60}; it documents {documented}")
        headers = {name for it in met if fault.error for name in it.documented_headers(it.errors[fault.error].status)}
        if fault.error is not None and fault.retry_after is not None and _RETRY_AFTER not in headers:
            raise FaultError(f"the contract documents no {_RETRY_AFTER} for {fault.error}; leave retry_after out")
        with self._log.changing:
            self._queue.append(_Pending(fault, fault.times))
            self._log.record("", "fault", "", fault)

    def take(self, operation: Operation) -> Fault | None:
        """Return the oldest fault that a call meets, and count the call; within `changing` of the log."""
        for index, pending in enumerate(self._queue):
            if pending.fault.meets(operation):
                return self._meet(index)
        return None

    def clear(self) -> None:
        """Forget all faults."""
        with self._log.changing:
            self._queue.clear()
            self._log.record("", "faults_cleared", "", None)

    def replay(self, record: Record) -> None:
        """Do again what was written down."""
        if record.action == "fault":
            self.add(decode(Fault, record.data, now=NEVER))
        elif record.action == "fault_met":
            self._meet(cast("int", record.data))
        else:
            self.clear()

    def _meet(self, index: int) -> Fault:
        pending = self._queue[index]
        pending.left -= 1
        if not pending.left:
            del self._queue[index]
        self._log.record("", "fault_met", "", index)
        return pending.fault


def _page(status: int, retry_after: int | None) -> Response:
    """Return what gateways send: HTML that no JSON parser takes."""
    try:
        title = f"{status} {HTTPStatus(status).phrase}"
    except ValueError:  # such as 520, which one vendor's gateways have made up
        title = f"{status} Unknown Error"
    page = f"<html>\r\n<head><title>{title}</title></head>\r\n<body><h1>{title}</h1></body>\r\n</html>\r\n"
    headers = () if retry_after is None else ((_RETRY_AFTER.lower(), str(retry_after)),)
    return Response(status=status, body=page.encode("ascii"), headers=headers, content_type="text/html")
