"""The report for people: one page, complete in itself."""

from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from tests.contract.proof import console
from tests.contract.proof.figures import DRIVER_NAMES, OperationTraffic, Run, TestFailure
from tests.contract.proof.page.matrix import KIND_NAMES, rows
from tests.contract.proof.page.sentences import proved
from tests.contract.proof.recipes import ALL_KINDS
from tests.contract.proof.watch.secrets import scrub

_TESTS = "tests/contract/"


def write(run: Run, path: Path) -> None:
    """Write the report.

    Args:
        run: The figures.
        path: The file.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=select_autoescape(["html.jinja"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["short"] = lambda name: name.removeprefix(_TESTS)
    sentence, good = console.verdict(run)
    text = environment.get_template("page.html.jinja").render(
        run=run,
        good=good,
        sentence=sentence,
        proved=proved(run),
        made=datetime.now(UTC),
        failures=_by_message(run),
        kinds=[KIND_NAMES[kind] for kind in ALL_KINDS],
        drivers=" and the ".join(DRIVER_NAMES),
        matrix={operation: rows(run, operation) for operation in run.operations},
        bars={} if run.traffic is None else {name: _bar(calls) for name, calls in run.traffic.operations.items()},
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(scrub(text), encoding="utf-8")


def _by_message(run: Run) -> dict[str, list[TestFailure]]:
    """Return failed tests by what they say: one cause often fails many."""
    found: dict[str, list[TestFailure]] = {}
    for failure in run.failures:
        found.setdefault(failure.message, []).append(failure)
    return found


def _bar(calls: OperationTraffic) -> list[tuple[str, int, float]]:
    """Return the parts of a bar: style, calls, and share in percent."""
    valid = calls.valid
    parts = (
        ("success", valid.success),
        ("business", valid.business),
        ("identity", valid.identity),
        ("door", valid.door + valid.undocumented),
    )
    return [(style, count, 100 * count / valid.total) for style, count in parts if count]
