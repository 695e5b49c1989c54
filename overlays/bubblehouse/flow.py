"""A call from its first step to its last, without I/O: it says what to do next, and is told how that went."""

import logging
import random
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from typing import Generic, NamedTuple, cast

from bubblehouse.answer import Answer, ApiObject, attach
from bubblehouse.config import Config
from bubblehouse.encoding import encode
from bubblehouse.errors import (
    APIConnectionError,
    APITimeoutError,
    CallError,
    OutcomeUnknownError,
    RateLimitError,
    ResponseTooLargeError,
)
from bubblehouse.middleware import Attempt
from bubblehouse.operation import Operation, OutputT
from bubblehouse.pacing import Pacing
from bubblehouse.response import read
from bubblehouse.retry import Next, decide, pause
from bubblehouse.tokens import TokenSource
from bubblehouse.transport import Request, Response, TransportError
from bubblehouse.transport import ResponseTooLargeError as TooLargeForTransportError

_log = logging.getLogger("bubblehouse")


class GetToken(NamedTuple):
    """Ask the source for a token, and answer with it. A TokenError is thrown in; lack of time is a TransportError."""

    source: TokenSource
    refused: str | None
    timeout: float


class Send(NamedTuple):
    """Send what is attempted, and answer with the Response. A TransportError is thrown in."""

    attempt: Attempt


class Sleep(NamedTuple):
    """Wait, and answer with None."""

    seconds: float


Effect = GetToken | Send | Sleep
Result = str | Response | None
Flow = Generator[Effect, Result, OutputT]


class Timing(NamedTuple):
    """The clocks and the dice, for tests to replace.

    Attributes:
        monotonic: Returns seconds that only ever grow.
        time: Returns the seconds of the wall clock.
        jitter: Returns a number from 0 up to 1.
        sleep: Waits for a number of seconds; for the async client it may return something to await. The thread or the
            task really waits, unless given.
    """

    monotonic: Callable[[], float] = time.monotonic
    time: Callable[[], float] = time.time
    jitter: Callable[[], float] = random.random
    sleep: Callable[[float], object] | None = None


