"""First the originals, which every layer must pass; then every mutant, until the first layer catches it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from tests.mutants.layers import Layer
from tests.mutants.mutant import Mutant
from tests.mutants.runner.pool import Chain, Pool, Wanted


class BaselineError(Exception):
    """A layer doesn't pass without a mutant, so that its failing says nothing; the message says which."""


@dataclass(frozen=True, slots=True)
class Kill:
    """That a mutant was caught.

    Attributes:
        layer: By which layer.
        seconds: How long that layer took for it.
        test: The test that failed.
        reason: What it said.
    """

    layer: str
    seconds: float
    test: str
    reason: str


@dataclass(slots=True)
class Fate:
    """What became of one mutant.

    Attributes:
        mutant: The mutant.
        kills: What caught it, by seed.
        broken: Layers that could say nothing, each with the reason.
    """

    mutant: Mutant
    seeds: tuple[int, ...]
    kills: dict[int, Kill] = field(default_factory=dict[int, Kill])
    broken: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def killed(self) -> bool:
        """Whether it was caught with every seed."""
        return len(self.kills) == len(self.seeds)

    @property
    def layers(self) -> list[str]:
        """The layers that caught it."""
        return list(dict.fromkeys(kill.layer for kill in self.kills.values()))

    @property
    def seconds(self) -> float:
        """How long it took the layers that caught it, at most."""
        return max((kill.seconds for kill in self.kills.values()), default=0.0)

    @property
    def as_expected(self) -> bool:
        """Whether the layer caught it that should."""
        return self.layers == [self.mutant.layer]


Told = Callable[[str], None]
Order = Literal["usual", "declared", "cheapest"]
"""`usual`: the layer that should see a mutant, then the others. `declared`: it alone. `cheapest`: all in turn."""
_BASELINE = 900.0  # seconds that a layer may take without a mutant


def baseline(pool: Pool, layers: Iterable[Layer], seeds: Sequence[int], *, tell: Told) -> dict[str, float]:
    """See that every layer passes with the originals, and return the seconds of each.

    Raises:
        BaselineError: One doesn't.
    """
    seconds: dict[str, float] = {}
    failures: list[str] = []

    def chain(layer: Layer) -> Chain:
        for seed in seeds if layer.seeded else seeds[:1]:
            verdict = yield Wanted(layer, seed, patience=_BASELINE)
            seconds[layer.name] = max(verdict.seconds, seconds.get(layer.name, 0.0))
            if verdict.outcome != "survived":
                failures.append(f"{layer.name}, seed {seed}: {verdict.killer} {verdict.reason}")
            tell(f"{layer.name}, seed {seed}, without a mutant: {verdict.passed} tests in {verdict.seconds:.1f} s")

    pool.drive(chain(layer) for layer in layers)
    if failures:
        raise BaselineError("; ".join(failures))
    return seconds


def prove(
    pool: Pool,
    mutants: Sequence[Mutant],
    layers: Sequence[Layer],
    seeds: Sequence[int],
    *,
    order: Order,
    killers: Mapping[str, tuple[str, str]],
    note: Callable[[Fate], None],
) -> list[Fate]:
    """Let the layers look at mutants.

    Args:
        pool: The judges.
        mutants: The mutants.
        layers: The layers, from the cheapest on.
        seeds: The seeds.
        order: Which layers look.
        killers: What caught a mutant before, as layer and test: unless the order is `cheapest`, it is asked first.
        note: Is told what became of each mutant.
    """
    fates = [Fate(mutant, tuple(seeds)) for mutant in mutants]

    def chain(fate: Fate) -> Chain:
        if order != "cheapest" and fate.mutant.id in killers:
            yield from _ask(fate, layers, *killers[fate.mutant.id])
        for layer in _ordered(fate.mutant, layers, order):
            if not fate.killed:
                yield from _look(fate, layer)
        note(fate)

    pool.drive(chain(fate) for fate in fates)
    return fates


def _ordered(mutant: Mutant, layers: Sequence[Layer], order: Order) -> list[Layer]:
    """Return the layers that are to look at a mutant, in their order."""
    seeing = [layer for layer in layers if mutant.side in layer.sees]
    declared = [layer for layer in seeing if layer.name == mutant.layer]
    if order == "declared":
        return declared
    return seeing if order == "cheapest" else [*declared, *(layer for layer in seeing if layer not in declared)]


def _ask(fate: Fate, layers: Sequence[Layer], name: str, test: str) -> Chain:
    """Let one test look that caught the mutant before, where the seed plays no part."""
    for layer in layers:
        if layer.name == name == fate.mutant.layer and not layer.seeded:
            verdict = yield Wanted(layer.around(test), fate.seeds[0], fate.mutant.id, (test,))
            if verdict.outcome == "killed":
                kill = Kill(layer.name, verdict.seconds, verdict.killer, verdict.reason)
                fate.kills |= dict.fromkeys(fate.seeds, kill)


def _look(fate: Fate, layer: Layer) -> Chain:
    left = [seed for seed in fate.seeds if seed not in fate.kills]
    for seed in left if layer.seeded else left[:1]:
        verdict = yield Wanted(layer, seed, fate.mutant.id)
        if verdict.outcome == "broken":
            fate.broken[layer.name] = verdict.reason
        elif verdict.outcome == "killed":
            kill = Kill(layer.name, verdict.seconds, verdict.killer, verdict.reason)
            fate.kills |= dict.fromkeys([seed] if layer.seeded else left, kill)


def check_killers(pool: Pool, fates: Sequence[Fate], layers: Sequence[Layer]) -> None:
    """See that the tests that caught something pass with the originals; cheaper than all of them.

    Raises:
        BaselineError: One doesn't.
    """
    failures: list[str] = []
    by_name = {layer.name: layer for layer in layers}
    killers: dict[tuple[Layer, int], set[str]] = {}
    for fate in fates:
        for seed, kill in fate.kills.items():
            if by_name[kill.layer].seeded or seed == fates[0].seeds[0]:
                killers.setdefault((by_name[kill.layer].around(kill.test), seed), set()).add(kill.test)

    def chain(layer: Layer, seed: int) -> Chain:
        verdict = yield Wanted(layer, seed, "", tuple(sorted(killers[layer, seed])))
        if verdict.outcome != "survived":
            failures.append(f"{layer.name}, seed {seed}: {verdict.killer} {verdict.reason}")

    pool.drive(chain(layer, seed) for layer, seed in killers)
    if failures:
        raise BaselineError("; ".join(failures))
