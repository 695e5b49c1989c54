"""Each rendering of a page is read to the same facts; the vendor's own pages pass with explained differences alone."""

import re
from pathlib import Path

import pytest
from tests.docs_check.checking import (
    COMPLETE,
    OF_THE_VENDOR,
    PAGES,
    ROOT,
    check_text,
    contract,
    explained,
    page,
    page_of_the_vendor,
)

from bubblehouse_docs.check import check
from bubblehouse_docs.interpretation import interpret
from bubblehouse_docs.page import Field, Page
from bubblehouse_docs.reading import read_lines

FUNCTIONS = {
    "customer_balance.md": "CustomerBalance3",
    "customer_balance.txt": "CustomerBalance3",
    "redeem_points.txt": "RedeemPoints1",
    "unredeem.html": "Unredeem1",
    "unredeem.txt": "Unredeem1",
    "use_achievement.txt": "UseAchievementDiscount1",
}


def _read(name: str) -> Page:
    return interpret(name, read_lines(PAGES / name))


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_a_page_agrees_with_the_contract(name: str) -> None:
    checked = check(PAGES / name, contract(), [] if name in COMPLETE else list(explained()))
    assert checked.function == FUNCTIONS[name]
    assert checked.unexplained == []
    assert checked.draft == ""


@pytest.mark.parametrize("name", sorted(OF_THE_VENDOR))
def test_a_page_of_the_vendor_agrees_with_the_contract(name: str, tmp_path: Path) -> None:
    theirs = check_text(tmp_path, name, page_of_the_vendor(name))
    ours = check_text(tmp_path, name, page(name))
    assert theirs.unexplained == []
    assert [(finding.kind, finding.what) for finding in theirs.findings] == [
        (finding.kind, finding.what) for finding in ours.findings
    ]


def test_every_page_is_tried() -> None:
    assert {path.name for path in PAGES.iterdir()} == FUNCTIONS.keys()
    assert set(FUNCTIONS.values()) == {path.rpartition("/")[2] for path in contract().document["paths"]}


def test_pipe_tables_with_flattened_links() -> None:
    read = _read("use_achievement.txt")
    assert {name: fact.text for name, fact in read.facts.items()} == {
        "Method": "POST",
        "Kind": "Write",
        "URL": "https://app.bubblehouse.com/api/v2023061/<shop>/UseAchievementDiscount1",
        "Authentication": "Customer TokenShop Token",
    }
    assert (read.input, read.output, len(read.errors)) == (None, None, 10)
    assert {row.scope for row in read.errors} == {"API-wide Errors", "Global Errors"}
    assert all(row.reason and row.example and row.example.text == row.id.text for row in read.errors)


def test_bullet_lists() -> None:
    read = _read("redeem_points.txt")
    assert read.input is not None
    assert read.output is not None
    assert read.input.fields[0] == Field(17, "customer", "CustomerIdentity1", "required if using a shop token")
    assert [field.name for field in read.output.fields] == [
        "code",
        "pts",
        "amount",
        "change_bhid",
        "remove_coupon_codes",
    ]
    assert read.output.fields[-1].type == "array of strings"
    assert [row.id.text for row in read.errors if row.scope == "Specific Errors"][-1] == "minimum_order_value_not_met"


def test_tables_run_together() -> None:
    read = _read("unredeem.txt")
    assert read.facts["Method"].text == "POST"
    assert read.output is not None
    assert read.output.fields == (
        Field(26, "success", "boolean", "required"),
        Field(30, "pts", "integer", "optional"),
    )
    own = [row for row in read.errors if row.scope == "Specific Errors"]
    assert [(row.status.text, row.id.text, row.reason) for row in own] == [
        ("", "change_already_reverted", False),
        ("", "invalid_redemption_for_unredeem", False),
        ("", "not_found", False),
    ]


def test_lost_names_and_sections() -> None:
    read = _read("customer_balance.txt")
    assert read.function is not None
    assert read.function.text == "CustomerBalance3"
    assert read.input is not None
    assert [(field.name, field.type, field.presence) for field in read.input.fields] == [
        ("", "", ""),
        ("include_unused_rewards", "boolean", "optional"),
        ("include_full_program", "boolean", "optional"),
    ]
    assert read.output is not None
    assert (read.output.type, read.output.fields) == (None, ())


def test_markdown_and_html_have_links() -> None:
    read = _read("customer_balance.md")
    assert read.input is not None
    assert [field.link for field in read.input.fields] == ["CustomerIdentity1", "", ""]
    assert read.output is not None
    assert read.output.type is not None
    assert read.output.type.text == read.output.link == "CustomerBalanceResult3"
    read = _read("unredeem.html")
    assert read.input is not None
    assert [(field.name, field.link) for field in read.input.fields] == [
        ("customer", "CustomerIdentity1"),
        ("change_bhid", ""),
    ]
    assert read.input.fields[1].line == 35


