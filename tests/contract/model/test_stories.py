"""Layer 4: stories of a shop, played with the server and with a small model of the ledger, which have to agree."""

import time

import pytest
from tests.contract.model.conftest import Play
from tests.contract.model.story import DivergenceError
from tests.contract.proof.control import in_process
from tests.contract.proof.figures import ModelRun, Run
from tests.contract.proof.options import DEFAULT_STORIES, Options
from tests.contract.proof.target import Target

_MOST = 3
"""So many times the usual number of stories are played where that doesn't reach everything."""
_NO_CONTROL = "the server has no control plane of ours: its clock and settings can't be turned"


@pytest.fixture(scope="module")
def told(target: Target, options: Options, figures: Run, play: Play) -> ModelRun:
    """What was reached by all stories together."""
    if target.control is None:
        pytest.skip(_NO_CONTROL)
    if options.url is None:
        # The stories' judge holds each answer against the contract: a mock that does so as well takes time for nothing.
        with in_process(strict=False) as lenient:
            return _tell(lenient, options, figures, play)
    return _tell(target, options, figures, play)


def _tell(target: Target, options: Options, figures: Run, play: Play) -> ModelRun:
    started = time.monotonic()
    most = _MOST * DEFAULT_STORIES if options.stories >= DEFAULT_STORIES else 0
    try:
        figures.model = play(target, options.seed, options.stories, patience=options.patience, most=most)
    except DivergenceError as error:
        pytest.fail(str(error), pytrace=False)
    figures.model.seconds = time.monotonic() - started
    return figures.model


def test_server_and_model_agree_at_every_step(told: ModelRun) -> None:
    assert told.calls > 0


def test_everything_that_the_model_knows_was_reached(told: ModelRun, options: Options) -> None:
    if options.stories < DEFAULT_STORIES:
        pytest.skip("so few stories, as over HTTP, don't reach everything; in process they do")
    assert told.unreached == []
