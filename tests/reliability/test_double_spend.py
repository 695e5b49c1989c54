"""Nothing is spent twice, nothing is lost, and nobody is told that nothing happened when it did."""

import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from tests.reliability.spending import EVERY_FAULT, REFUSED, Shop, Told, Verdict, judge, spend

from bubblehouse import retry
from bubblehouse.errors import CallError
from bubblehouse.retry import Next
from bubblehouse_loyalty import errors

if TYPE_CHECKING:
    from tests.reliability.conftest import Lines

CUSTOMERS = 20


@pytest.mark.parametrize("calls_each", [50, pytest.param(500, marks=pytest.mark.deep)])
def test_redemptions_by_the_thousand_while_everything_goes_wrong(calls_each: int, lines: "Lines") -> None:
    with Shop(CUSTOMERS, calls_each) as shop:
        verdict, told = spend(shop, EVERY_FAULT, threads=16, tasks=24)
        received = shop.server.received
    counts = verdict.counts
    lines.add(f"{received} requests reached the server", counts)
    lines.add("refused", Counter(told.refused.values()))
    lines.add("unknown", Counter(told.unknown.values()))
    assert not verdict.flaws
    assert counts["redemptions"] == CUSTOMERS * calls_each == counts["returned"] + counts["refused"] + counts["unknown"]
    assert counts["applied"] == counts["returned"] + counts["unknown and applied"]
    # It would prove little if hardly anything went well, or hardly anything wrong.
    assert counts["returned"] > CUSTOMERS * calls_each / 4
    assert counts["refused"] > CUSTOMERS * calls_each / 100
    assert 0 < counts["unknown and applied"] < counts["unknown"]


# --- that it can fail ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mutant:
    """A retry rule that somebody could think of, and a world in which it spends twice."""

    wrongly: Callable[[CallError], bool]
    faults: tuple[str, ...]


MUTANTS = {
    "on timeout": Mutant(lambda failure: isinstance(failure, errors.APITimeoutError), ("hang after applying",)),
    "on a broken connection": Mutant(
        lambda failure: isinstance(failure, errors.APIConnectionError),
        ("reset after applying", "close after applying", "half an answer after applying"),
    ),
    "on 5xx": Mutant(
        lambda failure: isinstance(failure, errors.InternalServerError),
        ("HTML 502 after applying", "HTML 503 after applying", "HTML 520 after applying", "500 after applying"),
    ),
    "on an answer that can't be read": Mutant(
        lambda failure: isinstance(failure, errors.ResponseValidationError),
        ("HTML 200 after applying", "missing keys after applying", "invalid UTF-8 after applying"),
    ),
}


def mutate(monkeypatch: pytest.MonkeyPatch, rule: Callable[[str, CallError], Next]) -> None:
    """Put another rule wherever the runtime has the real one."""
    real = retry.decide
    holders = [it for name, it in sys.modules.items() if name.startswith("bubblehouse.") and hasattr(it, "decide")]
    assert len(holders) > 1  # where it is defined, and where it is used
    for module in holders:
        assert module.decide is real
        monkeypatch.setattr(module, "decide", rule)


@pytest.mark.parametrize("name", MUTANTS)
def test_a_rule_that_sends_writes_again_is_found_out(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    mutant, real = MUTANTS[name], retry.decide
    mutate(
        monkeypatch,
        lambda kind, failure: Next.REPEAT if mutant.wrongly(failure) else real(kind, failure),  # type: ignore[arg-type]
    )
    with Shop(customers=4, calls_each=15) as shop:
        verdict, _ = spend(shop, mutant.faults, threads=8, tasks=8)
    assert verdict.twice
    assert verdict.counts["applied twice"] == len(verdict.twice)


def test_a_rule_that_calls_an_unknown_outcome_a_refusal_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    real = retry.decide

    def sure(kind: str, failure: CallError) -> Next:
        decided = real(kind, failure)  # type: ignore[arg-type]
        return Next.RAISE if decided is Next.UNKNOWN else decided

    mutate(monkeypatch, sure)
    with Shop(customers=4, calls_each=15) as shop:
        verdict, _ = spend(shop, ["reset after applying"], threads=8, tasks=8)
    assert verdict.denied


def test_without_the_mutation_the_same_run_is_flawless() -> None:
    faults = [fault for mutant in MUTANTS.values() for fault in mutant.faults]
    with Shop(customers=4, calls_each=15) as shop:
        verdict, _ = spend(shop, [*faults, REFUSED], threads=8, tasks=8)
    assert not verdict.flaws
    assert verdict.counts["unknown and applied"] > 0


def test_the_judge_sees_every_flaw() -> None:
    good, twice, lost, denied, nowhere, strange = (("a", pts) for pts in range(1, 7))
    told = Told(returned={good: "1", twice: "2", lost: "3"}, refused={denied: "X"}, stray={strange: "KeyError()"})
    verdict: Verdict = judge(told, {good: ["1"], twice: ["2", "2b"], denied: ["4"], nowhere: ["5"]})
    assert verdict.flaws == {
        "twice": [twice],
        "lost": [lost],
        "denied": [denied],
        "stray": {strange: "KeyError()"},
        "from_nowhere": [nowhere],
    }
    assert judge(Told(returned={good: "1"}), {good: ["another's"]}).lost == [good]
