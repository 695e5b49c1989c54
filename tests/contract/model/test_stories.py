"""Layer 4: stories of a shop, played with the server and with a small model of the ledger, which have to agree."""

import time

import pytest
from tests.contract.model.conftest import Play
from tests.contract.model.story import DivergenceError
from tests.contract.proof.figures import ModelRun, Run
from tests.contract.proof.options import Options
from tests.contract.proof.target import Target

_NO_CONTROL = "the server has no control plane of ours: its clock and settings can't be turned"


@pytest.fixture(scope="module")
def told(target: Target, options: Options, figures: Run, play: Play) -> ModelRun:
    """What was reached by all stories together."""
    if target.control is None:
        pytest.skip(_NO_CONTROL)
    started = time.monotonic()
    try:
        figures.model = play(target, options.seed, options.stories, shrink=options.shrink)
    except DivergenceError as error:
        pytest.fail(str(error), pytrace=False)
    figures.model.seconds = time.monotonic() - started
    return figures.model


def test_server_and_model_agree_at_every_step(told: ModelRun) -> None:
    assert told.calls > 0