@pytest.mark.parametrize(
    ("row", "name", "kind", "presence"),
    [
        ("• birthdatedaterequired", "birthdate", "date", "required"),
        ("• update_timetimeoptional", "update_time", "time", "optional"),
        ("• time time required", "time", "time", "required"),
        ("• time required", "", "time", "required"),
        ("• CustomerIdentity1required", "", "CustomerIdentity1", "required"),
        ("• slugs array of string optional", "slugs", "array of string", "optional"),
        ("• slugsarray of stringsoptional", "slugs", "array of strings", "optional"),
        ("• cur_milestone MilestoneStatus3 | null required", "cur_milestone", "MilestoneStatus3 | null", "required"),
        ("* max integer or null optional", "max", "integer or null", "optional"),
        ("- pts required", "pts", "", "required"),
        ("- pts", "pts", "", ""),
        ("- required", "", "", "required"),
        ("- ptsintegerrequired if area is points", "pts", "integer", "required if area is points"),
        ("- ptsintegeroptionalThe points.", "pts", "integer", "optional"),
        ("| pts | integer | optional | The points. |", "pts", "integer", "optional"),
        ("| name | string | required | Who. |", "name", "string", "required"),
        ("| | | | |", "", "", ""),
        ("| pts | | optional | The points. |", "pts", "", "optional"),
        ("| | integer | optional | The points. |", "", "integer", "optional"),
        ("• What was redeemed before this was written.", "", "", ""),
    ],
)
def test_a_row_is_taken_apart(tmp_path: Path, row: str, name: str, kind: str, presence: str) -> None:
    file = tmp_path / "page.txt"
    file.write_text(
        f"TakeApart1\nInput\n| Name | Type | Required | Description |\n|---|---|---|---|\n{row}\n", encoding="utf-8"
    )
    read = interpret("page.txt", read_lines(file))
    assert read.input is not None
    assert read.input.fields == (Field(5, name, kind, presence),)


def test_other_ways_to_copy_a_page(tmp_path: Path) -> None:
    text = page("redeem_points.txt")
    copied = re.sub(r"(?m)^(Kind|Method|URL|Authentication) ", r"\1\t", text)
    copied = re.sub(r"(?m)^([45]\d\d) (\w+)\n\n", r"\1\t\2\t", copied)
    on_one_line = re.sub(r"(?m)^([45]\d\d) (\w+)\n\n", r"\1 \2 ", text)
    run_together = re.sub(r"(?m)^([45]\d\d) (\w+)\n\n", r"\1\2", text)
    for changed in (copied, on_one_line, run_together, text.replace("\n", "\r\n"), "\ufeff" + text):
        assert changed != text
        checked = check_text(tmp_path, "redeem_points.txt", changed)
        assert (checked.function, checked.unexplained) == ("RedeemPoints1", [])
    changed = run_together.replace("422insufficient_pointsThere", "402insufficient_pointsThere")
    (finding,) = check_text(tmp_path, "redeem_points.txt", changed).unexplained
    assert (finding.kind, finding.what, finding.page) == ("differs", "error insufficient_points status", "402")


def test_prose_about_a_fact_is_not_the_fact(tmp_path: Path) -> None:
    text = page("redeem_points.txt").replace(
        "Turns points", "Kind of a purse.\nMethod of choice at checkouts.\nTurns points"
    )
    assert check_text(tmp_path, "redeem_points.txt", text).unexplained == []


def test_what_stands_beside_html_is_not_the_page(tmp_path: Path) -> None:
    text = page("unredeem.html").replace("<h2>Input</h2>", "<h2>Input</h2><aside><ul><li>See</li></ul></aside>")
    assert check_text(tmp_path, "unredeem.html", text).unexplained == []


def test_html_on_one_line(tmp_path: Path) -> None:
    on_one_line = re.sub(r"\s*\n\s*", " ", page("unredeem.html"))
    assert check_text(tmp_path, "unredeem.html", on_one_line).unexplained == []


def test_a_menu_saved_with_the_page_is_not_its_name(tmp_path: Path) -> None:
    text = page("customer_balance.md").replace("# Loyalty API", "RedeemPoints1\n\nUnredeem1\n\n# Loyalty API")
    checked = check_text(tmp_path, "customer_balance.md", text)
    assert (checked.function, checked.unexplained) == ("CustomerBalance3", [])


def test_what_was_assumed_and_is_documented_now_is_told(tmp_path: Path) -> None:
    text = page("customer_balance.md").replace("## Output", "- **market** MarketInput1 *optional*\n\n## Output")
    (finding,) = check_text(tmp_path, "customer_balance.md", text).unexplained
    assert (finding.kind, finding.what) == ("page only", "input.market")
    assert finding.contract == "assumed: MarketInput1 optional"
    assert str(finding.place).startswith("overlays/spec/10-assumptions.overlay.yaml:")


def test_places_are_those_of_the_contract(tmp_path: Path) -> None:
    text = page("redeem_points.txt").replace(
        "• pts integer required\n\n    How many.", "• pts string required\n\n    How many."
    )
    (finding,) = check_text(tmp_path, "redeem_points.txt", text).unexplained
    assert finding.place is not None
    lines = (ROOT / finding.place.file).read_text(encoding="utf-8").splitlines()
    assert lines[finding.place.line - 1].strip() == "pts:"
    assert "  RedeemPoints1Input:" in "\n".join(lines[: finding.place.line][-20:])
