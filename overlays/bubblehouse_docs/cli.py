"""The command line of scripts/check-docs."""

import argparse
import os
import sys
from pathlib import Path
from typing import Final

from bubblehouse_docs.check import Checked, check
from bubblehouse_docs.contract import Contract
from bubblehouse_docs.differences import Explained, read_differences, stale
from bubblehouse_docs.draft_yaml import printable
from bubblehouse_docs.failure import DocsError
from bubblehouse_docs.findings import Finding
from bubblehouse_docs.report import as_json, as_text

COMMAND: Final = "scripts/check-docs"

_ROOT: Final = Path(__file__).resolve().parents[2]


def main(arguments: list[str] | None = None) -> int:
    """Compare pages of the vendor's docs with the contract.

    Args:
        arguments: The command line; `sys.argv` if None.

    Returns:
        The exit code: 0 when all pages agree apart from explained differences, 1 when one doesn't, 2 when something
        can't be read.
    """
    parser = argparse.ArgumentParser(
        prog=COMMAND,
        description="Compare pages of the vendor's docs with the contract: what a page says and the contract lacks, "
        "the reverse, and what differs, with the line of each. A page of a function that the contract lacks yields a "
        "draft of its operation. The exit code is 1 where there are differences that nobody has explained, and 2 where "
        "something can't be read.",
    )
    parser.add_argument("pages", nargs="+", type=Path, metavar="PAGE", help="a page, saved as text, Markdown or HTML")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--draft", type=Path, metavar="FILE", help="write the draft to FILE; with one page only")
    parser.add_argument("--spec", type=Path, default=_ROOT / "spec/openapi.yaml", help="the contract")
    parser.add_argument(
        "--overlays", type=Path, default=_ROOT / "overlays/spec", help="the folder of overlay documents"
    )
    parser.add_argument(
        "--differences", type=Path, default=_ROOT / "spec/docs-differences.yaml", help="the explained differences"
    )
    options = parser.parse_args(arguments)
    if options.draft and len(options.pages) > 1:
        parser.error("--draft takes one page; name the others in calls of their own")
    try:
        contract = Contract(options.spec, options.overlays, _ROOT)
        explained = read_differences(options.differences, _named(options.differences))
    except DocsError as error:
        return _fail(error)
    checked: list[Checked] = []
    code = 0
    for path in options.pages:
        try:
            checked.append(check(path, contract, explained))
        except DocsError as error:
            code = _fail(error)
    useless = stale(explained, _by_function(checked))
    if any(page.unexplained for page in checked) or useless:
        code = code or 1
    report = _report(checked, useless, json=options.json, draft=options.draft)
    encoding = sys.stdout.encoding or "utf-8"
    # A terminal may lack characters that a page has.
    print(report.encode(encoding, "backslashreplace").decode(encoding), end="")
    if options.draft:
        code = _write(options.draft, checked) or code
    return code


def _by_function(checked: list[Checked]) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for page in checked:
        found.setdefault(page.function, []).extend(page.findings)
    return found


def _report(checked: list[Checked], useless: list[Explained], *, json: bool, draft: Path | None) -> str:
    if json:
        return as_json(checked, useless)
    colours = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    drafts = "" if draft else "".join(f"\n{page.draft}" for page in checked if page.draft)
    return as_text(checked, useless, colours=colours) + drafts


def _write(path: Path, checked: list[Checked]) -> int:
    text = "".join(page.draft for page in checked)
    if not text:
        return 0
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        return _fail(DocsError(f"{path}: can't be written: {error.strerror}"))
    print(f"{COMMAND}: the draft is in {path}", file=sys.stderr)
    return 0


def _named(path: Path) -> str:
    return str(path.relative_to(_ROOT)) if path.is_relative_to(_ROOT) else str(path)


def _fail(error: DocsError) -> int:
    for line in str(error).splitlines():
        print(f"{COMMAND}: {printable(line)}", file=sys.stderr)
    return 2
