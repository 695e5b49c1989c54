"""The default transports, with a plan of what is to befall each attempt: the same in every run."""

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Final
from urllib.parse import urlsplit

from tests.reliability.faults.server import HEADER

from bubblehouse.transport import AsyncTransport, Request, Response, Transport

NONE: Final = "none"


@dataclass
class Plan:
    """Says what is to befall an attempt. It follows from the seed, what is sent, and how often it was sent before.

    Args:
        seed: Another one makes another plan.
        weights: Faults and how likely they are, relative to one another. `none` is one of them.
        detours: Faults that are places: where connections to their ports go wrong, instead of answers.
    """

    seed: int
    weights: Mapping[str, float]
    detours: Mapping[str, str] = field(default_factory=dict[str, str])
    attempts: Counter[bytes] = field(default_factory=Counter[bytes])
    planned: Counter[str] = field(default_factory=Counter[str])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def route(self, request: Request) -> Request:
        """Return the request as it is to be sent."""
        with self._lock:
            self.attempts[request.content] += 1
            dice = Random(f"{self.seed} {self.attempts[request.content]} {request.content!r}")  # noqa: S311 - a plan
            fault = dice.choices([*self.weights], [*self.weights.values()])[0]
            self.planned[fault] += 1
        if fault == NONE:
            return request
        if fault in self.detours:
            url = f"{self.detours[fault]}{urlsplit(request.url).path}"
            return Request(request.method, url, request.headers, request.content)
        return Request(request.method, request.url, (*request.headers, (HEADER, fault)), request.content)


@dataclass
class Detour:
    """A transport that sends each attempt to its fate.

    Args:
        inner: What really sends.
        plan: What befalls an attempt.
        patience: Seconds that an attempt may take, whatever the call still has.
    """

    inner: Transport
    plan: Plan
    patience: float

    def send(self, request: Request, *, timeout: float) -> Response:
        return self.inner.send(self.plan.route(request), timeout=min(timeout, self.patience))

    def close(self) -> None:
        self.inner.close()


@dataclass
class AsyncDetour:
    """The same for asyncio."""

    inner: AsyncTransport
    plan: Plan
    patience: float

    async def send(self, request: Request, *, timeout: float) -> Response:  # noqa: ASYNC109 - the protocol's
        return await self.inner.send(self.plan.route(request), timeout=min(timeout, self.patience))

    async def aclose(self) -> None:
        await self.inner.aclose()
