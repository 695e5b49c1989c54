"""First the originals, which every layer must pass; then every mutant, until the first layer catches it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from tests.mutants.layers import Layer
from tests.mutants.mutant import Mutant
from tests.mutants.runner.pool import Chain, Job, drive


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
        looked: How many layers looked at it.
    """

    mutant: Mutant
    seeds: tuple[int, ...]
    kills: dict[int, Kill] = field(default_factory=dict[int, Kill])
    broken: dict[str, str] = field(default_factory=dict[str, str])
    looked: set[str] = field(default_factory=set[str])

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


def baseline(layers: Iterable[Layer], seeds: Sequence[int], *, processes: int, tell: Told) -> dict[str, float]:
    """See that every layer passes with the originals, and return the seconds of each.

    Raises:
        BaselineError: One doesn't.
    """
    seconds: dict[str, float] = {}
    failures: list[str] = []

    def chain(layer: Layer) -> Chain:
        for seed in seeds if layer.seeded else seeds[:1]:
            verdict = yield Job(layer, seed)
            seconds[layer.name] = max(verdict.seconds, seconds.get(layer.name, 0.0))
            if verdict.outcome != "survived":
                failures.append(f"{layer.name}, seed {seed}: {verdict.killer} {verdict.reason}")
            tell(f"{layer.name}, seed {seed}, without a mutant: {verdict.passed} tests in {verdict.seconds:.1f} s")

    drive((chain(layer) for layer in layers), processes=processes, patience=600)
    if failures:
        raise BaselineError("; ".join(failures))
    return seconds


def prove(
    mutants: Sequence[Mutant], layers: Sequence[Layer], seeds: Sequence[int], *, processes: int, tell: Told
) -> list[Fate]:
    """Let the layers look at mutants."""
    fates = [Fate(mutant, tuple(seeds)) for mutant in mutants]
    done = 0

    def chain(fate: Fate) -> Chain:
        nonlocal done
        for layer in layers:
            if fate.mutant.side not in layer.sees or fate.killed:
                continue
            yield from _look(fate, layer)
        done += 1
        what = f"killed by {', '.join(fate.layers)} in {fate.seconds:.1f} s" if fate.killed else "SURVIVED"
        tell(f"{done}/{len(fates)} {fate.mutant.id}: {what}")

    drive((chain(fate) for fate in fates), processes=processes)
    return fates


def _look(fate: Fate, layer: Layer) -> Chain:
    fate.looked.add(layer.name)
    left = [seed for seed in fate.seeds if seed not in fate.kills]
    for seed in left if layer.seeded else left[:1]:
        verdict = yield Job(layer, seed, fate.mutant)
        if verdict.outcome == "broken":
            fate.broken[layer.name] = verdict.reason
        elif verdict.outcome == "killed":
            kill = Kill(layer.name, verdict.seconds, verdict.killer, verdict.reason)
            fate.kills |= dict.fromkeys([seed] if layer.seeded else left, kill)


def check_killers(fates: Sequence[Fate], layers: Sequence[Layer], *, processes: int) -> None:
    """See that the tests that caught something pass with the originals; cheaper than all of them.

    Raises:
        BaselineError: One doesn't.
    """
    failures: list[str] = []

    def chain(layer: Layer, seed: int, tests: tuple[str, ...]) -> Chain:
        verdict = yield Job(layer, seed, None, tests)
        if verdict.outcome != "survived":
            failures.append(f"{layer.name}, seed {seed}: {verdict.killer} {verdict.reason}")

    chains = [
        chain(layer, seed, tests)
        for layer in layers
        for seed in (fates[0].seeds if fates and layer.seeded else (fates[0].seeds[:1] if fates else ()))
        if (
            tests := tuple(
                sorted({it.kills[seed].test for it in fates if seed in it.kills and it.kills[seed].layer == layer.name})
            )
        )
    ]
    drive(chains, processes=processes)
    if failures:
        raise BaselineError("; ".join(failures))
