"""The summary of a whole run that is kept beside the tests."""

from collections.abc import Iterator

from tests.mutants.runner.report import Run

_HEAD = """\
# Mutants

Written by `./scripts/mutate --write`; edit nothing here. `reports/mutants.html` has every mutant, and its killer.

A mutant is one small mistake in server, document or client. The contract tests are run with each of them: the
layer that should see it first, then the others from the cheapest on, until a test fails. Before that, every layer must
pass without one. A collection error, a fixture that breaks or a process that hangs kills nothing.
"""


def text(run: Run) -> str:
    """Return the summary as Markdown."""
    return "\n".join(_lines(run)) + "\n"


def _lines(run: Run) -> Iterator[str]:
    killed = len(run.fates) - len(run.survivors)
    yield _HEAD
    seeds = ", ".join(map(str, run.seeds))
    yield f"{killed} of {len(run.fates)} mutants are killed with each of the seeds {seeds}."
    yield ""
    yield "| of | family | mutants | killed, minimum over seeds | by which layers |"
    yield "|---|---|---|---|---|"
    for family in run.families:
        layers = ", ".join(f"{layer} {number}" for layer, number in family.layers.items())
        yield f"| {family.side} | {family.name} | {len(family.fates)} | {family.killed} | {layers} |"
    yield ""
    yield "| layer | mutants killed |"
    yield "|---|---|"
    yield from (f"| {layer} | {run.caught(layer)} |" for layer in run.layers)
    if run.survivors:
        yield ""
        yield "## Survivors"
        yield ""
        yield from (f"- `{fate.mutant.id}`: {fate.mutant.wrong}" for fate in run.survivors)
