"""A client of each kind whose answers are a test's, and what it put on the wire."""

from typing import Any

from tests.contract.proof.contract import Json
from tests.contract.proof.target import Key, Secret
from tests.reliability.caller import Caller

from bubblehouse.transport import Request, Response

KEY = Key("key-1", Secret("bm90LWEtc2VjcmV0LWRlbW8ta2V5LTEtZm9yLXRlc3RzLW9ubHk="))


class Wire:
    """A transport for clients of one kind that answers all the same, and remembers the last request.

    Args:
        kind: `sync` or `async`.
    """

    def __init__(self, kind: str) -> None:
        self.send = self._send if kind == "sync" else self._asend
        self.answer = Response(200, (), b"{}")
        self.sent: Request | None = None

    def _send(self, request: Request, *, timeout: float) -> Response:
        del timeout
        self.sent = request
        return self.answer

    async def _asend(self, request: Request, *, timeout: float) -> Response:  # noqa: ASYNC109 - the protocol's
        return self._send(request, timeout=timeout)

    def close(self) -> None:
        """Nothing is open."""

    async def aclose(self) -> None:
        """Nothing is open."""


class Bench:
    """Calls one method with whatever arguments, and answers whatever is wanted.

    Args:
        kind: `sync` or `async`.
    """

    def __init__(self, kind: str) -> None:
        self._caller = Caller(kind, {"shop": "my-shop", "key_id": KEY.id, "secret": str(KEY.secret), "max_retries": 0})
        self._wire = Wire(kind)

    def call(self, method: str, arguments: Json, *, status: int, content: bytes) -> Any:
        """Call a method, and return what it returns."""
        self._wire.answer = Response(status, (("Content-Type", "application/json"),), content)
        return self._caller.run(lambda client: getattr(client, method)(**arguments), transport=self._wire)

    @property
    def sent(self) -> Request:
        """What was sent last."""
        assert self._wire.sent is not None
        return self._wire.sent
