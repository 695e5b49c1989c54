"""A client of each kind whose answers are a test's, and what it put on the wire."""

import time
from typing import Any, TypeAlias

from tests.contract.proof.contract import Json
from tests.contract.proof.target import Key, Secret
from tests.reliability.caller import Caller

from bubblehouse.flow import Timing
from bubblehouse.transport import Request, Response, TransportError

KEY = Key("key-1", Secret("bm90LWEtc2VjcmV0LWRlbW8ta2V5LTEtZm9yLXRlc3RzLW9ubHk="))


Outcome: TypeAlias = "Response | TransportError"


def json_answer(status: int, content: bytes, *headers: tuple[str, str]) -> Response:
    """Return an answer of the API."""
    return Response(status, (("Content-Type", "application/json"), *headers), content)


class Wire:
    """A transport for clients of one kind that brings one outcome after the other, and remembers all requests.

    The last outcome comes again and again.

    Args:
        kind: `sync` or `async`.
    """

    def __init__(self, kind: str) -> None:
        self.send = self._send if kind == "sync" else self._asend
        self.outcomes: list[Outcome] = []
        self.sent: list[Request] = []

    def _send(self, request: Request, *, timeout: float) -> Response:
        del timeout
        self.sent.append(request)
        outcome = self.outcomes[min(len(self.sent), len(self.outcomes)) - 1]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def _asend(self, request: Request, *, timeout: float) -> Response:  # noqa: ASYNC109 - the protocol's
        return self._send(request, timeout=timeout)

    def close(self) -> None:
        """Nothing is open."""

    async def aclose(self) -> None:
        """Nothing is open."""


class Bench:
    """Calls one method with whatever arguments, and answers whatever is wanted.

    Nobody really waits: time passes as the client sleeps.

    Attributes:
        slept: The seconds that the client waited for before it sent something again.

    Args:
        kind: `sync` or `async`.
    """

    def __init__(self, kind: str) -> None:
        self._caller = Caller(kind, {"shop": "my-shop", "key_id": KEY.id, "secret": str(KEY.secret), "max_retries": 0})
        self._kind = kind
        self._wire = Wire(kind)
        self.slept: list[float] = []

    def call(self, method: str, arguments: Json, *, status: int, content: bytes) -> Any:
        """Call a method, and return what it returns."""
        return self.play(method, arguments, json_answer(status, content))

    def play(self, method: str, arguments: Json, *outcomes: Outcome, **options: object) -> Any:
        """Call a method while one outcome comes after the other.

        Args:
            method: Its name.
            arguments: Its arguments.
            outcomes: What the attempts bring.
            options: Of the client.
        """
        self._wire = Wire(self._kind)
        self._wire.outcomes = [*outcomes]
        self.slept = []
        began = time.time()
        timing = Timing(
            monotonic=lambda: sum(self.slept),
            time=lambda: began + sum(self.slept),
            jitter=lambda: 1.0,
            sleep=self.slept.append,
        )
        return self._caller.run(
            lambda client: getattr(client, method)(**arguments), transport=self._wire, timing=timing, **options
        )

    @property
    def sent(self) -> Request:
        """What was sent last."""
        return self._wire.sent[-1]

    @property
    def attempts(self) -> list[Request]:
        """All that was sent."""
        return self._wire.sent
