"""What a run has proved and what it has not, in words."""

from dataclasses import dataclass
from typing import Literal

from tests.contract.proof.figures import Run


@dataclass(frozen=True, slots=True)
class Sentence:
    """One thing that holds, that is open, or that doesn't hold."""

    text: str
    style: Literal["", "open", "bad"] = ""


def proved(run: Run) -> list[Sentence]:
    """Return what a reader takes away from a run.

    Args:
        run: The figures.
    """
    return [*_errors(run), *_coverage(run), *_traffic(run), *_model(run), *_left_out(run)]


def _errors(run: Run) -> list[Sentence]:
    caused, documented = run.errors()
    done, cells = run.cells()
    text = (
        f"{caused} of {documented} documented errors were caused by real state, {done} of {cells} with each kind of "
        "token that they can come with, and raised by the blocking and the asyncio client as their own classes."
    )
    if caused == documented:
        return [Sentence(text)]
    return [Sentence(text, "bad" if run.control else "open")]


def _coverage(run: Run) -> list[Sentence]:
    if run.coverage is None:
        return []
    level = run.coverage.level
    unmet = [it.name for it in run.coverage.criteria if it.level == level + 1 and not it.met]
    if not unmet:
        excused = sum(excused.count for it in run.coverage.criteria if it.level for excused in it.excused)
        apart = f", apart from {excused} items that no answer can have" if excused else ""
        return [Sentence(f"All criteria for REST coverage are met, up to the highest level (TCL7){apart}.")]
    text = f"REST coverage is at level {level} of 7; for the next one, {' and '.join(unmet)} are to be completed."
    return [Sentence(text, "open")]


def _traffic(run: Run) -> list[Sentence]:
    if run.traffic is None:
        return []
    failed = sum(it.count for it in run.traffic.failures)
    if failed:
        return [
            Sentence(
                f"{failed} answers to {run.traffic.cases:,} generated calls are not what the contract says.", "bad"
            )
        ]
    return [Sentence(f"All answers to {run.traffic.cases:,} generated calls are what the contract says.")]


def _model(run: Run) -> list[Sentence]:
    if run.model is None:
        return []
    reached = sum(count > 0 for count in run.model.moves.values())
    text = f"{reached} of {len(run.model.moves)} moves of the ledger were seen in {run.model.stories:,} stories."
    return [Sentence(text, "" if reached == len(run.model.moves) else "open")]


def _left_out(run: Run) -> list[Sentence]:
    sentences = []
    if not run.control:
        sentences.append("The server can't be put into states at will, so most errors were not caused.")
    if not run.writes:
        sentences.append("Nothing was written: calls that spend or give back points are unproved here.")
    return [Sentence(text, "open") for text in sentences]
