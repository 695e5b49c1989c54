"""The results in tests/benchmarks/README.md, each section's between its marks; what is around is written by hand."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.benchmarks import report
from tests.benchmarks.machine import Machine
from tests.benchmarks.row import Figures, Row, Section

PAGE: Final = Path(__file__).parent / "README.md"


def write(section: Section, results: Mapping[Row, Figures], here: Machine) -> None:
    """Put a section's results in place of those before.

    Args:
        section: The section.
        results: What was measured, of this section at least.
        here: What it was measured on.
    """
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(replaced(text, section, rendered(section, results, here)), encoding="utf-8")


def rendered(section: Section, results: Mapping[Row, Figures], here: Machine) -> str:
    """Return a section's results as Markdown."""
    own = {row: results[row] for row in section.rows}
    about = "".join(f"- {line}\n" for line in here.lines())
    goals = report.markdown(report.head(section), (line.cells() for line in report.lines(own)))
    everybody = report.markdown(report.DETAIL_HEAD, report.details(own))
    return f"{about}\n{goals}\n#### Everybody\n\n{everybody}"


def replaced(page: str, section: Section, results: str) -> str:
    """Return the page with other results between a section's marks."""
    begin = f"<!-- {section.key}: written by scripts/bench --write -->\n"
    end = f"<!-- end of {section.key} -->\n"
    before, _, rest = page.partition(begin)
    _, _, after = rest.partition(end)
    return f"{before}{begin}\n{results}\n{end}{after}"
