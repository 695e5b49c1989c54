"""The figures of a run on a terminal."""

import os
from collections.abc import Callable, Iterable, Sequence
from typing import Final, Literal, TextIO, TypeAlias

from tests.contract.proof.figures import Run, Tally

Style: TypeAlias = Literal["good", "bad", "strong", "faint"]
Paint: TypeAlias = Callable[[str, Style], str]

_CODES: Final[dict[Style, str]] = {"good": "32", "bad": "31", "strong": "1", "faint": "2"}
_MOST_FAILURES: Final = 10
_TRAFFIC_HEAD: Final = ("valid calls", "200", "rules", "identity", "door", "past the door", "invalid", "stopped")


class Screen:
    """Writes lines, in colour where somebody looks at them on a terminal.

    Args:
        stream: Where they go.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._coloured = stream.isatty() and not os.environ.get("NO_COLOR")

    def paint(self, text: str, style: Style) -> str:
        """Style a text, where there are colours."""
        return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if self._coloured else text

    def line(self, text: str) -> None:
        """Write a line at once: what follows may come from another process."""
        print(text, file=self._stream, flush=True)

    def step(self, text: str) -> None:
        """Announce what is done next."""
        self.line(self.paint(f"── {text}", "strong"))

    def verdict(self, text: str, *, good: bool) -> None:
        """Write how it ended."""
        self.line(self.paint(text, "good" if good else "bad"))


def traffic(run: Run) -> list[str]:
    """Show how far generated calls got, and which links they followed."""
    if run.traffic is None:
        return []
    rows = [
        (name, *_valid(calls.valid), calls.invalid.total, calls.invalid.total - calls.invalid.success)
        for name, calls in run.traffic.operations.items()
    ]
    return [*table([("generated calls", *_TRAFFIC_HEAD), *rows]), *_statuses(run), *_links(run)]


def summary(run: Run, paint: Paint) -> list[str]:
    """Show a whole run: generated calls, the error matrix, links, and what failed."""
    calls = run.traffic.operations if run.traffic is not None else {}
    rows: list[Sequence[object]] = [("operation", "errors caused", "with tokens", *_TRAFFIC_HEAD)]
    for name in run.operations:
        counted = calls.get(name)
        figures: tuple[object, ...] = ("",) * len(_TRAFFIC_HEAD)
        if counted is not None:
            figures = (*_valid(counted.valid), counted.invalid.total, counted.invalid.total - counted.invalid.success)
        rows.append((name, _of(run.errors(name)), _of(run.cells(name)), *figures))
    rows.append(("all", _of(run.errors()), _of(run.cells()), *[""] * len(_TRAFFIC_HEAD)))
    lines = ["", *table(rows), *_statuses(run), *_links(run), ""]
    lines[1] = paint(lines[1], "strong")
    lines += [paint(f"failed: {failure.name}", "bad") for failure in run.failures[:_MOST_FAILURES]]
    if len(run.failures) > _MOST_FAILURES:
        lines.append(paint(f"failed: {len(run.failures) - _MOST_FAILURES} more", "bad"))
    lines += [paint(f"skipped {count}: {reason}", "faint") for reason, count in run.skipped.items()]
    return lines


def verdict(run: Run) -> tuple[str, bool]:
    """Say in one line how a run ended, and whether that is good."""
    if run.broken:
        return f"verify: {run.broken}", False
    sent = run.traffic.cases if run.traffic is not None else 0
    tests = f"{run.passed} tests passed, {len(run.failures)} failed"
    words = "contract, server and client agree" if run.agrees else "contract, server and client DISAGREE"
    return f"{words}: {tests}, {sent} calls generated (seed {run.seed}), {run.seconds:.0f} s", run.agrees


def _statuses(run: Run) -> list[str]:
    calls = run.traffic.operations if run.traffic is not None else {}
    told = sorted({status for it in calls.values() for status in it.statuses})
    rows = [(name, *(it.statuses.get(status, "") for status in told)) for name, it in calls.items()]
    return ["", *table([("answered", *told), *rows])] if rows else []


def _links(run: Run) -> list[str]:
    links = run.traffic.links if run.traffic is not None else {}
    rows = [(name, link.followed, link.succeeded) for name, link in links.items()]
    return ["", *table([("link", "followed", "200"), *rows])] if rows else []


def _valid(tally: Tally) -> tuple[object, ...]:
    share = f"{tally.past_the_door:.0%}"
    return tally.total, tally.success, tally.business, tally.identity, tally.door + tally.undocumented, share


def _of(counted: tuple[int, int]) -> str:
    return f"{counted[0]} of {counted[1]}"


def table(rows: Iterable[Sequence[object]]) -> list[str]:
    """Set rows in columns, the first of which is aligned to the left."""
    texts = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in texts) for column in range(len(texts[0]))]
    return [
        "  ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        )
        for row in texts
    ]
