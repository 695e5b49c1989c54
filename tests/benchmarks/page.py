"""The results in tests/benchmarks/README.md, between two marks; what stands around them is written by hand."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.benchmarks import report
from tests.benchmarks.machine import Machine
from tests.benchmarks.rows import Figures, Row

PAGE: Final = Path(__file__).parent / "README.md"
_BEGIN: Final = "<!-- results: written by scripts/bench --write -->\n"
_END: Final = "<!-- end of results -->\n"


def write(results: Mapping[Row, Figures], here: Machine) -> None:
    """Put the results of a run in place of those before.

    Args:
        results: What was measured.
        here: What it was measured on.
    """
    PAGE.write_text(replaced(PAGE.read_text(encoding="utf-8"), rendered(results, here)), encoding="utf-8")


def rendered(results: Mapping[Row, Figures], here: Machine) -> str:
    """Return the results as Markdown."""
    about = "".join(f"- {line}\n" for line in here.lines())
    goals = report.markdown(report.HEAD, (line.cells() for line in report.lines(results)))
    everybody = report.markdown(report.DETAIL_HEAD, report.details(results))
    return f"{about}\n{goals}\n### Everybody\n\n{everybody}"


def replaced(page: str, results: str) -> str:
    """Return the page with other results between its marks."""
    before, _, rest = page.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return f"{before}{_BEGIN}\n{results}\n{_END}{after}"
