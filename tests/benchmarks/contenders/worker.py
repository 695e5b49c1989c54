"""Calls one contender over and over, on request. Imports next to nothing: memory and caches are the contender's.

usage: python worker.py MODULE FUNCTION ARGUMENT

The module's function is given the argument, and returns what is to be called. It is called once, and its answer is
printed, or `missing` and a reason where it can't be imported. Then each line of stdin is answered with a number:

    calls N      the seconds of N calls
    tasks K N    the seconds of N calls by K asyncio tasks
    busy …       as one of these, but the seconds that a processor had to work for it
    memory       the bytes that are resident beyond those before the module was imported
"""

import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable

_PAGE = 4096


def _resident() -> int:
    with open("/proc/self/statm", "rb") as figures:  # noqa: PTH123 - pathlib would be measured, too
        return int(figures.read().split()[1]) * _PAGE


class _Blocking:
    """Calls that return when they are done."""

    def __init__(self, call: "Callable[[], object]") -> None:
        self._call = call

    def once(self) -> object:
        return self._call()

    def calls(self, count: int) -> float:
        call = self._call
        begin = time.perf_counter()
        for _ in range(count):
            call()
        return time.perf_counter() - begin


class _Tasks:
    """Calls that are awaited, on one event loop."""

    def __init__(self, call: "Callable[[], Awaitable[object]]", runner: "asyncio.Runner") -> None:
        self._call = call
        self._runner = runner

    def once(self) -> object:
        return self._runner.run(self._once())

    async def _once(self) -> object:
        return await self._call()

    def tasks(self, tasks: int, count: int) -> float:
        return self._runner.run(self._spread(tasks, count))

    async def _spread(self, tasks: int, count: int) -> float:
        import asyncio  # noqa: PLC0415 - as for all: only where it is used

        left = count

        async def work() -> None:
            nonlocal left
            while left > 0:
                left -= 1
                await self._call()

        begin = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(tasks)))
        return time.perf_counter() - begin


def _load(module: str, function: str, argument: str) -> "_Blocking | _Tasks":
    make = getattr(__import__(module), function)
    if function != "asynchronous":
        return _Blocking(make(argument))
    import asyncio  # noqa: PLC0415

    runner = asyncio.Runner()

    async def prepare() -> object:
        return make(argument)

    return _Tasks(runner.run(prepare()), runner)  # type: ignore[arg-type]  # what kind of function was asked for


def main() -> None:
    """Run."""
    before = _resident()
    try:
        contender = _load(*sys.argv[1:])
    except ImportError as error:
        sys.stdout.write(f"missing {error}\n")
        return
    sys.stdout.write(f"{contender.once()}\n")
    sys.stdout.flush()
    for line in sys.stdin:
        sys.stdout.write(f"{_answer(contender, line.split(), before)}\n")
        sys.stdout.flush()


def _answer(contender: "_Blocking | _Tasks", request: list[str], before: int) -> float:
    command, *rest = request
    if command == "memory":
        return _resident() - before
    if command == "busy":
        begin = time.process_time()
        _answer(contender, rest, before)
        return time.process_time() - begin
    seconds: float = getattr(contender, command)(*map(int, rest))
    return seconds


if __name__ == "__main__":
    main()
