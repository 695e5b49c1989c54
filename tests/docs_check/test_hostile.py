"""Pages are strangers' files: whatever is in them, a message comes out and never a traceback, and soon."""

import random
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.docs_check.checking import PAGES, check_text, contract, page

from bubblehouse_docs.check import check
from bubblehouse_docs.cli import main
from bubblehouse_docs.failure import DocsError
from bubblehouse_docs.report import as_text

NAMES = sorted(path.name for path in PAGES.iterdir())
BEFORE = "RedeemPoints1\nMethod POST\nInput\n"


def _survive(file: Path) -> None:
    with suppress(DocsError):
        check(file, contract(), [])


NO_PAGES = [
    (b"", "no function's name and no URL"),
    (b"\xff\xfe\x00", ":1: the byte 0xff is not UTF-8"),
    (b"RedeemPoints1\n\nKind \xc3\x28", ":3: the byte 0xc3 is not UTF-8"),
    (b"PK\x03\x04" + bytes(1000), "no function's name"),
    (b"RedeemPoints1\n" + b"x" * 600_000, "longer than 500000 bytes"),
    (b"RedeemPoints1\n" + b"x" * 30_000, ":2: longer than 20000 characters"),
    (b"<html><p>RedeemPoints1<p>" + b"x" * 30_000, ":1: longer than 20000 characters"),
    (b"<html><![if foo", "no function's name"),
    (b"<html><![foo[bar]]>", ""),  # whether it is HTML at all, Python's versions don't agree
]


def test_what_is_no_page_is_refused_with_file_and_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [tmp_path / f"page-{number}" for number in range(len(NO_PAGES))]
    for file, (content, _) in zip(files, NO_PAGES, strict=True):
        file.write_bytes(content)
    assert main([*map(str, files)]) == 2
    for line, file, (_, said) in zip(capsys.readouterr().err.splitlines(), files, NO_PAGES, strict=True):
        assert line.startswith(f"scripts/check-docs: {file}")
        assert said in line


@pytest.mark.parametrize(
    "text",
    [
        BEFORE + "• " + "a" * 19_000,
        BEFORE + "• a " + "array of " * 2_000,
        BEFORE + "• a integer required if " + "b " * 9_000,
        BEFORE + "\n".join(["-"] * 100_000),
        BEFORE + "[" * 19_000 + "\n" + "[](" * 6_000,
        BEFORE + " _a" * 6_000 + "\n" + " *a" * 6_000,
        BEFORE + "# " * 9_000 + "x",
        BEFORE + "|" * 19_000 + "\n" + "a" + " " * 18_000 + "b",
        "Specific Errors\n422 a_b\n" + "{\n" * 100_000,
        "RedeemPoints1\nSpecific Errors\n422 a_b\n" + "{\n" * 100_000,
        "RedeemPoints1\nSpecific Errors\n422 a_b\n" + '{"a":' * 3_000 + "}" * 3_000,
        "RedeemPoints1\nAuthentication " + "Customer Token" * 1_300,
        "RedeemPoints1\nAuthentication " + "Customer " * 2_000,
        "<html><h1>RedeemPoints1</h1>" + "<div>" * 50_000,
        "<html><h1>RedeemPoints1</h1><table>" + "<tr><td>" * 30_000,
        "<html><h1>RedeemPoints1</h1>" + "<ul><li>" * 30_000,
        "<html><h1>RedeemPoints1</h1>" + "<svg>" * 30_000,
        "<html><h1>RedeemPoints1</h1>" + "<a href=x>" * 30_000,
        "<html><h1>RedeemPoints1</h1>" + "</td></li></a></table>" * 10_000,
        "<html><h1>RedeemPoints1</h1>" + "<!--" * 5_000 + "<" * 5_000,
        "<html><h1>RedeemPoints1</h1>" + "&#xD800;&#0;&bogus;" * 500,
    ],
    ids=range(21),
)
def test_what_is_made_to_take_long_does_not(tmp_path: Path, text: str) -> None:
    file = tmp_path / "page"
    file.write_text(text, encoding="utf-8")
    started = time.monotonic()
    _survive(file)
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("name", NAMES)
def test_damaged_pages_are_survived(name: str, tmp_path: Path) -> None:
    chance = random.Random(name)  # noqa: S311 - damage, the same in every run
    whole = page(name).encode()
    for _ in range(60):
        damaged = bytearray(whole)
        for _ in range(chance.randrange(1, 30)):
            at = chance.randrange(len(damaged))
            damaged[at : at + chance.randrange(40)] = bytes(
                chance.choices(b"|<>-*[](){}\n \x00\xe2#_`:", k=chance.randrange(5))
            )
        file = tmp_path / name
        file.write_bytes(damaged)
        _survive(file)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=400))
def test_any_text_is_survived(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    file = tmp_path_factory.getbasetemp() / "any"
    file.write_bytes(f"{text}\nRedeemPoints1\nInput\n• {text}\nOutput\n{text}\nGlobal Errors\n{text}".encode())
    _survive(file)


def test_nothing_in_a_page_steers_the_terminal(tmp_path: Path) -> None:
    text = page("redeem_points.txt").replace("no_coupon boolean", "no_coupon \x1b[2Jbool\u202eean\x07")
    checked = check_text(tmp_path, "redeem_points.txt", text)
    assert [finding.what for finding in checked.unexplained] == ["input.no_coupon type"]
    report = as_text([checked], [], colours=False)
    assert all(character.isprintable() or character == "\n" for character in report)


def test_nothing_in_a_page_gets_out_of_a_comment_of_the_draft(tmp_path: Path) -> None:
    text = "Loyalty API\nGiveAway1\nAuthentication Evil\x85paths: Token\nInput\n• a b\u2028c: required\n"
    draft = check_text(tmp_path, "give.txt", text).draft
    before = draft.partition("\npaths:\n")[0]
    assert all(line.startswith("# ") for line in before.split("\n"))
    assert "\x85" not in before
    assert "\u2028" not in before


def test_a_folder_is_no_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 2
    assert f"{tmp_path}: can't be read: Is a directory" in capsys.readouterr().err
