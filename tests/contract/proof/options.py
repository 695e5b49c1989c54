"""What a run of the contract tests is told on the command line."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

DEFAULT_SEED = 1
DEFAULT_EXAMPLES = 30
DEFAULT_STORIES = 40
"""Stories of the model in one run: as many as it takes to reach everything that the model knows."""
STORIES_OVER_HTTP = 15
"""As many with a server that is not in this process."""
DEFAULT_PATIENCE = 20.0
"""Seconds for making the story shorter in which server and model disagree."""
DOCUMENTED_RATE = 2.0  # reads a second for each customer, and as many writes
OWED = Path(__file__).parents[3] / "reports" / "owed.json"


def at_least(minimum: int) -> "Callable[[str], int]":
    """Return what reads an argument of the command line that is a whole number.

    Args:
        minimum: The least that it may be.
    """

    def whole_number(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = minimum - 1
        if number < minimum:
            raise argparse.ArgumentTypeError(f"must be a whole number from {minimum} up, not {text!r}")
        return number

    return whole_number


class Options:
    """The options. Where this file was loaded too late for the command line to know them, their defaults."""

    def __init__(self, config: pytest.Config) -> None:
        self.url: str | None = config.getoption("target_url", None)
        self.shop: str | None = config.getoption("target_shop", None)
        self.rate: float = config.getoption("target_rate", DOCUMENTED_RATE)
        self.allow_writes: bool = config.getoption("allow_writes", default=False)
        self.seed: int = config.getoption("contract_seed", DEFAULT_SEED)
        self.examples: int = config.getoption("contract_examples", DEFAULT_EXAMPLES)
        stories: int | None = config.getoption("model_examples", None)
        self.stories = stories or (DEFAULT_STORIES if self.url is None else STORIES_OVER_HTTP)
        self.patience: float = config.getoption("model_patience", DEFAULT_PATIENCE)
        self.figures: Path | None = config.getoption("contract_figures", None)
        self.record: Path | None = config.getoption("contract_record", None)
        self.owed: Path = config.getoption("contract_owed", None) or OWED
