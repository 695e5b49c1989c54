"""Keys come and go, and what they sign is good from then on, or no more."""

from collections.abc import Callable
from typing import Any

import pytest

Tool = Callable[..., Any]


class TestKeys:
    def test_rotation_acts_at_once(self, control: Tool, call: Tool) -> None:
        read = {"customer": {"shopid": "1001"}}
        old = control("tokens", {}).body["token"]
        assert call("CustomerBalance3", read, token=old).status == 200
        key = control("keys", {"key_id": "demo-key-1"}).body
        assert key["kind"] == "shop"
        assert call("CustomerBalance3", read, token=old).error == (401, "invalid_token")
        assert call("CustomerBalance3", read, token=control("tokens", {}).body["token"]).status == 200
        assert [it["key_id"] for it in control("keys").body].count("demo-key-1") == 1

    def test_revocation_acts_at_once_and_can_be_taken_back(self, control: Tool, call: Tool) -> None:
        read, place = {"customer": {"shopid": "1001"}}, "keys/demo-key-1"
        token = control("tokens", {"key_id": "demo-key-1"}).body["token"]
        for revoked, status in ((False, 200), (True, 401), (False, 200)):
            assert control(place, {"revoked": revoked}, method="PATCH").body["revoked"] is revoked
            assert call("CustomerBalance3", read, token=token).status == status

    def test_bad_ones(self, control: Tool) -> None:
        assert control("keys/none", {"revoked": True}, method="PATCH").error == (404, "not_found")
        assert control("keys", {"key_id": "k", "secret": "c2hvcnQ="}).error == (400, "invalid_request")
        assert control("keys", {"key_id": "k", "kind": "admin"}).error == (400, "invalid_request")


class TestTokens:
    @pytest.mark.parametrize(
        ("wish", "kind"),
        [
            ({}, "ShopToken"),
            ({"customer": "1001"}, "CustomerToken"),
            ({"customer": "1001", "email": "rich@example.com"}, "CustomerToken"),
            ({"key_id": "demo-partner-key"}, "PartnerTokenForShop"),
            ({"key_id": "demo-partner-key", "customer": "1001"}, "PartnerTokenForCustomer"),
        ],
    )
    def test_of_each_kind_work(self, control: Tool, call: Tool, wish: dict[str, Any], kind: str) -> None:
        made = control("tokens", wish).body
        assert (made["kind"], made["expires_at"]) == (kind, "2026-05-20T13:00:00Z")
        body = {"pts": 100} | ({} if "customer" in wish else {"customer": {"shopid": "1001"}})
        assert call("RedeemPoints1", body, token=made["token"]).status == 200
        assert control("journal").body[-1]["token_kind"] == kind

    @pytest.mark.parametrize(
        ("wish", "status"),
        [
            ({"key_id": "none"}, 404),
            ({"expires_in": 0}, 400),
            ({"expires_in": 10**9}, 400),
            ({"email": "rich@example.com"}, 400),
            ({"shop": "other"}, 400),
        ],
    )
    def test_bad_wishes(self, control: Tool, wish: dict[str, Any], status: int) -> None:
        assert control("tokens", wish).status == status
