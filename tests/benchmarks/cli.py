"""The command: measures, shows, and keeps what it found."""

import argparse
import json
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from tests.benchmarks import machine, page, peers, report
from tests.benchmarks.bench import Bench, prepared
from tests.benchmarks.processes import MissingError, ProgramError
from tests.benchmarks.row import Figures, Row, Section
from tests.benchmarks.rows import SECTIONS
from tests.contract.proof.console import Screen, table

_BY_KEY: Final = {row.key: (row,) for section in SECTIONS for row in section.rows} | {
    section.key: section.rows for section in SECTIONS
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and report.

    Args:
        arguments: The command line; None for the process's own.

    Returns:
        0 where it was done, whatever came out; 1 where it, or a row of it, failed.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    chosen = options.rows or [section.rows for section in SECTIONS]
    rows = list(dict.fromkeys(row for some in chosen for row in some))
    whole = [section for section in SECTIONS if set(section.rows) <= set(rows)]
    if options.write and (options.quick or sum(len(section.rows) for section in whole) < len(rows)):
        parser.error("--write is for whole sections at full length")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: servers don't end by themselves
    show = Screen(sys.stdout)
    here = machine.this()
    for line in here.lines():
        show.line(show.paint(line, "faint"))
    if here.busy:
        show.line(show.paint("this machine is busy with something else: the figures are rough", "bad"))
    try:
        python = peers.interpreter(show.step) if options.peers else None
        with prepared(peers=python, quick=options.quick, tick=_tick) as bench:
            measured = {row: _measured(row, bench, show) for row in rows}
    except (ProgramError, peers.PeersError) as error:
        show.verdict(f"bench: {error}", good=False)
        return 1
    except KeyboardInterrupt:
        _erase()
        show.verdict("bench: stopped", good=False)
        return 1
    results = {row: figures or {} for row, figures in measured.items()}
    _show(results, show)
    if options.json:
        options.json.write_text(json.dumps(_data(results, here), indent=1), encoding="utf-8")
    if None in measured.values():
        return 1
    if options.write:
        for section in whole:
            page.write(section, results, here)
        show.line(f"written into {page.PAGE.name}")
    return 0


def _measured(row: Row, bench: Bench, show: Screen) -> Figures | None:
    """Return what a row came to: nothing where what it needs isn't installed, and None where it failed."""
    show.step(f"{row.key}: {row.what}")
    begin = time.monotonic()
    figures: Figures | None = None
    try:
        figures = row.measure(bench)
    except MissingError as error:
        figures = {}
        show.line(show.paint(f"   not measured: {error}", "bad"))
    except ProgramError as error:
        show.line(show.paint(f"   failed: {error}", "bad"))
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
    for section in SECTIONS:
        own = {row: figures for row, figures in results.items() if row in section.rows}
        goals = [line.cells() for line in report.lines(own)]
        for head, rows in ((report.DETAIL_HEAD, report.details(own)), (report.head(section), goals)):
            if rows:
                _show_table([head, *rows], show)
    missed = [line for line in report.lines(results) if line.met is False]
    judged = sum(line.met is not None for line in report.lines(results))
    show.verdict(f"{judged - len(missed)} of {judged} goals met", good=not missed)


def _show_table(rows: list[tuple[str, ...]], show: Screen) -> None:
    lines = table(rows)
    show.line("")
    show.line(show.paint(lines[0], "strong"))
    for line in lines[1:]:
        show.line(line)


def _data(results: dict[Row, Figures], here: machine.Machine) -> dict[str, object]:
    rows = {row.key: {name: asdict(figure) for name, figure in figures.items()} for row, figures in results.items()}
    return {"machine": here.as_dict(), "rows": rows}


def _rows(key: str) -> tuple[Row, ...]:
    try:
        return _BY_KEY[key]
    except KeyError:
        raise argparse.ArgumentTypeError(f"no row is called {key!r}: choose from {', '.join(_BY_KEY)}") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description=(
            "Measures the client beside httpx by hand, and the mock beside Prism and a bare ASGI application, in the "
            "same run: processes and batches of calls in turn, medians of many. Needs Linux, and wrk for the mock; "
            "nothing else should run."
        ),
        epilog="Rows: " + ". ".join(_told(section) for section in SECTIONS) + ".",
    )
    parser.add_argument("rows", nargs="*", type=_rows, metavar="ROW", help="which to measure; all by default")
    parser.add_argument("--peers", action="store_true", help="other SDKs, too (installs them into .venv/peers, once)")
    parser.add_argument("--quick", action="store_true", help="a fifth of the rounds, for a rough figure")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the figures in a file, too")
    parser.add_argument("--write", action="store_true", help="put the tables into tests/benchmarks/README.md")
    return parser


def _told(section: Section) -> str:
    return f"{section.key} (all of these): " + "; ".join(f"{row.key}: {row.what}" for row in section.rows)


if __name__ == "__main__":
    sys.exit(main())
