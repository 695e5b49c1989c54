"""The page at `/` in a real browser: what a storefront developer looks at, and does."""

import json
import re
from typing import Any

from playwright.sync_api import Page, expect
from tests.browser.conftest import Watch
from tests.browser.doing import Show, button, redeem, rows, send
from tests.unit.mock.test_several_shops import TWO

from bubblehouse_mock.faults import Fault
from bubblehouse_mock.mock import BubblehouseMock

RICH = "0000018abc000001"


class TestConnect:
    def test_where_the_api_is(self, tab: Page, home: str, show: Show) -> None:
        show("connect")
        expect(tab.get_by_text(f"{home}api", exact=True)).to_be_visible()
        button(tab, "Copy the base URL").click()
        assert tab.evaluate("navigator.clipboard.readText()") == f"{home}api"

    def test_secrets_are_hidden_until_asked_for(self, mock: BubblehouseMock, tab: Page, show: Show) -> None:
        show("connect")
        expect(rows(tab, "Keys")).to_have_count(4)
        for key in mock.keys:
            assert key.secret not in tab.inner_text("body")
        button(tab, "Show the secret of demo-key-2").click()
        expect(rows(tab, "Keys").nth(1)).to_contain_text(mock.keys[1].secret)
        assert mock.keys[0].secret not in tab.inner_text("body")
        button(tab, "Hide the secret of demo-key-2").click()
        expect(rows(tab, "Keys").nth(1)).not_to_contain_text(mock.keys[1].secret)

    def test_keys_are_revoked_and_renewed(self, mock: BubblehouseMock, tab: Page, show: Show) -> None:
        show("connect")
        old = mock.keys[0].secret
        button(tab, "New secret for demo-key-1").click()
        expect(tab.get_by_role("status")).to_contain_text("new secret")
        assert mock.keys[0].secret != old
        button(tab, "Revoke demo-key-1").click()
        expect(rows(tab, "Keys").nth(0)).to_contain_text("revoked")
        show("call")
        tab.get_by_label("Signed by").select_option("demo-key-1")
        expect(send(tab)).to_contain_text("The key that signed the token is revoked")
        show("connect")
        button(tab, "Restore demo-key-1").click()
        expect(rows(tab, "Keys").nth(0)).to_contain_text("good")
        tab.get_by_label("Key id").fill("fresh")
        tab.get_by_label("Whose").select_option("partner")
        button(tab, "Add a key").click()
        expect(rows(tab, "Keys").nth(4)).to_contain_text("fresh")
        assert (mock.keys[4].kind, mock.keys[0].revoked) == ("partner", False)


class TestCustomers:
    def test_are_searched_and_leafed_through(self, mock: BubblehouseMock, tab: Page, show: Show) -> None:
        for number in range(40):
            mock.control.add_customer({"shopid": f"more-{number}"})
        show("customers")
        expect(tab.get_by_text("1 to 20 of 45")).to_be_visible()
        button(tab, "Next").click()
        button(tab, "Next").click()
        expect(tab.get_by_text("41 to 45 of 45")).to_be_visible()
        expect(button(tab, "Next")).to_have_count(0)
        button(tab, "Back").click()
        expect(tab.get_by_text("21 to 40 of 45")).to_be_visible()
        tab.get_by_label("Search").fill("MORE-39")
        expect(rows(tab, "Customers")).to_have_count(1)
        tab.get_by_label("Search").fill("nobody at all")
        expect(tab.get_by_text("Nobody is found.")).to_be_visible()

    def test_the_ledger_follows_a_call_that_is_tried(self, mock: BubblehouseMock, tab: Page, show: Show) -> None:
        show("customers")
        tab.get_by_role("link", name="rich@example.com").click()
        expect(tab.locator(".figures")).to_contain_text("Available10,500")
        before = rows(tab, "Ledger").count()
        tab.get_by_role("link", name="Try a call").nth(1).click()
        expect(tab.get_by_label("Customer (shop id)")).to_have_value("1001")
        result = send(tab)
        expect(result.get_by_role("heading")).to_contain_text("200")
        expect(result).to_contain_text('"pts": 500')
        button(result, "Unredeem1").click()
        expect(tab.get_by_label("Operation")).to_have_value("POST Unredeem1")
        expect(send(tab).get_by_role("heading")).to_contain_text("200")
        tab.get_by_role("link", name="Customers").click()
        tab.get_by_role("link", name="rich@example.com").click()
        expect(rows(tab, "Ledger")).to_have_count(before + 2)
        expect(rows(tab, "Ledger").nth(0)).to_contain_text("+500")
        expect(rows(tab, "Ledger").nth(1)).to_contain_text("undone")
        assert mock.customers[0].ledger.changes[-1].reverts == mock.customers[0].ledger.changes[-2].bhid

    def test_the_ledger_is_live(self, mock: BubblehouseMock, tab: Page, show: Show) -> None:
        show(f"customers/{RICH}")
        code = redeem(mock)["code"]
        expect(rows(tab, "Codes").nth(0)).to_have_text(f"{code}5.00 off5005.002026-05-20 12:00:00unusedMark used")
        expect(tab.locator(".figures")).to_contain_text("Available10,000")

    def test_codes_and_points(self, mock: BubblehouseMock, tab: Page, show: Show, watch: Watch) -> None:
        watch.expected.append("/changes")
        show(f"customers/{RICH}")
        button(tab, "Mark DEMO-UNUSED used").click()
        expect(button(tab, "Mark DEMO-UNUSED unused")).to_be_visible()
        coupon = mock.customers[0].coupon("DEMO-UNUSED")
        assert coupon is not None
        assert coupon.status == "used"
        expect(button(tab, "Mark DEMO-UNDONE used")).to_have_count(0)
        tab.get_by_text("Add points").first.click()
        tab.get_by_label("Points", exact=True).fill("-20000")
        button(tab, "Add points").click()
        expect(tab.get_by_role("status")).to_contain_text("20000 points can't go: only 10500 are there")
        tab.get_by_label("Points", exact=True).fill("123")
        tab.get_by_label("Description").fill("For patience")
        tab.get_by_label("Can be spent from").fill("+14d")
        button(tab, "Add points").click()
        expect(rows(tab, "Ledger").nth(0)).to_contain_text("For patience can be spent from 2026-06-03 12:00:00")
        expect(tab.locator(".figures")).to_contain_text("Pending163")


