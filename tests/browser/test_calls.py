"""The journal, the calls that people take away from the page, and the reference, in a real browser."""

import json
import re
import subprocess
from collections.abc import Mapping
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.browser.doing import Show, button, call, redeem, rows, send

from bubblehouse_mock.clock import Clock, system_clock
from bubblehouse_mock.messages import Request
from bubblehouse_mock.mock import BubblehouseMock

LOST = """
  [...document.querySelectorAll('a[href^="#"]')]
    .filter((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))) === null)
    .map((link) => link.hash)
"""
NASTY = "it's $(touch x) `y` \\n \"z\"\n\x1b]0;t\x07\t\\ 'ü'"


def arguments(command: str, **environment: str) -> list[str]:
    """Run a command in bash, with a curl that only tells what it was given."""
    script = "curl() { printf '%s\\0' \"$@\"; }\n" + command
    done = subprocess.run(
        ["/bin/bash", "-c", script], capture_output=True, check=True, env={"LC_ALL": "C.UTF-8", **environment}
    )
    return done.stdout.decode().split("\0")[:-1]


class TestJournal:
    def test_is_filtered_paused_and_cleared(self, mock: BubblehouseMock, tab: Page, show: Show) -> None:
        redeem(mock)
        call(mock, "CustomerBalance3")
        show("journal")
        calls = tab.locator(".journal li")
        expect(calls).to_contain_text(["CustomerBalance3", "RedeemPoints1"])
        tab.get_by_label("Status").select_option("4")
        expect(calls).to_contain_text(["invalid_token"])
        tab.get_by_label("Status").select_option("")
        tab.get_by_label("Operation").select_option("RedeemPoints1")
        expect(calls).to_contain_text(["RedeemPoints1"])
        tab.get_by_label("Operation").select_option("")
        button(tab, "Pause").click()
        call(mock, "Unredeem1")
        expect(button(tab, "Go on (1 new)")).to_be_visible()
        expect(calls).to_have_count(2)
        button(tab, "Go on (1 new)").click()
        expect(calls).to_contain_text(["Unredeem1", "CustomerBalance3", "RedeemPoints1"])
        button(tab, "Clear").click()
        expect(tab.get_by_text("No calls yet.")).to_be_visible()
        assert mock.control.journal() == []

    def test_a_call_is_shown_whole(self, mock: BubblehouseMock, tab: Page, show: Show) -> None:
        answer = redeem(mock)
        show("journal")
        tab.locator(".journal summary").first.click()
        entry = tab.locator(".entry")
        expect(entry).to_contain_text("ShopToken, signed by demo-key-1")
        expect(entry.get_by_role("region", name="Request").locator("pre")).to_contain_text(
            json.dumps({"customer": {"shopid": "1001"}, "pts": 500}, indent=2)
        )
        expect(entry.get_by_role("region", name="Answer").locator("pre")).to_contain_text(json.dumps(answer, indent=2))
        entry.get_by_role("link", name="0000018abc000001").click()
        expect(tab.get_by_role("heading", name="rich@example.com")).to_be_visible()

    def test_is_taken_away_as_curl(self, mock: BubblehouseMock, tab: Page, home: str, show: Show) -> None:
        headers = (("authorization", "Bearer x"), ("content-type", "text/plain"), ("x-nasty", NASTY), ("host", "x"))
        mock.handle(
            Request(method="PUT", path=b"/api/a'b/../$(c)/[1-9]", query=b"q=';", headers=headers, body=NASTY.encode())
        )
        show("journal")
        tab.locator(".journal summary").first.click()
        button(tab, "Copy as curl").click()
        expect(tab.get_by_role("status")).to_contain_text("Copied")
        copied: str = tab.evaluate("navigator.clipboard.readText()")
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", copied)
        assert arguments(copied, TOKEN="secret") == [
            "--globoff", "--path-as-is", "-X", "PUT", f"{home}api/a'b/../$(c)/[1-9]?q=';",
            "-H", "Authorization: Bearer secret", "-H", "content-type: text/plain", "-H", f"x-nasty: {NASTY}",
            "--data-raw", NASTY,
        ]  # fmt: skip


