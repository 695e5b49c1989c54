"""A mutant is killed by a test that fails, and by nothing else; and the command says so with its status."""

import json
import os
import subprocess
import sys
from collections.abc import Collection, Iterable
from contextlib import suppress
from typing import Any

import pytest
from tests.mutants import cli
from tests.mutants.catalogue import BY_ID, MUTANTS
from tests.mutants.layers import LAYERS, ROOT, Layer
from tests.mutants.runner.pool import Chain, Pool
from tests.mutants.runner.proving import check_killers, prove
from tests.mutants.runner.verdict import Verdict

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
_PATIENCE = 1
_DRIVER = """
import json, sys
from tests.mutants.layers import Layer
from tests.mutants.runner.pool import Wanted, pool
verdicts = []
def chain(name, path, mutant, patience):
    layer = Layer(name, (path,), frozenset({"server"}))
    verdict = yield Wanted(layer, 1, mutant, (), patience)
    verdicts.append([mutant, name, verdict])
with pool(2) as judges:
    judges.drive(chain(*given) for given in json.loads(sys.argv[1]))
print(json.dumps(verdicts))
"""


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Any]:
    """What judges say, by mutant and by the case that looks: a process for all, which takes a second to start."""
    folder = tmp_path_factory.mktemp("cases")
    (folder / "conftest.py").write_text("def pytest_addoption(parser): parser.addoption('--contract-seed')\n")
    given = []
    for number, (name, (verdict, code)) in enumerate(_CASES.items()):
        path = folder / f"test_case_{number}.py"
        path.write_text(f"import pytest\nfrom decimal import Decimal\nfrom bubblehouse_mock import money\n{code}\n")
        patience = _PATIENCE if name == "hangs" else 60
        given += [[name, str(path), mutant, patience] for mutant in (_MUTANT, "") if mutant or verdict == "killed"]
    done = subprocess.run(
        [sys.executable, "-c", _DRIVER, json.dumps(given)],
        cwd=ROOT,
        env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},  # none is needed, and loading them takes a second
        capture_output=True,
        text=True,
        check=True,
    )
    return {(mutant, name): verdict for mutant, name, verdict in json.loads(done.stdout)}


def test_only_a_test_that_fails_kills(verdicts: dict[tuple[str, str], Any]) -> None:
    said = {name: verdict for (mutant, name), verdict in verdicts.items() if mutant}
    assert {name: verdict[0] for name, verdict in said.items()} == {name: it for name, (it, _) in _CASES.items()}
    assert said["sees it late"][2].endswith("::test_two")
    assert "nothing_of_this_name" in said["can't be collected"][3]
    assert "has no setup" in said["has a broken fixture"][3]


def test_without_a_mutant_nothing_is_killed(verdicts: dict[tuple[str, str], Any]) -> None:
    said = {name: verdict[0] for (mutant, name), verdict in verdicts.items() if not mutant}
    assert said == {name: "survived" for name, (verdict, _) in _CASES.items() if verdict == "killed"}


def _mutate(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.mutants", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_survivor_ends_the_command_with_1() -> None:
    done = _mutate("swaps.not_found.status", "--seed", "1", "--sample", "1", "--layer", "round-trip")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "SURVIVED swaps.not_found.status" in done.stdout


@pytest.mark.parametrize(
    "families",
    [pytest.param(["swaps", "generated"], id="two"), pytest.param([], id="all", marks=pytest.mark.deep)],
)
def test_a_sample_of_each_family_is_killed(families: list[str]) -> None:
    done = _mutate(*families, "--seed", "1", "--sample", "1", "--quiet")
    assert done.returncode == 0, done.stdout + done.stderr


class Said(Pool):
    """In place of judges: what they say of a layer that sees the mutant with some seeds only."""

    def __init__(self, killing: Collection[int]) -> None:
        super().__init__(1)
        self.killing = killing
        self.asked: list[tuple[str, int]] = []

    def drive(self, chains: Iterable[Chain]) -> None:
        for chain in chains:
            with suppress(StopIteration):
                wanted = next(chain)
                while True:
                    self.asked.append((wanted.mutant, wanted.seed))
                    killed = wanted.mutant and wanted.seed in self.killing
                    wanted = chain.send(
                        Verdict("killed" if killed else "survived", 0.0, "tests/it.py::it" * bool(killed))
                    )


@pytest.mark.parametrize(
    ("seeded", "killing", "killed"), [(True, {1}, False), (True, {1, 2}, True), (False, {1}, True)]
)
def test_a_layer_with_seeds_has_to_see_it_with_each(*, seeded: bool, killing: set[int], killed: bool) -> None:
    mutant = BY_ID[_MUTANT]
    layer = Layer(mutant.layer, ("tests",), frozenset({"server"}), seeded=seeded)
    judges = Said(killing)
    (fate,) = prove(judges, [mutant], [layer], (1, 2), order="declared", killers={}, note=lambda _: None)
    assert fate.killed is killed
    check_killers(judges, [fate], [layer])
    seeds = (1, 2) if seeded else (1,)
    assert judges.asked == [*((_MUTANT, seed) for seed in seeds), *(("", seed) for seed in seeds if seed in killing)]


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
