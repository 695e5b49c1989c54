"""The traffic of the other tests, recorded once for all judges."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.independent import traffic
from tests.independent.traffic import Exchange

_ROOT = Path(__file__).parents[2]
# The mock's other tests ask the same, or wait, or start processes.
_ABOUT_ANSWERS = (
    "achievement",
    "balance",
    "errors",
    "hostile",
    "identity",
    "inputs",
    "queries",
    "redeem",
    "requests",
    "several_shops",
    "tokens",
    "unredeem",
)
_SOURCES = (
    *(f"tests/unit/mock/test_{name}.py" for name in _ABOUT_ANSWERS),
    "tests/contract/test_error_matrix.py",
    "tests/contract/test_round_trip.py",
    "tests/contract/test_traffic.py::test_every_check_passes",
    "--contract-examples=3",
    *("-k", "not async"),  # the asyncio client sends what the blocking one sends
)


@pytest.fixture(scope="session")
def exchanges(tmp_path_factory: pytest.TempPathFactory) -> list[Exchange]:
    """Every exchange of the mock's tests and of the proof in process, each once."""
    file = tmp_path_factory.mktemp("traffic") / "exchanges.jsonl"
    plugin = ("-p", "tests.independent.recorder", "--record-traffic", file, "-p", "no:cacheprovider", "-q")
    run = subprocess.run(
        (sys.executable, "-m", "pytest", *plugin, *_SOURCES), cwd=_ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout
    return traffic.read(file)
