"""A mutant is killed by a test that fails, and by nothing else; and the command says so with its status."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from tests.mutants import cli
from tests.mutants.catalogue import BY_ID, MUTANTS
from tests.mutants.layers import LAYERS, ROOT

_MUTANT = "money.comma"
_CASES = {
    "sees it": ("killed", "def test_it(): assert money.render(Decimal(1)) == '1.000000'"),
    "sees it late": ("killed", "def test_one(): pass\ndef test_two(): assert ',' not in money.render(Decimal(1))"),
    "says so in a fixture": (
        "killed",
        "@pytest.fixture\ndef it():\n    if ',' in money.render(Decimal(1)): pytest.fail('no')\ndef test_it(it): pass",
    ),
    "sees nothing": ("survived", "def test_it(): pass"),
    "can't be collected": ("broken", "import nothing_of_this_name\ndef test_it(): assert False"),
    "has a broken fixture": ("broken", "@pytest.fixture\ndef it(): raise OSError('no')\ndef test_it(it): assert False"),
    "has no test": ("broken", ""),
    "ends the process": ("broken", "import os\ndef test_it(): os._exit(1)"),
    "hangs": ("broken", "import time\ndef test_it(): time.sleep(60)"),
}
_PATIENCE = 4
_DRIVER = """
import json, sys
from tests.mutants.layers import Layer
from tests.mutants.runner.pool import Wanted, pool
verdicts = {}
def chain(name, path, mutant, patience):
    layer = Layer(name, (path,), frozenset({"server"}))
    verdicts[name] = yield Wanted(layer, 1, mutant, (), patience)
with pool(2) as judges:
    judges.drive(chain(*given) for given in json.loads(sys.argv[1]))
print(json.dumps(verdicts))
"""


def _judge(folder: Path, mutant: str, cases: Iterable[str]) -> dict[str, Any]:
    (folder / "conftest.py").write_text("def pytest_addoption(parser): parser.addoption('--contract-seed')\n")
    given = []
    for number, name in enumerate(cases):
        path, (_, code) = folder / f"test_case_{number}.py", _CASES[name]
        path.write_text(f"import pytest\nfrom decimal import Decimal\nfrom bubblehouse_mock import money\n{code}\n")
        given.append([name, str(path), mutant, _PATIENCE if name == "hangs" else 60])
    done = subprocess.run(
        [sys.executable, "-c", _DRIVER, json.dumps(given)],
        cwd=ROOT,
        env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},  # none is needed, and loading them takes a second
        capture_output=True,
        text=True,
        check=True,
    )
    verdicts: dict[str, Any] = json.loads(done.stdout)
    return verdicts


def test_only_a_test_that_fails_kills(tmp_path: Path) -> None:
    verdicts = _judge(tmp_path, _MUTANT, _CASES)
    assert {name: verdict[0] for name, verdict in verdicts.items()} == {name: it for name, (it, _) in _CASES.items()}
    assert verdicts["sees it late"][2].endswith("::test_two")
    assert "nothing_of_this_name" in verdicts["can't be collected"][3]
    assert "has no setup" in verdicts["has a broken fixture"][3]


def test_without_a_mutant_nothing_is_killed(tmp_path: Path) -> None:
    verdicts = _judge(tmp_path, "", [name for name, (verdict, _) in _CASES.items() if verdict == "killed"])
    assert {name: verdict[0] for name, verdict in verdicts.items()} == dict.fromkeys(verdicts, "survived")


def _mutate(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.mutants", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_survivor_ends_the_command_with_1() -> None:
    done = _mutate("swaps.not_found.status", "--seed", "1", "--sample", "1", "--layer", "round-trip")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "SURVIVED swaps.not_found.status" in done.stdout


@pytest.mark.parametrize(
    "families",
    [pytest.param(["money", "swaps", "generated"], id="three"), pytest.param([], id="all", marks=pytest.mark.deep)],
)
def test_a_sample_of_each_family_is_killed(families: list[str]) -> None:
    done = _mutate(*families, "--seed", "1", "--sample", "1", "--quiet")
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_two_mutants_have_one_id() -> None:
    assert len(BY_ID) == len(MUTANTS)


def test_every_mutant_names_a_layer() -> None:
    assert {it.layer for it in MUTANTS} <= {layer.name for layer in LAYERS}


@pytest.mark.parametrize("arguments", [["no-such-mutant"], ["--layer", "no-such-layer"], ["--write", "--sample", "1"]])
def test_what_means_nothing_is_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        cli.main(arguments)


def test_mutants_can_be_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["tokens", "--list"]) == 0
    assert "tokens.expired" in capsys.readouterr().out
