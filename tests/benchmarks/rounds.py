"""Interleaving: everything that is compared is measured once per round, so that what slows the machine slows it all."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

Tick: TypeAlias = Callable[[int, int], None]
"""Told how many rounds are done, and of how many."""


def untold(done: int, rounds: int) -> None:
    """Tell nobody."""
    del done, rounds


def interleaved(
    measures: Mapping[str, Callable[[], float]], rounds: int, tick: Tick = untold
) -> dict[str, list[float]]:
    """Take each measure once per round.

    Args:
        measures: What measures, by name. A first time, which fills caches, doesn't count.
        rounds: How many rounds there are.
        tick: Told before each round.

    Returns:
        What each measured, in order of the rounds.
    """
    for measure in measures.values():
        measure()
    taken: dict[str, list[float]] = {name: [] for name in measures}
    for number in range(rounds):
        tick(number, rounds)
        for name, measure in measures.items():
            taken[name].append(measure())
    return taken
