"""Stories of server and model."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from typing import Protocol

import pytest
from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from tests.contract.model import world
from tests.contract.model.drivers import Clients
from tests.contract.model.judge import Judge
from tests.contract.model.levers import Levers
from tests.contract.model.machine import Machine
from tests.contract.model.player import Stage, shortened
from tests.contract.model.story import DivergenceError
from tests.contract.proof.contract import Contract
from tests.contract.proof.figures import ModelRun
from tests.contract.proof.target import Target

_STEPS = 35
_TOGETHER = 10
"""Stories that hypothesis draws in one go. Of more it would make five out of six by varying others."""


class Play(Protocol):
    """Plays stories with a server and the model."""

    def __call__(
        self, target: Target, number: int, stories: int, *, steps: int = _STEPS, patience: float = 0.0, most: int = 0
    ) -> ModelRun:
        """Play.

        Args:
            target: The server.
            number: The seed.
            stories: How many, or a few more.
            steps: Steps of each.
            patience: Seconds for looking for a shorter story, where one was found in which they disagree.
            most: How many more at most, until everything was reached that the model knows.

        Returns:
            What was reached.

        Raises:
            DivergenceError: Server and model disagree.
        """
        ...


@contextmanager
def _stage(target: Target, contract: Contract) -> Iterator[Stage]:
    """Open a server for stories. Afterwards it is as it was."""
    if target.control is None:
        raise ValueError("a server without our control plane has no stage")
    own = replace(target, keys=world.KEYS)
    levers = Levers(target.control, target.shop)
    keys = {key.id: key for key in (*world.KEYS.values(), world.SPARE_KEY)}
    clients = Clients(own, keys, lambda: levers.ledger.shop.now)
    try:
        yield Stage(levers, clients, Judge(contract))
    finally:
        clients.close()
        target.control.reset()


@pytest.fixture(scope="session")
def play(contract: Contract) -> Play:
    """What plays stories."""

    def run(
        target: Target, number: int, stories: int, *, steps: int = _STEPS, patience: float = 0.0, most: int = 0
    ) -> ModelRun:
        with _stage(target, contract) as stage:
            together = min(stories, _TOGETHER)
            for batch in count():
                told = stage.figures.stories
                if told >= stories and (told >= most or not stage.figures.unreached):
                    return stage.figures
                try:
                    _tell(stage, number * _MOST_BATCHES + batch, together, steps)
                except DivergenceError as error:
                    raise shortened(stage, error, patience) from None
        raise AssertionError("there is always another batch")

    return run


_MOST_BATCHES = 1_000_003  # so that no two seeds have a batch in common


def _tell(stage: Stage, number: int, stories: int, steps: int) -> None:
    story = seed(number)(type("Told", (Machine,), {"stage": stage}))
    run_state_machine_as_test(
        story,
        settings=settings(
            max_examples=stories,
            stateful_step_count=steps,
            phases=(Phase.generate,),
            deadline=None,
            database=None,
            derandomize=False,
            verbosity=Verbosity.quiet,
            suppress_health_check=list(HealthCheck),
        ),
    )
