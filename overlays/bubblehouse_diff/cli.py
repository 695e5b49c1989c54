"""The command line of scripts/diff."""

import argparse
import os
import sys
from pathlib import Path
from typing import Final

from bubblehouse_diff.changelog import with_part
from bubblehouse_diff.failure import DiffError
from bubblehouse_diff.outcome import Outcome, between, since_last_release
from bubblehouse_diff.report import as_json, as_text

COMMAND: Final = "scripts/diff"

_ROOT: Final = Path(__file__).resolve().parents[2]


def main(arguments: list[str] | None = None) -> int:
    """Compare two contracts, and what callers can import.

    Args:
        arguments: The command line; `sys.argv` if None.

    Returns:
        The exit code: 0 when version and changelog agree with the changes, 1 when they don't, 2 when something can't be
        read.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.changelog and options.before:
        parser.error("--changelog tells what changed since the last release; leave the sides out")
    try:
        outcome = between(options.before, options.after, options.root) if options.before else None
        outcome = outcome or since_last_release(options.root)
        if options.changelog and outcome.before:
            return _write(outcome, options.root / "CHANGELOG.md")
    except DiffError as error:
        _complain(str(error).splitlines())
        return 2
    if options.json:
        _print(as_json(outcome))
    elif options.markdown:
        _print(outcome.entries)
    else:
        _print(as_text(outcome, colours=sys.stdout.isatty() and not os.environ.get("NO_COLOR")))
    if options.json or options.markdown:
        _complain(outcome.problems)
    return 1 if outcome.problems else 0


def _write(outcome: Outcome, path: Path) -> int:
    old = path.read_text(encoding="utf-8")
    new = with_part(old, outcome.coming, outcome.entries)
    path.write_text(new, encoding="utf-8")
    count = outcome.entries.count("\n")
    lines = "1 line" if count == 1 else f"{count or 'no'} lines"
    how = "is up to date, with" if new == old else "has now"
    _print(f"{path.name} {how} {lines} of what changed since {outcome.before}\n")
    return 0


def _print(text: str) -> None:
    encoding = sys.stdout.encoding or "utf-8"
    # A terminal may lack characters that a contract has.
    print(text.encode(encoding, "backslashreplace").decode(encoding), end="")


def _complain(lines: list[str]) -> None:
    for line in lines:
        print(f"{COMMAND}: {line}", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=COMMAND,
        description="Compare two contracts, and what callers can import: what breaks callers, what breaks the server "
        "side, and what breaks nobody. The exit code is 1 where one side is a release, and the version in "
        "pyproject.toml or CHANGELOG.md don't agree with what changed since; 2 where something can't be read.",
    )
    parser.add_argument(
        "before", nargs="?", metavar="REV|FILE", help="a revision or a contract (default: the last release tag)"
    )
    parser.add_argument(
        "after", nargs="?", metavar="REV|FILE", help="a revision or a contract (default: the working tree)"
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print the report as JSON")
    form.add_argument("--markdown", action="store_true", help="print the lines for CHANGELOG.md")
    form.add_argument(
        "--changelog",
        action="store_true",
        help="write these lines into CHANGELOG.md: a part of [Unreleased], rewritten each time; all else stays",
    )
    parser.add_argument("--root", type=Path, default=_ROOT, help="the repository (default: %(default)s)")
    return parser
