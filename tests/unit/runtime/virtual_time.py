"""Time that passes only when all who take part are asleep: threads and tasks meet as they would, and exactly."""

import asyncio
import heapq
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

from bubblehouse.flow import Timing


class VirtualTime:
    """A clock, and a way to sleep by it.

    Args:
        now: What it shows first.
        sleepers: How many take part. Each says when it leaves.
    """

    def __init__(self, now: float, sleepers: int) -> None:
        self._lock = threading.RLock()
        self._awake = sleepers
        self._wakes: list[tuple[float, int, Callable[[], object]]] = []
        self._order = count()
        self.now = now

    @property
    def timing(self) -> Timing:
        return Timing(monotonic=lambda: self.now, time=lambda: self.now, sleep=self.sleep)

    @property
    def async_timing(self) -> Timing:
        return self.timing._replace(sleep=self.asleep)

    @contextmanager
    def taking_part(self) -> Iterator[None]:
        try:
            yield
        finally:
            self._fall_asleep()

    def sleep(self, seconds: float) -> None:
        event = threading.Event()
        self._fall_asleep(seconds, event.set)
        assert event.wait(30)

    async def asleep(self, seconds: float) -> None:
        woken = asyncio.get_running_loop().create_future()
        self._fall_asleep(seconds, lambda: woken.set_result(None))
        await woken

    def _fall_asleep(self, seconds: float = 0.0, wake: Callable[[], object] | None = None) -> None:
        with self._lock:
            if wake is not None:
                heapq.heappush(self._wakes, (self.now + seconds, next(self._order), wake))
            self._awake -= 1
            if self._awake == 0 and self._wakes:
                self.now = self._wakes[0][0]
                while self._wakes and self._wakes[0][0] <= self.now:
                    self._awake += 1
                    heapq.heappop(self._wakes)[2]()
