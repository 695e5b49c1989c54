"""A call from its first step to its last, without I/O: it says what to do next, and is told how that went."""

import json
import logging
import random
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Generic

from bubblehouse.config import Config
from bubblehouse.errors import (
    APIConnectionError,
    APITimeoutError,
    CallError,
    InvalidArgumentError,
    OutcomeUnknownError,
)
from bubblehouse.model import EncodeError, Model
from bubblehouse.operation import Operation, OutputT
from bubblehouse.response import read
from bubblehouse.retry import Next, decide, pause
from bubblehouse.tokens import TokenSource
from bubblehouse.transport import Request, Response, TransportError

_log = logging.getLogger("bubblehouse")


@dataclass(frozen=True, slots=True)
class GetToken:
    """Ask the source for a token, and answer with it. A TokenError is thrown in; lack of time is a TransportError."""

    source: TokenSource
    refused: str | None
    timeout: float


@dataclass(frozen=True, slots=True)
class Send:
    """Send the request, and answer with the Response. A TransportError is thrown in."""

    request: Request
    timeout: float


@dataclass(frozen=True, slots=True)
class Sleep:
    """Wait, and answer with None."""

    seconds: float


Effect = GetToken | Send | Sleep
Result = str | Response | None
Flow = Generator[Effect, Result, OutputT]


@dataclass(frozen=True, slots=True)
class Timing:
    """The clocks and the dice, for tests to replace.

    Attributes:
        monotonic: Returns seconds that only ever grow.
        time: Returns the seconds of the wall clock.
        jitter: Returns a number from 0 up to 1.
    """

    monotonic: Callable[[], float] = time.monotonic
    time: Callable[[], float] = time.time
    jitter: Callable[[], float] = random.random


@dataclass(slots=True)
class Call(Generic[OutputT]):
    """One call.

    Attributes:
        operation: What is called.
        config: The client's settings.
        tokens: Where its tokens come from.
        timing: The clocks and the dice.
    """

    operation: Operation[OutputT]
    config: Config
    tokens: TokenSource
    timing: Timing
    _started: float = field(init=False)
    _attempts: int = field(init=False, default=0)

    def run(self, arguments: Model) -> Flow[OutputT]:
        """Yield what is to be done, and return the answer.

        Args:
            arguments: The input.

        Raises:
            CallError: There is no answer.
        """
        self._started = self.timing.monotonic()
        try:
            return (yield from self._attempt_all(_encode(arguments)))
        except CallError as error:
            # A reason is part of the same story.
            for told in (error, error.reason) if isinstance(error, OutcomeUnknownError) else (error,):
                told.operation = self.operation.name
                told.attempts = self._attempts
                told.elapsed = self.timing.monotonic() - self._started
            raise

    def _attempt_all(self, content: bytes) -> Flow[OutputT]:
        token = yield from self._token()
        renewed = False
        retries = 0
        while True:
            try:
                return (yield from self._attempt(token, content, self._share(retries)))
            except CallError as error:
                failure = error
            following = decide(self.operation.kind, failure)
            if following is Next.UNKNOWN:
                raise OutcomeUnknownError(failure, outcome_read_by=self.operation.outcome_read_by)
            if following is Next.RENEW and self.tokens.renewable and not renewed and self._left() > 0:
                renewed = True
                token, before = (yield from self._token(refused=token)), token
                if token == before:
                    raise failure
            elif following is Next.REPEAT and retries < self.config.max_retries:
                seconds = pause(retries, getattr(failure, "retry_after", None), self.timing.jitter)
                if seconds >= self._left():
                    raise failure
                yield Sleep(seconds)
                retries += 1
            else:
                raise failure

    def _share(self, retries: int) -> float:
        """Return how long the next attempt may take.

        A read that isn't answered is asked again, so while that is allowed, it may take half of what is left. Cutting a
        write short would only make its outcome unknown sooner.
        """
        asked_again = self.operation.kind == "read" and retries < self.config.max_retries
        return self._left() / 2 if asked_again else self._left()

    def _attempt(self, token: str, content: bytes, timeout: float) -> Flow[OutputT]:
        if timeout <= 0:
            raise APITimeoutError(
                f"the {self.config.timeout:g} s for the call were over before it was sent", sent=False
            )
        self._attempts += 1
        started = self.timing.monotonic()
        outcome: object = "stopped"
        try:
            response = yield Send(self._request(token, content), timeout)
            outcome = _response(response).status
        except TransportError as error:
            outcome = "no answer"
            raise self._unanswered(error) from error
        finally:
            elapsed = self.timing.monotonic() - started
            _log.debug("%s attempt %d: %s after %.3f s", self.operation.name, self._attempts, outcome, elapsed)
        return read(self.operation, _response(response), token=token, now=self.timing.time)

    def _token(self, *, refused: str | None = None) -> Generator[Effect, Result, str]:
        try:
            token = yield GetToken(self.tokens, refused, self._left())
        except TransportError as error:
            raise self._unanswered(error) from error
        assert isinstance(token, str)  # noqa: S101 - the driver's part of the bargain
        return token

    def _request(self, token: str, content: bytes) -> Request:
        headers = (
            ("Authorization", f"Bearer {token}"),
            ("Content-Type", "application/json"),
            ("Accept", "application/json"),
            ("User-Agent", self.config.user_agent),
        )
        return Request("POST", self.config.url(self.operation.name), headers, content)

    def _unanswered(self, error: TransportError) -> APIConnectionError:
        kind = APITimeoutError if error.timed_out else APIConnectionError
        return kind(str(error), sent=error.sent)

    def _left(self) -> float:
        return self._started + self.config.timeout - self.timing.monotonic()


def _response(result: Result) -> Response:
    if not isinstance(result, Response):
        raise TransportError(f"the transport gave no Response, but {type(result).__name__}", sent=True)
    return result


def _encode(arguments: Model) -> bytes:
    try:
        text = json.dumps(arguments.to_dict(), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return text.encode("utf-8")
    except EncodeError as error:
        raise InvalidArgumentError(str(error)) from None
    except UnicodeEncodeError:
        raise InvalidArgumentError("a text has half a surrogate pair, which UTF-8 can't express") from None
    except (TypeError, ValueError, RecursionError) as error:
        # Only additional_properties get here unchecked, and the texts of json speak of types alone.
        raise InvalidArgumentError(f"an additional property is not JSON: {error}") from None
