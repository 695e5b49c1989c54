"""The command line of scripts/diff."""

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import Final

from bubblehouse_diff.failure import DiffError
from bubblehouse_diff.outcome import Outcome, outcome_of
from bubblehouse_diff.report import as_json, as_markdown, as_text
from bubblehouse_diff.sources import git, last_release, side_of, working_tree

COMMAND: Final = "scripts/diff"

_ROOT: Final = Path(__file__).resolve().parents[2]


def main(arguments: list[str] | None = None) -> int:
    """Compare two contracts, and the clients that are generated from them.

    Args:
        arguments: The command line; `sys.argv` if None.

    Returns:
        The exit code: 0 when version and changelog agree with the changes, 1 when they don't, 2 when something can't be
        read.
    """
    parser = argparse.ArgumentParser(
        prog=COMMAND,
        description="Compare two contracts, and the clients that are generated from them: what breaks callers, what "
        "breaks the server side, and what breaks nobody. The exit code is 1 where the version in pyproject.toml or "
        "CHANGELOG.md don't agree with the changes, and 2 where something can't be read.",
    )
    parser.add_argument(
        "before", nargs="?", metavar="REV|FILE", help="a revision or a contract (default: the last release tag)"
    )
    parser.add_argument(
        "after", nargs="?", metavar="REV|FILE", help="a revision or a contract (default: the working tree)"
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print the report as JSON")
    form.add_argument("--markdown", action="store_true", help="print entries for CHANGELOG.md")
    parser.add_argument("--root", type=Path, default=_ROOT, help="the repository (default: %(default)s)")
    options = parser.parse_args(arguments)
    try:
        outcome = _compare(options.before, options.after, options.root)
    except DiffError as error:
        for line in str(error).splitlines():
            print(f"{COMMAND}: {line}", file=sys.stderr)
        return 2
    if options.json:
        report = as_json(outcome)
    elif options.markdown:
        report = as_markdown(outcome)
    else:
        report = as_text(outcome, colours=sys.stdout.isatty() and not os.environ.get("NO_COLOR"))
    encoding = sys.stdout.encoding or "utf-8"
    # A terminal may lack characters that a contract has.
    print(report.encode(encoding, "backslashreplace").decode(encoding), end="")
    if options.json or options.markdown:
        for problem in outcome.problems:
            print(f"{COMMAND}: {problem}", file=sys.stderr)
    return 1 if outcome.problems else 0


def _compare(before: str | None, after: str | None, root: Path) -> Outcome:
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        old = side_of(before or last_release(root), root, Path(one))
        new = side_of(after, root, Path(other)) if after else working_tree(root)
        released = bool(old.release and git(root, "tag", "--list", f"v{old.release.version}"))
        return outcome_of(old, new, released=released)
