"""Another comparison of contracts judges the same changes: what it calls breaking, scripts/diff does, too.

It doesn't tell callers from servers: of what only the server side feels, it calls much breaking.
"""

import json
import subprocess
from copy import deepcopy
from pathlib import Path

import pytest
from tests.contract_diff.pairs import CONTRACT, read_pairs
from tests.independent.installation import NODE, program

from bubblehouse_diff.comparison import compare
from bubblehouse_diff.rules import RULES

pytestmark = pytest.mark.deep


def test_no_breaking_change_is_missed() -> None:
    pairs = [both for pair in read_pairs() for both in ((pair.before(), pair.after()), (pair.after(), pair.before()))]
    script = Path(__file__).with_name("breaking.cjs")
    done = subprocess.run(
        [NODE, script, program("api-smart-diff")],
        input=json.dumps([*pairs, (CONTRACT, deepcopy(CONTRACT))]),
        capture_output=True,
        text=True,
        check=True,
    )
    *verdicts, of_no_change = json.loads(done.stdout.splitlines()[-1])
    assert not of_no_change
    assert sum(verdicts) > 100
    missed = [
        [change.rule for change in changes]
        for verdict, changes in zip(verdicts, (compare(*pair)[0] for pair in pairs), strict=True)
        if verdict and not any(RULES[change.rule].breaks for change in changes)
    ]
    assert missed == []
