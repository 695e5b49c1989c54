"""What the tests of the page do and look for."""

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, expect

from bubblehouse_mock.messages import Request
from bubblehouse_mock.mock import BubblehouseMock

Show = Callable[[str], None]


def button(tab: Page | Locator, name: str) -> Locator:
    return tab.get_by_role("button", name=name, exact=True)


def rows(tab: Page, table: str) -> Locator:
    return tab.get_by_role("table", name=table).locator("tbody tr")


def send(tab: Page) -> Locator:
    button(tab, "Send").click()
    result = tab.get_by_role("region", name="Result")
    expect(result.get_by_role("heading", name="Answer")).to_be_visible()
    return result


def call(mock: BubblehouseMock, function: str, body: object = None, *, token: str | None = None) -> Any:
    """Call a function in process, with or without a token, and return the answer's body."""
    headers = (("content-type", "application/json"), ("authorization", f"Bearer {token}"))[: 1 if token is None else 2]
    path = f"/api/v2023061/demo-shop/{function}".encode()
    sent = Request(method="POST", path=path, headers=headers, body=json.dumps(body or {}).encode())
    return json.loads(mock.handle(sent).body)


def redeem(mock: BubblehouseMock) -> Any:
    """Redeem 500 points of the customer who has many, with a shop token."""
    body = {"customer": {"shopid": "1001"}, "pts": 500}
    return call(mock, "RedeemPoints1", body, token=mock.control.mint().token)
