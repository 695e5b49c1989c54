"""Runs over many customers, in threads or in tasks, and a server in process that counts what it is asked."""

import asyncio
import base64
import contextlib
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bubblehouse.transport import Request, Response

if TYPE_CHECKING:
    from tests.unit.runtime.conftest import Bench


OK = Response(200, (), b'{"code": "x", "pts": 1}')
REFUSED = Response(422, (), b'{"id": "insufficient_points"}')


def customer_of(request: Request) -> str:
    """Whom the request's token speaks for."""
    claims = dict(request.headers)["Authorization"].split(".")[1]
    subject: str = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["sub"]
    return subject.partition("/")[2]


@dataclass
class Server:
    """Answers in process as a customer's answer says, and counts. Safe to call from threads."""

    answers: dict[str, Response | Exception | Callable[[], object]] = field(default_factory=dict)
    writes: dict[str, int] = field(default_factory=dict)
    reads: dict[str, int] = field(default_factory=dict)
    closed: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, request: Request) -> Response:
        customer = customer_of(request)
        counted = self.writes if request.url.endswith("SpendPoints1") else self.reads
        with self._lock:
            counted[customer] = counted.get(customer, 0) + 1
        given = self.answers.get(customer)
        answer = given() if callable(given) else given
        if isinstance(answer, BaseException):
            raise answer
        return (
            answer
            if isinstance(answer, Response)
            else Response(200, (), b'{"code": "%s", "pts": 1}' % customer.encode())
        )


class SyncServer(Server):
    def send(self, request: Request, *, timeout: float) -> Response:  # noqa: ARG002 - it answers at once
        return self.answer(request)

    def close(self) -> None:
        self.closed = True


class AsyncServer(Server):
    async def send(self, request: Request, *, timeout: float) -> Response:  # noqa: ARG002, ASYNC109 - the protocol's
        await asyncio.sleep(0)
        return self.answer(request)

    async def aclose(self) -> None:
        self.closed = True


@dataclass
class Runs:
    """Runs of one kind, so that a test needn't know which."""

    bench: "Bench"
    operations: dict[str, Any]

    def server(self, **answers: Response | Exception | Callable[[], object]) -> Server:
        return (AsyncServer if self.bench.is_async else SyncServer)(
            {name.lstrip("_"): it for name, it in answers.items()}
        )

    def client(self, server: Server, **options: Any) -> Any:
        return self.bench.client(server, **options)  # type: ignore[arg-type]

    def read(self, client: Any) -> Any:
        return client.run(self.operations["read"], self.operations["input"](pts=5), {})

    def spend(self, client: Any) -> Any:
        return client.run(self.operations["write"], self.operations["input"](pts=5), {})

    def run(
        self, client: Any, ids: Any, call: Any, *, stop: Callable[[Any], bool] = lambda _: False, **options: Any
    ) -> Any:
        """Take outcomes until one of them is to be the last. Whatever is raised comes out, and nothing stays behind."""
        return (
            asyncio.run(self._arun(client, ids, call, stop, options))
            if self.bench.is_async
            else self._run(client, ids, call, stop, options)
        )

    def _run(self, client: Any, ids: Any, call: Any, stop: Any, options: Any) -> Any:
        taken: list[Any] = []
        self.taken = taken
        try:
            with contextlib.closing(client.for_each_customer(ids, call, **options)) as outcomes:
                for outcome in outcomes:
                    taken.append(outcome)
                    if stop(outcome):
                        break
        finally:
            assert [it.name for it in threading.enumerate() if it.name.startswith("bubblehouse-customer")] == []
        return taken

    async def _arun(self, client: Any, ids: Any, call: Any, stop: Any, options: Any) -> Any:
        taken: list[Any] = []
        self.taken = taken
        try:
            async with contextlib.aclosing(client.for_each_customer(ids, call, **options)) as outcomes:
                async for outcome in outcomes:
                    taken.append(outcome)
                    if stop(outcome):
                        break
        finally:
            assert asyncio.all_tasks() == {asyncio.current_task()}
        return taken


def whose(client: Any) -> Any:
    """The customer that a client speaks for."""
    return client._pacing.customer  # noqa: SLF001 - nobody else needs to know


async def until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110 - no event is set for most of what is waited for
        await asyncio.sleep(0)


def numbers(count: int) -> list[str]:
    return [str(number) for number in range(count)]