class TestFaults:
    def test_a_forced_error_is_answered_and_told(self, tab: Page, show: Show) -> None:
        show("faults")
        tab.get_by_label("Next call of").select_option("RedeemPoints1")
        tab.get_by_label("Error", exact=True).select_option("redemption_limit_exceeded")
        button(tab, "Force it").click()
        expect(rows(tab, "Still to come")).to_have_text(["RedeemPoints1redemption_limit_exceeded1"])
        show("call/RedeemPoints1")
        result = send(tab)
        expect(result.get_by_role("heading")).to_contain_text("422")
        expect(result).to_contain_text("redemption_limit_exceeded")
        tab.get_by_role("link", name="Journal").first.click()
        expect(tab.locator(".journal li")).to_have_count(1)
        expect(tab.locator(".journal li")).to_contain_text(
            re.compile("422.*RedeemPoints1.*forced redemption_limit_exceeded")
        )
        show("faults")
        expect(tab.get_by_text("Nothing is forced")).to_be_visible()

    def test_each_kind(self, mock: BubblehouseMock, tab: Page, show: Show) -> None:
        show("faults")
        cases: list[tuple[str, dict[str, str], Fault]] = [
            (
                "error",
                {"Error": "rate_limit_exceeded", "Retry-After in seconds": "7"},
                Fault(error="rate_limit_exceeded", retry_after=7),
            ),
            (
                "status",
                {"Status": "503", "How many calls": "3", "Retry-After in seconds": ""},
                Fault(status=503, times=3),
            ),
            ("delay", {"Delay in seconds": "0.5", "How many calls": "1"}, Fault(delay=0.5)),
            ("silent before", {}, Fault(drop="before", timed_out=True)),
            ("drop before", {}, Fault(drop="before", delay=0.5)),
            ("drop after", {"Delay in seconds": "0"}, Fault(drop="after")),
            ("silent after", {}, Fault(drop="after", timed_out=True)),
            ("damage malformed", {}, Fault(damage="malformed")),
            (
                "damage truncated",
                {"Next call of": "CustomerBalance3"},
                Fault(damage="truncated", operation="CustomerBalance3"),
            ),
        ]
        for kind, fields, expected in cases:
            tab.get_by_label("What happens").select_option(kind)
            for name, value in fields.items():
                field = tab.get_by_label(name, exact=True)
                if field.evaluate("it => it.tagName") == "SELECT":
                    field.select_option(value)
                else:
                    field.fill(value)
            button(tab, "Force it").click()
            expect(rows(tab, "Still to come")).to_have_count(1)
            assert mock.faults.pending == ((expected, expected.times),)
            button(tab, "Clear all").click()
            expect(tab.get_by_text("Nothing is forced")).to_be_visible()
            assert not mock.faults.pending
        offered = tab.get_by_label("What happens").locator("option")
        assert {it.get_attribute("value") for it in offered.all()} == {kind for kind, _, _ in cases}