class Call(Generic[OutputT]):
    """One call.

    Args:
        operation: What is called.
        config: The client's settings.
        tokens: Where its tokens come from.
        timing: The clocks and the dice.
        pacing: When its attempts may go out.
    """

    __slots__ = ("_attempts", "_config", "_operation", "_pacing", "_retry_after", "_started", "_timing", "_tokens")

    def __init__(
        self, operation: Operation[OutputT], config: Config, tokens: TokenSource, timing: Timing, pacing: Pacing
    ) -> None:
        self._operation = operation
        self._config = config
        self._tokens = tokens
        self._timing = timing
        self._pacing = pacing
        self._started = timing.monotonic()
        self._attempts = 0
        self._retry_after: float | None = None

    def run(self, arguments: ApiObject) -> Flow[OutputT]:
        """Yield what is to be done, and return the answer.

        Args:
            arguments: The input.

        Raises:
            CallError: There is no answer.
        """
        try:
            return (yield from self._attempt_all(encode(arguments, self._operation.name, self._config.dialect)))
        except CallError as error:
            # A reason is part of the same story.
            for told in (error, error.reason) if isinstance(error, OutcomeUnknownError) else (error,):
                told.operation = self._operation.name
                told.attempts = self._attempts
                told.elapsed = self._elapsed()
                told.retry_after = self._retry_after
            raise

    def _attempt_all(self, content: bytes) -> Flow[OutputT]:
        token = yield from self._token()
        renewed = False
        retries = 0
        while True:
            if not self._pacing.is_open:
                yield from self._admission(content)
            try:
                return (yield from self._attempt(token, content, self._share(retries)))
            except CallError as error:
                failure = error
                self._retry_after = self._retry_after if error.retry_after is None else error.retry_after
            if isinstance(failure, RateLimitError):
                self._pacing.holdback.note(self._operation.kind, failure, self._timing.monotonic())
            following = decide(self._operation.kind, failure)
            if following is Next.UNKNOWN:
                raise OutcomeUnknownError(failure, outcome_read_by=self._operation.outcome_read_by)
            if following is Next.RENEW and self._tokens.renewable and not renewed and self._left() > 0:
                renewed = True
                token, before = (yield from self._token(refused=token)), token
                if token == before:
                    raise failure
            elif following is Next.REPEAT and retries < self._config.max_retries:
                seconds = pause(retries, failure.retry_after, self._timing.jitter)
                if seconds >= self._left():
                    raise failure
                yield Sleep(seconds)
                retries += 1
            else:
                raise failure

    def _admission(self, content: bytes) -> Generator[Effect, Result, None]:
        """Wait until an attempt may go out."""
        try:
            with closing(self._pacing.waits(self._operation.kind, content, self._timing, self._left)) as waits:
                for seconds in waits:
                    yield Sleep(seconds)
        except CallError as error:
            self._retry_after = error.retry_after
            raise

    def _share(self, retries: int) -> float:
        """Return how long the next attempt may take.

        A read that isn't answered is asked again, so while that is allowed, it may take half of what is left. Cutting a
        write short would only make its outcome unknown sooner.
        """
        asked_again = self._operation.kind == "read" and retries < self._config.max_retries
        return self._left() / 2 if asked_again else self._left()

    def _attempt(self, token: str, content: bytes, timeout: float) -> Flow[OutputT]:
        if timeout <= 0:
            raise APITimeoutError(
                f"the {self._config.timeout:g} s for the call were over before it was sent", sent=False
            )
        operation = self._operation
        self._attempts += 1
        request = self._request(token, content)
        started = self._timing.monotonic()
        outcome: object = "stopped"
        try:
            response = _response(
                (yield Send(Attempt(operation.name, operation.kind, self._attempts, request, timeout)))
            )
            outcome = response.status
        except TransportError as error:
            outcome = "no answer"
            raise self._unanswered(error) from error
        finally:
            if _log.isEnabledFor(logging.DEBUG):
                elapsed = self._timing.monotonic() - started
                _log.debug("%s attempt %d: %s after %.3f s", operation.name, self._attempts, outcome, elapsed)
        if self._config.log_bodies:
            self._log_bodies(request, response)
        result = read(operation, response, self._config.dialect, token=token, now=self._timing.time)
        attach(result, Answer(operation.name, response, self._attempts, self._elapsed()))
        return result

    def _log_bodies(self, request: Request, response: Response) -> None:
        if _log.isEnabledFor(logging.DEBUG):
            from bubblehouse.redaction import redacted  # noqa: PLC0415 - hardly anybody asks for it

            _log.debug("%s sent: %s", self._operation.name, redacted(request.content))
            _log.debug("%s was answered: %s", self._operation.name, redacted(response.content))

    def _token(self, *, refused: str | None = None) -> Generator[Effect, Result, str]:
        if not self._tokens.may_wait:
            return cast("str", self._tokens.get(refused=refused))
        try:
            token = yield GetToken(self._tokens, refused, self._left())
        except TransportError as error:
            raise self._unanswered(error) from error
        assert isinstance(token, str)  # noqa: S101 - the driver's part of the bargain
        return token

    def _request(self, token: str, content: bytes) -> Request:
        config = self._config
        headers = (("Authorization", f"Bearer {token}"), *config.headers.items())
        return Request("POST", f"{config.root}/{self._operation.name}", headers, content)

    def _unanswered(self, error: TransportError) -> CallError:
        if isinstance(error, TooLargeForTransportError):
            return ResponseTooLargeError(str(error), limit=error.limit)
        kind = APITimeoutError if error.timed_out else APIConnectionError
        return kind(str(error), sent=error.sent)

    def _left(self) -> float:
        return self._config.timeout - self._elapsed()

    def _elapsed(self) -> float:
        return self._timing.monotonic() - self._started


def _response(result: Result) -> Response:
    if not isinstance(result, Response):
        raise TransportError(f"the transport gave no Response, but {type(result).__name__}", sent=True)
    if not _is_well_formed(result.status, result.headers, result.content):
        raise TransportError("the transport gave a Response whose parts are not what they should be", sent=True)
    return result


def _is_well_formed(status: object, headers: object, content: object) -> bool:
    """Tell whether a stranger's Response can be read: nothing keeps a transport to its types."""
    if not isinstance(status, int) or not isinstance(content, bytes) or not isinstance(headers, tuple | Sequence):
        return False
    for pair in cast("Sequence[object]", headers):
        if not isinstance(pair, tuple) or len(cast("tuple[object, ...]", pair)) != 2:  # noqa: PLR2004 - name and value
            return False
        name, value = cast("tuple[object, object]", pair)
        if type(name) is not str or type(value) is not str:
            return False
    return True