class TestTryACall:
    @pytest.fixture
    def clock(self) -> Clock:
        """The computer's own: clients go by it."""
        return system_clock

    @pytest.mark.parametrize(
        ("operation", "whose", "body"),
        [
            ("POST RedeemPoints1", "shop", {"customer": {"shopid": "1001"}, "pts": 500, "cart_subtotal": "42.990000"}),
            ("POST CustomerBalance3", "customer", {"include_full_program": True}),
            ("POST CustomerBalance3", "customer", {"new": {"a": [1, None]}}),
        ],
    )
    def test_the_same_in_python_and_in_a_shell(
        self,
        mock: BubblehouseMock,
        tab: Page,
        show: Show,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        operation: str,
        whose: str,
        body: Mapping[str, Any],
    ) -> None:
        monkeypatch.setenv("BUBBLEHOUSE_SECRET", mock.keys[0].secret)
        show("call")
        tab.get_by_label("Operation").select_option(operation)
        tab.get_by_label("Token for").select_option(whose)
        tab.get_by_label("Input").fill(json.dumps(body))
        result = send(tab)
        expect(result.get_by_role("heading").first).to_contain_text("200")
        result.get_by_text("The same in a shell").click()
        said = mock.control.journal()[-1]
        command = result.get_by_label("the call as curl", exact=True).inner_text()
        assert arguments(command, TOKEN="x")[-1] == said.body
        button(result, "Copy the token").click()
        expect(tab.locator("#notice")).to_contain_text("Copied")
        assert tab.evaluate("navigator.clipboard.readText()").startswith("eyJ")
        exec(result.get_by_label("the call in Python", exact=True).inner_text(), {})  # noqa: S102 - what users will do
        assert capsys.readouterr().out
        again = mock.control.journal()[-1]
        assert json.loads(again.body) == json.loads(said.body)
        assert (again.path, again.token_kind) == (said.path, said.token_kind)

    def test_input_is_checked_on_the_way_and_sent_all_the_same(
        self, mock: BubblehouseMock, tab: Page, show: Show
    ) -> None:
        show("call/RedeemPoints1")
        says = tab.locator("#input-says")
        for text, said in (
            ("{", "Not JSON"),
            ("[]", "Not an object"),
            ('{"x": 1}', "Missing: pts. Not in the contract: x."),
        ):
            tab.get_by_label("Input").fill(text)
            expect(says).to_contain_text(said)
        expect(send(tab)).to_contain_text("invalid_request")
        assert mock.control.journal()[-1].body == '{"x": 1}'
        tab.get_by_label("Token for").select_option("none")
        expect(send(tab)).to_contain_text("There is no token")

    def test_by_get(self, mock: BubblehouseMock, tab: Page, show: Show) -> None:
        show("call")
        tab.get_by_label("Operation").select_option("GET CustomerBalance3")
        tab.get_by_label("Token for").select_option("shop")
        expect(send(tab).get_by_role("heading")).to_contain_text("200")
        assert "customer=%7B%22shopid%22%3A%221001%22%7D" in mock.control.journal()[-1].query

    def test_large_numbers_stay_what_they_are(self, mock: BubblehouseMock, tab: Page, show: Show) -> None:
        mock.control.add_change("1001", {"pts": 2**62})
        show("call/CustomerBalance3")
        expect(send(tab)).to_contain_text(f'"pts_available": {2**62 + 10500}')

    def test_a_connection_that_breaks(self, mock: BubblehouseMock, tab: Page, show: Show) -> None:
        show("call/RedeemPoints1")
        mock.drop_next()
        expect(send(tab)).to_contain_text("The connection broke")
        mock.damage_next("truncated", operation="RedeemPoints1")
        expect(send(tab)).to_contain_text("The connection broke before the whole body had come")


