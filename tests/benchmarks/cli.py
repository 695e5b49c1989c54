"""The command: measures, shows, and keeps what it found."""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from tests.benchmarks import machine, page, peers, report
from tests.benchmarks.bench import Bench, prepared
from tests.benchmarks.processes import ProgramError
from tests.benchmarks.rows import ROWS, Figures, Row
from tests.contract.proof.console import Screen, table

_BY_KEY: Final = {row.key: row for row in ROWS}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and report.

    Args:
        arguments: The command line; None for the process's own.

    Returns:
        0 where it was done, whatever came out; 1 where it could not be.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.write and (options.rows or options.quick):
        parser.error("--write is for all rows at full length")
    show = Screen(sys.stdout)
    here = machine.this()
    for line in here.lines():
        show.line(show.paint(line, "faint"))
    if here.busy:
        show.line(show.paint("this machine is busy with something else: the figures are rough", "bad"))
    rows = options.rows or ROWS
    try:
        python = peers.interpreter(show.step) if options.peers else None
        with prepared(peers=python, quick=options.quick, tick=_tick) as bench:
            results = {row: _measured(row, bench, show) for row in rows}
    except (ProgramError, peers.PeersError) as error:
        show.verdict(f"bench: {error}", good=False)
        return 1
    except KeyboardInterrupt:
        _erase()
        show.verdict("bench: stopped", good=False)
        return 1
    _show(results, show)
    if options.json:
        options.json.write_text(json.dumps(_data(results, here), indent=1), encoding="utf-8")
    if options.write:
        page.write(results, here)
        show.line(f"written into {page.PAGE.name}")
    return 0


def _measured(row: Row, bench: Bench, show: Screen) -> Figures:
    show.step(f"{row.key}: {row.what}")
    begin = time.monotonic()
    figures = row.measure(bench)
    _erase()
    show.line(show.paint(f"   {time.monotonic() - begin:.0f} s", "faint"))
    return figures


def _tick(done: int, rounds: int) -> None:
    if sys.stdout.isatty():
        sys.stdout.write(f"\r   round {done + 1} of {rounds} ")
        sys.stdout.flush()


def _erase() -> None:
    if sys.stdout.isatty():
        sys.stdout.write("\r\x1b[K")


def _show(results: dict[Row, Figures], show: Screen) -> None:
    for head, rows in ((report.DETAIL_HEAD, report.details(results)), (report.HEAD, _goals(results))):
        lines = table([head, *rows])
        show.line("")
        show.line(show.paint(lines[0], "strong"))
        for line in lines[1:]:
            show.line(line)
    missed = [line for line in report.lines(results) if line.met is False]
    judged = sum(line.met is not None for line in report.lines(results))
    show.verdict(f"{judged - len(missed)} of {judged} goals met", good=not missed)


def _goals(results: dict[Row, Figures]) -> list[tuple[str, ...]]:
    return [line.cells() for line in report.lines(results)]


def _data(results: dict[Row, Figures], here: machine.Machine) -> dict[str, object]:
    rows = {row.key: {name: asdict(figure) for name, figure in figures.items()} for row, figures in results.items()}
    return {"machine": here.as_dict(), "rows": rows}


def _row(key: str) -> Row:
    try:
        return _BY_KEY[key]
    except KeyError:
        raise argparse.ArgumentTypeError(f"no row is called {key!r}: choose from {', '.join(_BY_KEY)}") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description=(
            "Measures this client against httpx by hand, in the same run: fresh processes and batches of calls in "
            "turn, medians of many, a loopback server on a core of its own. Needs Linux; nothing else should run."
        ),
        epilog="Rows: " + "; ".join(f"{row.key}: {row.what}" for row in ROWS) + ".",
    )
    parser.add_argument("rows", nargs="*", type=_row, metavar="ROW", help="which to measure; all by default")
    parser.add_argument("--peers", action="store_true", help="other SDKs, too (installs them into .venv/peers, once)")
    parser.add_argument("--quick", action="store_true", help="a fifth of the rounds, for a rough figure")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the figures in a file, too")
    parser.add_argument("--write", action="store_true", help="put the tables into tests/benchmarks/README.md")
    return parser


if __name__ == "__main__":
    sys.exit(main())
