"""Explained differences: they explain what they name and nothing else, and those that explain nothing are reported."""

import json
from pathlib import Path

import pytest
from tests.docs_check.checking import PAGES, page

from bubblehouse_docs.cli import main
from bubblehouse_docs.differences import read_differences
from bubblehouse_docs.failure import DocsError

ENTRY = """\
differences:
  - page: RedeemPoints1
    what: {what}
    says: {says}
    reason: The page is wrong there.
"""
HTML = PAGES / "unredeem.html"


def _changed(folder: Path) -> Path:
    file = folder / "redeem_points.txt"
    text = page("redeem_points.txt").replace("no_coupon boolean", "no_coupon string")
    file.write_text(text, encoding="utf-8")
    return file


def _explaining(folder: Path, what: str, says: str) -> list[str]:
    file = folder / "differences.yaml"
    file.write_text(ENTRY.format(what=what, says=says), encoding="utf-8")
    return ["--differences", str(file)]


def test_it_is_shown_with_its_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(_changed(tmp_path)), *_explaining(tmp_path, "input.no_coupon type", "string")]) == 0
    (line,) = (line for line in capsys.readouterr().out.splitlines() if "no_coupon" in line)
    assert "redeem_points.txt:27 says 'string'; spec/openapi.yaml:" in line
    assert f"explained: The page is wrong there. ({tmp_path / 'differences.yaml'}:2)" in line


def test_it_does_not_explain_another_word(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(_changed(tmp_path)), *_explaining(tmp_path, "input.no_coupon type", "integer")]) == 1
    said = capsys.readouterr().out
    assert "differs: input.no_coupon type" in said
    assert "differences.yaml:2: explains nothing any more: RedeemPoints1 input.no_coupon type; drop it" in said


def test_one_of_a_list_that_explains_nothing_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    what = "[input.no_coupon type, input.pts type]"
    assert main([str(_changed(tmp_path)), "--json", *_explaining(tmp_path, what, "string")]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["pages"][0]["differences"] == 0
    file = str(tmp_path / "differences.yaml")
    assert report["explain_nothing"] == [{"page": "RedeemPoints1", "what": "input.pts type", "file": file, "line": 2}]


def test_pages_that_were_not_read_are_not_judged(tmp_path: Path) -> None:
    assert main([str(PAGES / "use_achievement.txt"), *_explaining(tmp_path, "input.pts type", "string")]) == 0


def test_one_of_two_pages_of_a_function_is_enough() -> None:
    assert main([str(HTML)]) == 1  # it states what the entries for Unredeem1 say is lost
    assert main([str(HTML), str(PAGES / "unredeem.txt")]) == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("differences: [", "can't be read as YAML"),
        ("other: []\n", "expected one key, differences"),
        ("- page: RedeemPoints1\n", "expected one key, differences"),
        (
            "differences:\n  - page: RedeemPoints1\n    what: url\n    says: x\n",
            ":2: an entry has page, what, says and reason",
        ),
        ("differences:\n  - just a text\n", ":2: an entry has page"),
        (ENTRY.format(what="url", says="''"), ":2: an entry has page"),
        (ENTRY.format(what="[]", says="x"), ":2: an entry has page"),
        (ENTRY.format(what="[[url]]", says="x"), ":2: an entry has page"),
        (ENTRY.format(what="{a: b}", says="x"), ":2: an entry has page"),
        (ENTRY.format(what="url", says="x") + "    page2: x\n", ":2: an entry has page"),
    ],
)
def test_a_file_that_is_none_is_refused(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "differences.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DocsError, match=said.replace("[", r"\[")):
        read_differences(file, "differences.yaml")


def test_a_file_that_is_missing_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(HTML), "--differences", str(tmp_path / "none.yaml")]) == 2
    assert "none.yaml: can't be read" in capsys.readouterr().err
