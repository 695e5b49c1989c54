"""Several shops in one mock: each with keys, customers and settings of its own."""

from collections.abc import Callable
from typing import Any

from bubblehouse_mock.mock import BubblehouseMock

Tool = Callable[..., Any]
SECRET = "bm90LWEtc2VjcmV0LWRlbW8ta2V5LTEtZm9yLXRlc3RzLW9ubHk="


TWO: Any = {
    "shops": [
        {"shop": name, "keys": [{"key_id": "k", "secret": SECRET}], "customers": [{"shopid": name}]}
        for name in ("north", "south")
    ]
}


def test_are_taken_over_whole(control: Tool, call: Tool, mock: BubblehouseMock) -> None:
    assert [it["shop"] for it in control("state", TWO).body["shops"]] == ["north", "south"]
    for name, other in (("north", "south"), ("south", "north")):
        token = mock.control.mint(shop=name).token
        body = {"customer": {"shopid": name}}
        assert call("CustomerBalance3", body, token=token, path=f"/api/v2023061/{name}/CustomerBalance3").status == 200
        answer = call("CustomerBalance3", body, token=token, path=f"/api/v2023061/{other}/CustomerBalance3")
        assert answer.error == (401, "invalid_token")
    mock.control.add_change("south", {"pts": 5}, shop="south")
    assert mock.control.customer("south", shop="south").pts_earned == 5
    assert BubblehouseMock(fixture=control("state").body).control.state() == control("state").body


def test_have_settings_of_their_own(control: Tool, mock: BubblehouseMock) -> None:
    control("state", TWO)
    mock.control.configure({"points_enabled": False}, shop="south")
    assert [it.settings.points_enabled for it in mock.shops.values()] == [True, False]


def test_a_bad_state_changes_nothing(control: Tool) -> None:
    before = control("state").body
    bad: Any
    for bad in ({"shops": []}, {"shops": [TWO["shops"][0]] * 2}, {"shop": "x"}):
        assert control("state", bad).error == (400, "invalid_request")
    assert control("state").body == before


def test_reset_leads_back(control: Tool) -> None:
    before = control("state").body
    control("state", TWO)
    control("reset", {})
    assert control("state").body == before
