"""The command: what it compares, its exit codes, its reports, and the script around it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.contract_diff.pairs import ROOT
from tests.contract_diff.repository import OVERLAY, SPEC, Repository

from bubblehouse_diff.cli import main

NEW_INPUT = ("\n        no_coupon:\n", "\n        gift: {type: boolean, description: A gift.}\n        no_coupon:\n")
NEEDED = ("required: [pts]\n", "required: [pts, cart_subtotal]\n")
VERSION = ('version = "0.1.0"', 'version = "0.2.0"')


def _run(repository: Repository, *arguments: str) -> int:
    return main([*arguments, "--root", str(repository.root)])


def _report(repository: Repository, capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    _run(repository, *arguments, "--json")
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    return report


def test_nothing_changed(small: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    small.git("tag", "v0.1.0")
    assert _run(small) == 0
    assert capsys.readouterr().out == ("v0.1.0 → the working tree: no changes\n\nversion: nothing asks for a new one\n")


@pytest.mark.parametrize("option", [[], ["--changelog"]])
def test_before_the_first_release_there_is_nothing_to_compare_with(
    option: list[str], small: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    small.git("tag", "v0.1.0rc1")
    before = (small.root / "CHANGELOG.md").read_text(encoding="utf-8")
    assert _run(small, *option) == 0
    assert capsys.readouterr().out.startswith("Nothing was released yet (there is no tag v…): there is nothing")
    assert (small.root / "CHANGELOG.md").read_text(encoding="utf-8") == before


def test_before_the_first_release_programs_are_told_so(
    unchanged: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    report = _report(unchanged, capsys)
    assert (report["before"], report["changes"], report["bump"], report["problems"]) == (None, [], "none", [])


def test_a_shallow_clone_knows_nothing_of_releases(
    small: Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small.git("clone", "--quiet", "--depth=1", small.root.as_uri(), str(tmp_path / "shallow"))
    assert main(["--root", str(tmp_path / "shallow")]) == 2
    assert "a shallow clone, which may lack releases; run: git fetch --unshallow --tags" in capsys.readouterr().err


def test_the_last_release_is_the_highest_version(small: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    small.git("tag", "v0.9.0")
    small.git("tag", "v0.10.0")
    assert _report(small, capsys)["before"] == "v0.10.0"


def test_a_file_is_generated_from_and_put_beside_the_contract(
    unchanged: Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "new.yaml"
    file.write_text((ROOT / SPEC).read_text(encoding="utf-8").replace(*NEW_INPUT), encoding="utf-8")
    report = _report(unchanged, capsys, "HEAD", str(file))
    (change,) = report["changes"]
    assert (change["rule"], change["path"]) == ("input-optional-added", "RedeemPoints1Input.gift")
    assert (change["breaks"], change["sentence"]) == (["server"], "optional input RedeemPoints1Input.gift added")
    told = {one["what"]: one["breaking"] for one in change["python"]}
    assert told["keyword `gift` on `redeem_points_1` added"] is False
    assert report["python"] == []
    assert report["entries"] == ["- Optional input `RedeemPoints1Input.gift` added → `redeem_points_1(gift=…)`."]
    assert (report["bump"], report["problems"]) == ("patch", [])


def test_the_other_way_round_a_keyword_is_gone(
    unchanged: Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "old.yaml"
    file.write_text((ROOT / SPEC).read_text(encoding="utf-8").replace(*NEW_INPUT), encoding="utf-8")
    assert _run(unchanged, str(file), "HEAD") == 0
    out = capsys.readouterr().out
    assert "Breaking for callers\n  input-removed  input RedeemPoints1Input.gift removed" in out
    assert "→ keyword `gift` of `redeem_points_1` removed, breaking" in out
    assert "the changes ask for a new minor one" in out


def test_a_breaking_change_after_a_release_needs_a_version_and_a_word(
    small: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    small.git("tag", "v0.1.0")
    small.edit(SPEC, *NEEDED)
    assert _run(small) == 1
    out = capsys.readouterr().out
    assert "pyproject.toml has version 0.1.0; what changed since 0.1.0 asks for 0.2.0 or more" in out
    assert "CHANGELOG.md doesn't say what changed since 0.1.0; run scripts/diff --changelog" in out
    small.edit("pyproject.toml", *VERSION)
    assert _run(small) == 1
    assert _run(small, "--changelog") == 0
    assert _run(small) == 0


@pytest.mark.parametrize(
    ("before", "edit", "least"),
    [
        ("0.1.0", NEW_INPUT, "0.1.1"),
        ("1.2.3", NEW_INPUT, "1.3.0"),
        ("1.2.3", NEEDED, "2.0.0"),
        ("1.2.3", ("Spend points and get", "Spends points and gets"), "1.2.4"),
    ],
)
def test_the_version_that_is_asked_for(
    before: str, edit: tuple[str, str], least: str, small: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    small.edit("pyproject.toml", 'version = "0.1.0"', f'version = "{before}"')
    small.commit()
    small.git("tag", f"v{before}")
    small.edit(SPEC, *edit)
    assert _run(small, "--changelog") == 0
    capsys.readouterr()
    (problem,) = _report(small, capsys)["problems"]
    assert f"asks for {least} or more" in problem
    small.edit("pyproject.toml", f'version = "{before}"', f'version = "{least}"')
    assert _run(small) == 0


def test_what_is_not_released_takes_every_change(small: Repository) -> None:
    small.edit(SPEC, *NEEDED)
    assert _run(small, "HEAD") == 0
    small.git("tag", "v0.1.0")
    assert _run(small, "HEAD") == 1
    assert _run(small, "v0.1.0") == 1


def test_an_error_that_moves_is_put_beside_its_exception(
    unchanged: Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "new.yaml"
    text = (ROOT / SPEC).read_text(encoding="utf-8")
    file.write_text(text.replace("'403': {$ref", "'409': {$ref"), encoding="utf-8")
    changes = _report(unchanged, capsys, "HEAD", str(file))["changes"]
    moved = [change for change in changes if change["rule"] == "error-id-moved"]
    assert {(change["before"], change["after"]) for change in moved} == {("403", "409")}
    name = "CustomerIdentityDoesNotMatchTokenError"
    assert all(change["python"][0]["what"].startswith(f"bases of `{name}` went from") for change in moved)


def test_an_assumption_that_became_a_fact(small: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    text = (ROOT / OVERLAY).read_text(encoding="utf-8")
    start = text.index("  - target: $.components.schemas['Unredeem1Input'].properties.customer")
    action = text[start : text.index("\n\n", start)]
    small.edit(OVERLAY, action, "")
    dropped = _report(small, capsys, "HEAD")["changes"]
    target = "$.components.schemas['Unredeem1Input'].properties.customer"
    assert ("assumption-dropped", target) in [(one["rule"], one["path"]) for one in dropped]
    spec = (ROOT / SPEC).read_text(encoding="utf-8")
    found = spec.index("x-bubblehouse-required-with: [ShopToken]", spec.index("    Unredeem1Input:"))
    documented = spec[:found] + spec[found:].replace("[ShopToken]", "[ShopToken, PartnerTokenForShop]", 1)
    (small.root / SPEC).write_text(documented, encoding="utf-8")
    rules = {one["rule"]: one["path"] for one in _report(small, capsys, "HEAD")["changes"]}
    assert rules["assumption-became-fact"] == target
    assert "input-required-with-removed" not in rules


def test_an_assumption_that_is_new_or_worded_anew(small: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    small.edit(OVERLAY, "As for RedeemPoints1's `customer` [7].", "As elsewhere.")
    small.edit(
        OVERLAY,
        "actions:\n",
        "actions:\n  - target: $.info\n    description: A guess.\n    update: {x-bubblehouse-assumption: guessed}\n",
    )
    changes = _report(small, capsys, "HEAD")["changes"]
    rules = [(change["rule"], change["after"]) for change in changes if change["rule"].startswith("assumption")]
    assert rules == [("assumption-changed", "As elsewhere."), ("assumption-added", "A guess.")]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("nowhere", "nowhere is no file, and no revision that can be compared: git archive: fatal: "),
        ("--output=x", "unrecognized arguments"),
        ("spec", "spec is no file, and no revision"),
    ],
)
def test_what_cant_be_read_gives_2(
    name: str, told: str, unchanged: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    try:
        code = _run(unchanged, name)
    except SystemExit as ended:
        code = int(str(ended.code))
    assert code == 2
    assert told in capsys.readouterr().err


def test_a_contract_that_is_none_is_named(
    unchanged: Repository, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text("a: [", encoding="utf-8")
    assert _run(unchanged, "HEAD", str(file)) == 2
    assert f"scripts/diff: {file}, with the overlays of the working tree: " in capsys.readouterr().err


def test_a_reference_that_leads_nowhere_is_named(small: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    small.edit(
        SPEC, "schema: {$ref: '#/components/schemas/RedeemPoints1Output'}", "schema: {$ref: '#/components/schemas/No1'}"
    )
    assert _run(small, "HEAD") == 2
    assert "refers to the schema No1, which isn't there; mend the reference" in capsys.readouterr().err


def test_the_script_passes_everything_on() -> None:
    script = ROOT / "scripts/diff"
    assert os.access(script, os.X_OK)
    assert 'bubblehouse_diff "$@"' in script.read_text(encoding="utf-8")


def test_characters_that_the_terminal_lacks_are_written_in_another_way(small: Repository) -> None:
    path = os.pathsep.join([str(ROOT / "overlays"), str(ROOT / "generated")])
    done = subprocess.run(
        [sys.executable, "-m", "bubblehouse_diff", "HEAD", "--root", str(small.root)],
        env={"PYTHONIOENCODING": "ascii", "PYTHONPATH": path, "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(r"HEAD \u2192 the working tree: no changes")
