"""The reference at `/reference` in a real browser, under the policy that the mock sends with it."""

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import Watch
from tests.browser.doing import Show

_LOST = """
  [...document.querySelectorAll('a[href^="#"]')]
    .filter((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))) === null)
    .map((link) => link.hash)
"""


def test_the_page_of_the_mock_leads_to_it(tab: Page, home: str, show: Show) -> None:
    show("reference")
    tab.get_by_role("link", name="All of it on one page").click()
    expect(tab).to_have_url(f"{home}reference")
    expect(tab.get_by_role("heading", level=1)).to_have_text("Bubblehouse Loyalty API")
    # The style is let through by its hash.
    assert tab.evaluate("getComputedStyle(document.querySelector('figure')).borderTopLeftRadius") == "10px"


def test_every_link_within_it_leads_somewhere(tab: Page, home: str) -> None:
    tab.goto(f"{home}reference")
    assert tab.locator('a[href^="#"]').count() > 100
    assert tab.evaluate(_LOST) == []
    tab.get_by_role("navigation").get_by_role("link", name="CustomerBalance3").click()
    expect(tab.get_by_role("heading", level=2, name="CustomerBalance3")).to_be_in_viewport()


def test_the_keyboard_skips_to_the_content(tab: Page, home: str) -> None:
    tab.goto(f"{home}reference")
    tab.keyboard.press("Tab")
    expect(tab.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    tab.keyboard.press("Enter")
    expect(tab.locator("main")).to_be_focused()


@pytest.mark.parametrize("width", [390, 1280, 1920])
def test_nothing_is_wider_than_the_window(tab: Page, home: str, watch: Watch, width: int) -> None:
    tab.set_viewport_size({"width": width, "height": 900})
    tab.goto(f"{home}reference")
    tab.locator("details").evaluate_all("(found) => found.forEach((it) => { it.open = true; })")
    assert tab.evaluate("document.documentElement.scrollWidth") == width
    figures = tab.locator("#RedeemPoints1 ~ .pair figure")
    boxes = [box for box in (figures.nth(0).bounding_box(), figures.nth(1).bounding_box()) if box is not None]
    beside = boxes[0]["y"] == boxes[1]["y"]
    assert beside == (width >= 1180)
    assert watch.problems == []