def test_the_clock_is_stopped_and_put_forward(mock: BubblehouseMock, tab: Page, show: Show, watch: Watch) -> None:
    watch.expected.append("/clock/advance")
    show("clock")
    button(tab, "Freeze").click()
    expect(tab.locator(".bar .clock")).to_have_text("2026-05-20 12:00:00 UTC frozen")
    for name, shown in (
        ("+ 1 hour", "2026-05-20 13:00:00"),
        ("+ 1 day", "2026-05-21 13:00:00"),
        ("+ 30 days", "2026-06-20 13:00:00"),
    ):
        button(tab, name).click()
        expect(tab.locator("main .now")).to_contain_text(f"{shown} UTC frozen")
    tab.get_by_label("To a moment").fill("2020-01-01T00:00:00Z")
    button(tab, "Put it forward").click()
    expect(tab.get_by_role("status")).to_contain_text("has passed")
    tab.get_by_label("To a moment").fill("+90s")
    button(tab, "Put it forward").click()
    expect(tab.locator("main .now")).to_contain_text("2026-06-20 13:01:30")
    button(tab, "Run on").click()
    expect(tab.locator("main .now")).to_contain_text("running")
    assert not mock.control.clock().frozen


def test_settings(mock: BubblehouseMock, tab: Page, show: Show, watch: Watch) -> None:
    watch.expected.append("/settings")
    show("settings")
    tab.get_by_label("points_enabled", exact=True).uncheck()
    tab.get_by_label("minimum_redemption", exact=True).fill("250")
    tab.get_by_label("minimum_order_value", exact=True).fill("12.50")
    tab.get_by_label("point_value", exact=True).fill("")
    tab.get_by_label("redemption_limit", exact=True).fill('{"total": 7, "period": "monthly"}')
    button(tab, "Save").click()
    expect(tab.get_by_role("status")).to_contain_text("Saved")
    settings: Any = mock.control.settings()
    assert settings["points_enabled"] is False
    assert settings["minimum_redemption"] == 250
    assert (settings["minimum_order_value"], settings["point_value"]) == ("12.50", None)
    assert settings["redemption_limit"] == {"total": 7, "period": "monthly"}
    for limits in ({"read": {"per_second": {"shop": 5}}}, {"write": {"per_day": {"shop": 9, "customer": 1}}}, None):
        tab.get_by_label("rate_limits", exact=True).fill("" if limits is None else json.dumps(limits))
        button(tab, "Save").click()
        expect(tab.get_by_role("status")).to_contain_text("Saved: rate_limits.")
        button(tab, "Dismiss").click()
        assert mock.state.settings.rate_limits == limits
    tab.get_by_label("time_zone", exact=True).fill("Mars/Olympus")
    button(tab, "Save").click()
    expect(tab.get_by_role("status")).to_contain_text("Mars/Olympus")
    assert mock.control.settings() == settings


def test_several_shops(mock: BubblehouseMock, tab: Page, show: Show) -> None:
    mock.control.load(TWO)
    show("customers")
    expect(rows(tab, "Customers")).to_contain_text(["north"])
    tab.get_by_label("Shop", exact=True).select_option("south")
    expect(rows(tab, "Customers")).to_contain_text(["south"])
    show("call/CustomerBalance3")
    expect(send(tab).get_by_role("heading")).to_contain_text("200")
    assert mock.control.journal()[-1].path == "/api/v2023061/south/CustomerBalance3"
    tab.reload()
    expect(tab.get_by_label("Shop", exact=True)).to_have_value("south")


class TestState:
    def test_start_over(self, mock: BubblehouseMock, tab: Page, show: Show) -> None:
        before = mock.control.state()
        redeem(mock)
        show("journal")
        expect(tab.locator(".journal li")).to_have_count(1)
        show("state")
        button(tab, "Start over…").click()
        button(tab.get_by_role("dialog"), "Leave it").click()
        assert mock.control.state() != before
        button(tab, "Start over…").click()
        button(tab.get_by_role("dialog"), "Start over").click()
        expect(tab.get_by_role("status")).to_contain_text("as it was at the start")
        assert mock.control.state() == before
        show("journal")
        expect(tab.get_by_text("No calls yet.")).to_be_visible()

    def test_is_taken_away_and_gone_on_from(self, mock: BubblehouseMock, tab: Page, show: Show) -> None:
        show("state")
        with tab.expect_download() as download:
            button(tab, "Download shops.yaml").click()
        assert download.value.suggested_filename == "shops.yaml"
        assert download.value.path().read_text(encoding="utf-8") == mock.control.export()
        other: Any = {"name": "shops.json", "mimeType": "application/json", "buffer": json.dumps(TWO).encode()}
        tab.get_by_label("File", exact=True).set_input_files(files=other)
        button(tab, "Load it").click()
        expect(tab.get_by_label("Shop", exact=True).locator("option")).to_have_text(["north", "south"])
        assert list(mock.shops) == ["north", "south"]
