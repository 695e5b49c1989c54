"""How figures are summed up, judged and shown."""

import pytest
from tests.benchmarks import page, report
from tests.benchmarks.clients import DEFAULT, FAST, REFERENCE
from tests.benchmarks.figures import Figure, ratios
from tests.benchmarks.machine import this
from tests.benchmarks.rounds import interleaved
from tests.benchmarks.row import Goal, Row, Section
from tests.benchmarks.rows import SECTIONS


def _row(at_least: bool = False, limit: float = 2.0) -> Row:  # noqa: FBT001, FBT002 - two of a kind
    return Row("key", "what", {DEFAULT: Goal(limit, at_least=at_least), FAST: Goal(1.0)}, lambda _: {})


def test_ratios_are_taken_round_by_round_and_summed_up_by_their_median() -> None:
    figure = ratios([2.0, 30.0, 8.0], [1.0, 10.0, 2.0])
    assert figure == Figure(3.0, 2.5, 3.5, 3)


def test_what_an_empty_program_takes_can_be_taken_off() -> None:
    assert ratios([3.0], [5.0], [1.0]) == Figure(0.5, 0.5, 0.5, 1)


def test_everything_is_measured_once_a_round_in_turn_after_a_first_time_that_does_not_count() -> None:
    order: list[str] = []

    def measure(name: str) -> float:
        order.append(name)
        return float(len(order))

    taken = interleaved({"a": lambda: measure("a"), "b": lambda: measure("b")}, 2)
    assert order == ["a", "b", "a", "b", "a", "b"]
    assert taken == {"a": [3.0, 5.0], "b": [4.0, 6.0]}


@pytest.mark.parametrize(
    ("at_least", "value", "met"), [(False, 2.0, "yes"), (False, 2.01, "NO"), (True, 2.0, "yes"), (True, 1.99, "NO")]
)
def test_a_goal_is_met_up_to_its_limit(at_least: bool, value: float, met: str) -> None:  # noqa: FBT001 - parametrised
    line, other = report.lines({_row(at_least): {DEFAULT.name: Figure(value, 1.0, 3.0, 9)}})
    assert line.cells()[1:7] == ("default", f"{value:.3g}", "1 to 3", "9", f"{'≥' if at_least else '≤'} 2", met)
    assert other.cells()[1:7] == ("[fast]", "not measured", "", "", "≤ 1", "-")


def test_everybody_is_listed_best_first() -> None:
    figures = {DEFAULT.name: Figure(0.5, 0.5, 0.5, 3), REFERENCE.name: Figure(1.0, 1.0, 1.0, 3)}
    assert [row[1] for row in report.details({_row(): figures})] == ["default", "httpx"]
    assert [row[1] for row in report.details({_row(at_least=True): figures})] == ["httpx", "default"]


def test_results_replace_those_before_and_leave_the_rest_of_the_page() -> None:
    before = page.PAGE.read_text(encoding="utf-8")
    row = _row()
    section = Section("client", "transport", (row,))
    results = page.rendered(section, {row: {DEFAULT.name: Figure(0.5, 0.5, 0.5, 3)}}, this())
    once = page.replaced(before, section, results)
    assert "| what | default | 0.5 |" in once
    assert once.startswith(before.partition("<!-- client:")[0])
    assert once.endswith(before.partition("<!-- end of client -->")[2])
    assert page.replaced(once, section, results) == once


def test_the_page_has_the_goals_of_today() -> None:
    shown = page.PAGE.read_text(encoding="utf-8")
    for section in SECTIONS:
        results = shown.partition(f"<!-- {section.key}: ")[2].partition(f"<!-- end of {section.key} -->")[0]
        for line in report.lines({row: {} for row in section.rows}):
            what, ours, *_, goal, _, _ = line.cells()
            assert any(row.startswith(f"| {what} | {ours} |") and f"| {goal} |" in row for row in results.splitlines())


def test_no_two_rows_or_sections_have_one_name() -> None:
    names = [name for section in SECTIONS for name in (section.key, *(row.key for row in section.rows))]
    assert len(set(names)) == len(names)
