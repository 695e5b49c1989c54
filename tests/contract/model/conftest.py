"""Stories of server and model."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from tests.contract.model import world
from tests.contract.model.drivers import Clients
from tests.contract.model.judge import Judge
from tests.contract.model.levers import Levers
from tests.contract.model.machine import Machine, Stage
from tests.contract.proof.contract import Contract
from tests.contract.proof.figures import ModelRun
from tests.contract.proof.target import Target

_STEPS = 50
_WITHOUT_SHRINKING = (Phase.explicit, Phase.generate)

Play = Callable[..., ModelRun]
"""Plays stories with a server; see `play`."""


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
    """What plays stories with a server, and raises where server and model disagree."""

    def run(target: Target, number: int, stories: int, *, steps: int = _STEPS, shrink: bool = True) -> ModelRun:
        with _stage(target, contract) as stage:
            story = seed(number)(type("Told", (Machine,), {"stage": stage}))
            run_state_machine_as_test(
                story,
                settings=settings(
                    max_examples=stories,
                    stateful_step_count=steps,
                    phases=(*_WITHOUT_SHRINKING, Phase.shrink) if shrink else _WITHOUT_SHRINKING,
                    deadline=None,
                    database=None,
                    derandomize=False,
                    verbosity=Verbosity.quiet,  # the story says it better
                    report_multiple_bugs=False,
                    suppress_health_check=list(HealthCheck),
                ),
            )
        return stage.figures

    return run
