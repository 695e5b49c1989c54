"""The drill: the vendor publishes v2027 and RedeemPoints2, and one sitting later there is a client for both versions.

A renamed field, a new required input, an error id that is gone, a function that is hidden and its successor: from pages
to a released client, by the commands that a maintainer runs, in a copy of this repository.
"""

import json
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from tests.drill.conftest import HERE, PAGES, Run

_PAGE = "https://app.bubblehouse.com/apidocs/apis/loyalty/RedeemPoints1"


def test_the_pages_tell_what_is_new(first_look: CompletedProcess[str]) -> None:
    assert first_look.returncode == 1
    for difference in (
        "RedeemPoints2.txt:5 says 'RedeemPoints2'",
        "differs: version: tests/drill/pages/Unredeem1.txt:9 says 'v2027'",
        "contract only: input.change_bhid:",
        "page only: input.redemption_bhid:",
        "page only: input.reason: tests/drill/pages/Unredeem1.txt:24 says 'string required'",
        "contract only: error invalid_redemption_for_unredeem:",
    ):
        assert difference in first_look.stdout


@pytest.mark.usefixtures("edited")
def test_after_the_edits_pages_and_contract_agree(run: Run) -> None:
    again = run("bubblehouse_docs", "--json", *PAGES)
    assert again.returncode == 0, again.stdout
    found = json.loads(again.stdout)
    assert [page["function"] for page in found["pages"]] == ["RedeemPoints2 v2027", "Unredeem1 v2027"]


def test_what_is_generated_stays_the_same(regenerated: Path, run: Run) -> None:
    assert run("bubblehouse_codegen", "--check").returncode == 0
    folder = regenerated / "generated/bubblehouse_loyalty/versions"
    assert sorted(path.stem for path in folder.glob("v*.py")) == ["v20230601", "v2023061", "v2027"]
    assert [path.name for path in folder.glob("*.json")] == ["v2027.json"]


def test_one_client_speaks_both_versions_with_one_mock(regenerated: Path, python: Run) -> None:
    program = regenerated / "calls.py"
    program.write_text((HERE / "calls.py.txt").read_text(encoding="utf-8"), encoding="utf-8")
    done = python("calls.py", str(regenerated))
    program.unlink()
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        f"warned: RedeemPoints1 is deprecated; call redeem_points_2 in its place: {_PAGE}",
        "balances agree: True",
        "refused: ConfigurationError: api_version: v2027 has no RedeemPoints1; call redeem_points_2 in its place",
        "refused: InvalidArgumentError: Unredeem1: reason: is required in v2027",
        "refused: InvalidArgumentError: Unredeem1: reason: is not known in v2023061; leave it out",
        "undone: True",
        "answered: PointsSpendingDisabledError",
        "answered: PointsDisabledError",
        "answered: ChangeAlreadyRevertedError",
        "undone: True",
        "answered: ObsoleteGlobalApiVersionError",
        "answered: InaccessibleGlobalApiVersionError",
        "answered: InvalidGlobalApiVersionError",
    ]


def test_the_changes_are_told_and_written_down(regenerated: Path, run: Run) -> None:
    found = json.loads(run("bubblehouse_diff", "--json").stdout)
    assert [change["sentence"] for change in found["changes"] if "callers" in change["breaks"]] == []
    assert any("CHANGELOG.md" in problem for problem in found["problems"])
    assert run("bubblehouse_diff", "--changelog").returncode == 0
    written = (regenerated / "CHANGELOG.md").read_text(encoding="utf-8")
    for line in (
        "- Function `RedeemPoints2` added → `redeem_points_2()`.",
        "- Function `RedeemPoints1` is deprecated now → `redeem_points_1()`.",
        "- In v2027, function `RedeemPoints1` removed → `redeem_points_1()`.",
        "- In v2027, input `Unredeem1Input.change_bhid` is called `redemption_bhid` now.",
        "- In v2027, required input `Unredeem1Input.reason` added → `unredeem_1(reason=…)`.",
        "- In v2027, error `Unredeem1.invalid_redemption_for_unredeem` (`422`) removed.",
    ):
        assert f"{line}\n" in written
    again = json.loads(run("bubblehouse_diff", "--json").stdout)
    assert [problem for problem in again["problems"] if "CHANGELOG.md" in problem] == []


@pytest.mark.usefixtures("regenerated")
@pytest.mark.parametrize("examples", ["2", pytest.param("10", marks=pytest.mark.deep)])
def test_the_contract_tests_hold_the_new_version(examples: str, python: Run) -> None:
    proofs = ("test_traffic.py", "client/test_requests.py", "document/test_validity.py", "document/test_links.py")
    files = [f"tests/contract/{name}" for name in proofs]
    few = ("--contract-examples", examples)  # the whole of it is proved when it is real
    done = python("-m", "pytest", "-q", "-p", "no:cacheprovider", *files, "-k", "v2027", *few)
    assert done.returncode == 0, done.stdout
    assert "v2027" not in done.stdout  # no test that failed
    assert " passed" in done.stdout