def test_the_reference_has_all_that_the_contract_has(mock: BubblehouseMock, tab: Page, show: Show) -> None:
    contract: Any = mock.control.contract()
    show("reference")
    functions = {path.rpartition("/")[2]: item for path, item in contract["paths"].items()}
    expect(rows(tab, "Functions")).to_have_count(len(functions))
    for function, item in functions.items():
        show(f"reference/{function}")
        expect(tab.locator("main h2")).to_have_text(function)
        shown = rows(tab, f"Errors of {function}").locator("td:nth-child(2)").all_inner_texts()
        assert set(shown) == error_ids(contract, item)
        expect(tab.get_by_text(item["post"]["summary"])).to_be_visible()
    show("reference/RedeemPoints1")
    points = contract["components"]["schemas"]["RedeemPoints1Input"]["properties"]["pts"]
    said = rows(tab, "Input of POST RedeemPoints1").nth(1)
    for text in ("pts", "integer", points["description"], "assumed " + points["x-bubblehouse-assumption"]):
        expect(said).to_contain_text(text.replace("`", ""))
    tab.get_by_role("link", name="CustomerIdentity1").click()
    expect(rows(tab, "CustomerIdentity1")).to_have_count(3)


def error_ids(contract: Any, item: Any) -> set[str]:
    """Return every id that stands in a schema that the operation's answers lead to."""
    found: set[str] = set()

    def look(node: Any) -> None:
        if isinstance(node, list):
            for it in node:
                look(it)
        elif isinstance(node, dict):
            reference = node.get("$ref", "")
            if reference.startswith("#/components/"):
                kind, name = reference.split("/")[2:]
                look(contract["components"][kind][name])
            if isinstance(node.get("id"), dict) and "const" in node["id"]:
                found.add(node["id"]["const"])
            for it in node.values():
                look(it)

    look([verb["responses"] for verb in item.values() if isinstance(verb, dict)])
    return found


class TestReferenceOnOnePage:
    """The page at `/reference`, under the policy that the mock sends with it."""

    def test_the_page_of_the_mock_leads_to_it(self, tab: Page, home: str, show: Show) -> None:
        show("reference")
        tab.get_by_role("link", name="All of it on one page").click()
        expect(tab).to_have_url(f"{home}reference")
        expect(tab.get_by_role("heading", level=1)).to_have_text("Bubblehouse Loyalty API")
        # The style is let through by its hash.
        assert tab.evaluate("getComputedStyle(document.querySelector('figure')).borderTopLeftRadius") == "10px"

    def test_every_link_within_it_leads_somewhere(self, tab: Page, home: str) -> None:
        tab.goto(f"{home}reference")
        assert tab.locator('a[href^="#"]').count() > 100
        assert tab.evaluate(LOST) == []
        tab.get_by_role("navigation").get_by_role("link", name="CustomerBalance3").click()
        expect(tab.get_by_role("heading", level=2, name="CustomerBalance3")).to_be_in_viewport()

    def test_the_keyboard_skips_to_the_content(self, tab: Page, home: str) -> None:
        tab.goto(f"{home}reference")
        tab.keyboard.press("Tab")
        expect(tab.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
        tab.keyboard.press("Enter")
        expect(tab.locator("main")).to_be_focused()

    def test_nothing_is_wider_than_the_window(self, tab: Page, home: str) -> None:
        tab.goto(f"{home}reference")
        tab.locator("details").evaluate_all("(found) => found.forEach((it) => { it.open = true; })")
        figures = tab.locator("#RedeemPoints1 ~ .pair figure")
        for width in (390, 1280, 1920):
            tab.set_viewport_size({"width": width, "height": 900})
            assert tab.evaluate("document.documentElement.scrollWidth") == width
            boxes = [box for box in (figures.nth(0).bounding_box(), figures.nth(1).bounding_box()) if box is not None]
            assert (boxes[0]["y"] == boxes[1]["y"]) == (width >= 1180)  # beside each other
