"""Servers that lie are found out, and nothing that they do ends a run in any other way than with a report."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from tests.contract.proof.figures import read
from tests.contract.verifying.conftest import SECRET, Start
from tests.contract.verifying.lies import lies
from tests.contract.verifying.relay import Relay

_LIES = lies(SECRET)
# One that is a mistake, and one that is malice. All of them take a few minutes.
_SAMPLE = ("403 for 401", "token and secret come back")
_LAYERS = ("error_matrix", "round_trip", "unknown_answers")
_PATIENCE = 600.0  # seconds, on a machine that is busy with other things; a run takes seven of its own
_NEVER_SHOWN = ("eyJ", "Bearer ey", SECRET, "not-a-secret-demo-key-1")


@pytest.mark.parametrize(
    ("lie", "layers"),
    [
        *((lie, _LAYERS) for lie in _SAMPLE),
        *(pytest.param(lie, (*_LAYERS, "traffic"), marks=pytest.mark.deep) for lie in _LIES),
    ],
)
def test_a_lie_is_found_out(lie: str, layers: tuple[str, ...], stranger: Relay, start: Start, reports: Path) -> None:
    stranger.lie = _LIES[lie]
    tests = " ".join(f"tests/contract/test_{name}.py" for name in layers)
    process = start(tests, "--rate", "1000", "--examples", "1", "--record", str(reports / "record"))
    output, _ = process.communicate(timeout=_PATIENCE)
    assert process.returncode == 1, output
    run = read(reports / "contract.json")
    assert run.failures or run.broken, output
    assert "Traceback (most recent call last)" not in output.rpartition("short test summary")[2]
    assert output.splitlines()[-1].startswith(("contract, server and client DISAGREE", "verify: "))
    assert int(ET.parse(reports / "contract.xml").getroot()[0].get("failures", "0")) + len(run.failures) > 0  # noqa: S314
    written = [path.read_text(encoding="utf-8") for path in reports.iterdir()]
    assert len(written) >= 3
    assert not [secret for secret in _NEVER_SHOWN for text in (output, *written) if secret in text]
