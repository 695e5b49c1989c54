"""The proof of the proof, as a command."""

import argparse
import itertools
import os
import random
import sys
import time
from collections.abc import Sequence
from typing import Final

from tests.contract.proof.options import at_least
from tests.mutants.catalogue import MUTANTS
from tests.mutants.document import edits
from tests.mutants.layers import LAYERS, ROOT, Layer
from tests.mutants.mutant import Mutant
from tests.mutants.runner import memory, report, summary
from tests.mutants.runner.pool import pool
from tests.mutants.runner.proving import BaselineError, Fate, baseline, check_killers, prove

_SEEDS: Final = (1, 2, 3, 4, 5)
_SAMPLE_SEED: Final = 20260520


def main(arguments: Sequence[str] | None = None) -> int:
    """Let the layers look at mutants, and report.

    Args:
        arguments: The command line; None for the process's own.

    Returns:
        0 where every mutant was caught with every seed, 1 where one wasn't, 2 where nothing can be said.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.seeds < 1 or (options.write and (options.mutants or options.layer or options.sample)):
        parser.error("--write belongs to a whole run: all mutants and all layers")
    mutants, layers = _mutants(options, parser), _layers(options, parser)
    if options.list:
        for mutant in mutants:
            print(f"{mutant.id:60} {mutant.layer:16} {mutant.wrong}")
        return 0
    seeds = tuple(range(1, options.seeds + 1)) if options.seed is None else (options.seed,)
    started = time.monotonic()
    if not options.sample or any(it.side == "document" for it in mutants):
        edits.warm(ROOT)
    tell, killers, done = _Teller(quiet=options.quiet), memory.recall(), itertools.count(1)

    def note(fate: Fate) -> None:
        what = f"killed by {', '.join(fate.layers)} in {fate.seconds:.1f} s" if fate.killed else "SURVIVED"
        tell(f"{next(done)}/{len(mutants)} {fate.mutant.id}: {what}")
        if options.learn or options.write:
            memory.learn([fate])

    try:
        with pool(options.processes) as judges:
            seconds = {} if options.sample else baseline(judges, layers, seeds, tell=tell)
            fates = prove(judges, mutants, layers, seeds, order=options.order, killers=killers, note=note)
            if options.sample:
                check_killers(judges, fates, layers)
    except BaselineError as error:
        print(f"mutate: without a mutant, not all passes, so nothing can be said: {error}", file=sys.stderr)
        return 2
    run = report.Run(fates, [layer.name for layer in layers], seconds, seeds, time.monotonic() - started)
    report.write(run, ROOT / "reports")
    if options.write:
        (ROOT / "tests" / "mutants.md").write_text(summary.text(run), encoding="utf-8")
    return _conclude(run.fates, run.seconds)


def _conclude(fates: Sequence[Fate], seconds: float) -> int:
    survivors = [fate for fate in fates if not fate.killed]
    for fate in fates:
        if fate.killed and not fate.as_expected:
            print(f"  {fate.mutant.id}: caught by {', '.join(fate.layers)}, expected of {fate.mutant.layer}")
    for fate in survivors:
        missing = [seed for seed in fate.seeds if seed not in fate.kills]
        print(f"  SURVIVED {fate.mutant.id} (seeds {missing}): {fate.mutant.wrong}")
        for layer, reason in fate.broken.items():
            print(f"    {layer} could say nothing: {reason}")
    print(
        f"mutate: {len(fates) - len(survivors)} of {len(fates)} mutants killed in {seconds:.0f} s; reports/mutants.html"
    )
    return 1 if survivors else 0


class _Teller:
    """Tells how far it is: on a terminal in one line that changes, elsewhere line by line."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet, self._changes = quiet, sys.stdout.isatty()

    def __call__(self, line: str) -> None:
        if self._quiet and "SURVIVED" not in line:
            return
        print(f"\r\033[K{line[:100]}" if self._changes else line, end="" if self._changes else "\n", flush=True)


def _mutants(options: argparse.Namespace, parser: argparse.ArgumentParser) -> list[Mutant]:
    wanted: list[str] = options.mutants
    unknown = [name for name in wanted if not any(name in {it.id, it.family, it.side} for it in MUTANTS)]
    if unknown:
        parser.error(f"there is no mutant, family or side {', '.join(unknown)}; --list lists all")
    chosen = [it for it in MUTANTS if not wanted or {it.id, it.family, it.side} & set(wanted)]
    if not options.sample:
        return chosen
    draw = random.Random(_SAMPLE_SEED)  # noqa: S311 - always the same
    here = {layer.name for layer in LAYERS if layer.places}
    drawn: list[Mutant] = []
    for family in dict.fromkeys(it.family for it in chosen):
        among = [it for it in chosen if it.family == family and it.layer in here]
        drawn += draw.sample(among, min(options.sample, len(among)))
    return drawn


def _layers(options: argparse.Namespace, parser: argparse.ArgumentParser) -> list[Layer]:
    names: list[str] = options.layer or [layer.name for layer in LAYERS]
    layers = [layer for layer in LAYERS if layer.name in names and layer.places]
    missing = [name for name in names if name not in {layer.name for layer in layers}]
    if options.layer and missing:
        parser.error(f"there is no layer {', '.join(missing)}")
    if missing:
        print(f"mutate: not here: the layers {', '.join(missing)}")
    return layers


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/mutate",
        description=(
            "Puts every known mistake into server, document and client, one at a time, and sees that a layer of the "
            "contract tests catches it. First every layer must pass without any. A mutant is caught by a test that "
            "fails, and by nothing else. Writes reports/mutants.html (for people), .json and .xml (JUnit)."
        ),
        epilog=(
            "Ends with 0 where every mutant was caught with every seed, with 1 where one survived, and with 2 where "
            "the layers don't pass without a mutant."
        ),
    )
    parser.add_argument(
        "mutants", nargs="*", metavar="MUTANT", help="a mutant's id, a family, or a side; all, unless given"
    )
    parser.add_argument("--layer", action="append", help="only this layer; may be given several times")
    parser.add_argument(
        "--seeds", type=at_least(1), default=len(_SEEDS), metavar="N", help="seeds 1 to N (default: %(default)s)"
    )
    parser.add_argument("--seed", type=at_least(0), metavar="N", help="this seed alone")
    parser.add_argument(
        "--sample",
        type=at_least(1),
        metavar="N",
        help=(
            "of each family only N mutants whose layer is here, always the same; of the tests that kill, rather than "
            "of all, it is seen that they pass without a mutant"
        ),
    )
    parser.add_argument(
        "--processes",
        type=at_least(1),
        default=os.cpu_count() or 1,
        metavar="N",
        help="judgements at a time (default: %(default)s)",
    )
    parser.add_argument(
        "--order",
        choices=("usual", "declared", "cheapest"),
        default="usual",
        help=(
            "which layers look: usually the one that should see a mutant, then the others (and before them the test "
            "that caught it last time); `declared`: that one alone; `cheapest`: every layer in turn, which takes hours"
        ),
    )
    parser.add_argument("--learn", action="store_true", help="remember in tests/mutants/killers.json what caught what")
    parser.add_argument("--write", action="store_true", help="also write tests/mutants.md, the summary, and remember")
    parser.add_argument("--list", action="store_true", help="list mutants, and do nothing")
    parser.add_argument("--quiet", action="store_true", help="tell of survivors alone")
    return parser
