"""Remembers which test caught which mutant, so that it can be asked first the next time."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Final, TypeAlias

from tests.mutants.runner.proving import Fate

_FILE: Final = Path(__file__).parents[1] / "killers.json"

Killers: TypeAlias = dict[str, tuple[str, str]]
"""Id of a mutant to the layer and the test that caught it last."""


def recall() -> Killers:
    """Return what is remembered."""
    if not _FILE.exists():
        return {}
    return {mutant: (layer, test) for mutant, (layer, test) in json.loads(_FILE.read_text(encoding="utf-8")).items()}


def learn(fates: Sequence[Fate]) -> None:
    """Remember what caught mutants, beside what is remembered of others."""
    known: Killers = recall()
    for fate in fates:
        kill = fate.kills.get(fate.seeds[0])
        if kill is not None:
            known[fate.mutant.id] = kill.layer, kill.test
    text = json.dumps(dict(sorted(known.items())), indent=1) + "\n"
    _FILE.write_text(text, encoding="utf-8")
