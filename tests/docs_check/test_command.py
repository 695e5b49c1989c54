"""The command: its exit codes, its report, and the script around it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.docs_check.checking import PAGES, ROOT, page

from bubblehouse_docs.cli import main
from bubblehouse_docs.differences import read_differences
from bubblehouse_docs.report import as_text

REDEEM = PAGES / "redeem_points.txt"
ALL_TEXT = [str(path) for path in sorted(PAGES.glob("*.txt"))]


def test_pages_that_agree_give_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(ALL_TEXT) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert said.out.count(": no differences, ") == 4
    assert "explained: an assumption, with its reason in that overlay" in said.out


def test_a_difference_gives_1_and_both_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "page.txt"
    file.write_text(page("redeem_points.txt").replace("422 points_disabled", "423 points_disabled"), encoding="utf-8")
    assert main([str(file)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("RedeemPoints1: 1 difference, 7 explained")
    assert lines[1].startswith(f"  differs: error points_disabled status: {file}:68 says '423'; spec/openapi.yaml:")
    assert lines[1].endswith(" says '422'")


def test_the_report_for_programs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "page.txt"
    file.write_text(page("redeem_points.txt").replace("422 points_disabled", "423 points_disabled"), encoding="utf-8")
    assert main([str(file), "--json"]) == 1
    (report,) = json.loads(capsys.readouterr().out)["pages"]
    assert (report["page"], report["function"], report["differences"]) == (str(file), "RedeemPoints1", 1)
    finding = next(finding for finding in report["findings"] if finding["explained"] is None)
    assert finding["page"] == {"says": "423", "line": 68}
    assert finding["contract"]["says"] == "422"
    assert (finding["contract"]["file"], finding["kind"]) == ("spec/openapi.yaml", "differs")


def test_what_cant_be_read_gives_2_and_the_rest_is_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none.txt"), str(REDEEM)]) == 2
    said = capsys.readouterr()
    assert said.err == f"scripts/check-docs: {tmp_path / 'none.txt'}: can't be read: No such file or directory\n"
    assert "RedeemPoints1: no differences" in said.out


def test_a_contract_that_cant_be_read_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(REDEEM), "--spec", str(tmp_path / "none.yaml")]) == 2
    assert capsys.readouterr().err.startswith(f"scripts/check-docs: {tmp_path / 'none.yaml'}: ")


def test_a_document_that_is_no_contract_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "other.yaml").write_text("openapi: 3.1.0\npaths: {}\ncomponents: {}\n", encoding="utf-8")
    (tmp_path / "overlays").mkdir()
    more = ["--spec", str(tmp_path / "other.yaml"), "--overlays", str(tmp_path / "overlays")]
    assert main([str(REDEEM), *more]) == 2
    assert "other.yaml: no paths, no components or no global versions in it" in capsys.readouterr().err


def test_a_draft_is_of_one_page(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*ALL_TEXT, "--draft", "draft.yaml"])
    assert ended.value.code == 2
    assert "--draft takes one page" in capsys.readouterr().err


def test_colours_are_for_terminals() -> None:
    stale = read_differences(ROOT / "spec/docs-differences.yaml", "spec/docs-differences.yaml")
    assert "\x1b[31m" in as_text([], stale, colours=True)
    assert "\x1b" not in as_text([], stale, colours=False)


def test_the_script_passes_everything_on() -> None:
    script = ROOT / "scripts/check-docs"
    assert os.access(script, os.X_OK)
    assert 'bubblehouse_docs "$@"' in script.read_text(encoding="utf-8")


def test_characters_that_the_terminal_lacks_are_written_in_another_way(tmp_path: Path) -> None:
    file = tmp_path / "page.txt"
    file.write_text(page("redeem_points.txt").replace("Method POST", "Method ПОСТ"), encoding="utf-8")
    path = os.pathsep.join([str(ROOT / "overlays"), str(ROOT / "generated")])
    done = subprocess.run(
        [sys.executable, "-m", "bubblehouse_docs", str(file)],
        env={"PYTHONIOENCODING": "ascii", "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert r"\u041f" in done.stdout
