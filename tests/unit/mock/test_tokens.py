"""Tokens: each of them is verified in full, and the refusal says what was wrong."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from bubblehouse_mock.clock import FrozenClock

Tool = Callable[..., Any]

ASK = {"customer": {"shopid": "1001"}}


def _segment(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.fixture
def refusal(call: Tool) -> Callable[[str | None], str]:
    """The message with which a token is refused."""

    def refusal(token: str | None) -> str:
        answer = call("CustomerBalance3", ASK, token=token)
        assert answer.error == (401, "invalid_token")
        message: str = answer.body["message"]
        assert not token or token not in message
        return message

    return refusal


def test_both_keys_of_a_rotation_work(call: Tool) -> None:
    assert call("CustomerBalance3", ASK, key_id="demo-key-1").status == 200
    assert call("CustomerBalance3", ASK, key_id="demo-key-2").status == 200


@pytest.mark.parametrize(
    ("claims", "says"),
    [
        ({"sub": None}, "no sub"),
        ({"sub": 7}, "malformed"),
        ({"sub": ""}, "not for the shop"),
        ({"sub": "other-shop"}, "not for the shop"),
        ({"sub": "other-shop/1001"}, "not for the shop"),
        ({"sub": "Demo-Shop"}, "not for the shop"),
        ({"sub": "demo-shop/"}, "sub is neither"),
        ({"sub": "demo-shop/1001/x"}, "sub is neither"),
        ({"aud": None}, "no aud"),
        ({"aud": "bh"}, "aud is not BH"),
        ({"aud": []}, "no aud"),
        ({"aud": ["BH2"]}, "aud is not BH"),
        ({"exp": "soon"}, "exp is not a number"),
        ({"exp": True}, "exp is not a number"),
        ({"exp": float("nan")}, "exp is not a number"),
        ({"iat": float("inf")}, "iat is not a number"),
        ({"nbf": [1]}, "nbf is not a number"),
        ({"exp": -(10**400)}, "expired"),  # beyond a double
        ({"iat": 10**400}, "iat lies in the future"),
        ({"nbf": 10**400}, "nbf lies in the future"),
        ({"ce": 7}, "ce is not text"),
        ({"kid": None}, "no kid"),
        ({"kid": "nobody"}, "names no key"),
        ({"kid": "demo-key-2"}, "signature"),
        ({"key_id": "demo-key-revoked"}, "revoked"),
        ({"alg": "HS512"}, "HS256"),
        ({"alg": "none"}, "HS256"),
    ],
)
@pytest.mark.filterwarnings("ignore:The HMAC key")  # a forged HS512 token has the demo's shorter key
def test_claims(refusal: Tool, mint: Tool, claims: dict[str, Any], says: str) -> None:
    token = mint(claims.pop("sub", "demo-shop"), **claims)
    assert says in refusal(token)


def test_times(call: Tool, mint: Tool, refusal: Tool, clock: FrozenClock) -> None:
    now = int(clock().timestamp())
    assert "expired" in refusal(mint(exp=now))
    assert call("CustomerBalance3", ASK, token=mint(exp=now + 1)).status == 200
    assert call("CustomerBalance3", ASK, token=mint(exp=10**400)).status == 200
    for name in ("iat", "nbf"):
        assert call("CustomerBalance3", ASK, token=mint(**{name: now + 1})).status == 200
        assert "in the future" in refusal(mint(**{name: now + 2}))


def test_a_token_works_until_it_expires(call: Tool, mint: Tool, refusal: Tool, clock: FrozenClock) -> None:
    token, eternal = mint(), mint(exp=None, iat=None)
    clock.advance(seconds=299)
    assert call("CustomerBalance3", ASK, token=token).status == 200
    clock.advance(seconds=1)
    assert "expired" in refusal(token)
    clock.advance(days=10_000)
    assert call("CustomerBalance3", ASK, token=eternal).status == 200


def test_what_is_no_token_at_all(refusal: Tool, mint: Tool) -> None:
    header, payload, signature = mint().split(".")
    deep = base64.urlsafe_b64encode(b"[" * 5000).decode()
    assert "no token" in refusal(None)
    assert "no token" in refusal("")
    assert "longer than" in refusal("x" * 8193)
    assert "signature" in refusal(f"{header}.{payload}.{signature[:-4]}AAAA")
    changed = _segment({"aud": "BH", "sub": "demo-shop/1001"})
    assert "signature" in refusal(f"{header}.{changed}.{signature}")
    for token in (
        "junk",
        "a.b.c",
        f"{header}.{payload}",
        f"{deep}.{payload}.{signature}",
        f"{header}.{payload}.\xff",
        "€.€.€",
    ):
        assert "not a JWT" in refusal(token)
    headers: list[object] = [
        [],
        "HS256",
        {"kid": 7},
        {"kid": "demo-key-1", "alg": []},
        {"kid": "demo-key-1", "crit": ["x"]},
    ]
    for forged in headers:
        refusal(f"{_segment(forged)}.{payload}.{signature}")


def test_the_header_has_one_form(call: Tool, mint: Tool) -> None:
    for value in (f"Basic {mint()}", mint(), f"Bearer{mint()}", f"Token {mint()}"):
        answer = call("CustomerBalance3", ASK, token=None, headers={"authorization": value})
        assert answer.error == (401, "invalid_token")
    assert call("CustomerBalance3", ASK, token=None, headers={"authorization": f"bearer  {mint()}"}).status == 200


@pytest.mark.parametrize(
    ("function", "body"),
    [
        ("RedeemPoints1", {"pts": 100}),
        ("Unredeem1", {"change_bhid": "20b31881b3000203"}),
        ("UseAchievementDiscount1", {"achievement_bhid": "20b31881b3000140"}),
        ("CustomerBalance3", {}),
    ],
)
def test_each_function_takes_the_kinds_it_lists(call: Tool, function: str, body: dict[str, Any]) -> None:
    takes_partners = function in {"RedeemPoints1", "Unredeem1"}
    for key_id, taken in (("demo-key-1", True), ("demo-partner-key", takes_partners)):
        for sub, customer in (("demo-shop", {"customer": {"shopid": "1001"}}), ("demo-shop/1001", {})):
            answer = call(function, {**body, **customer}, sub=sub, key_id=key_id)
            if taken:
                assert answer.status in {200, 422}, answer.body
            else:
                assert answer.error == (401, "invalid_token")
                assert "PartnerToken" in answer.body["message"]


def test_an_unknown_shop_is_told_like_a_token_of_another_one(call: Tool, refusal: Tool, mint: Tool) -> None:
    unknown = call("", ASK, path="/api/v2023061/no-such-shop/CustomerBalance3", token=mint("no-such-shop"))
    assert unknown.error == (401, "invalid_token")
    assert unknown.body["message"] == refusal(mint("other-shop"))


def test_the_email_of_a_token_finds_a_customer_without_a_shopid(call: Tool, mint: Tool) -> None:
    def ask(sub: str, **claims: str) -> Any:
        return call("CustomerBalance3", token=mint(sub, **claims))

    found = ask("demo-shop/9999", ce="Newsletter@example.com")
    assert (found.status, found.body["pts_available"]) == (200, 300)
    assert ask("demo-shop/9999").error == (404, "no_customers_match_customer_identity")
    assert ask("demo-shop/9999", ce="").error == (404, "no_customers_match_customer_identity")
    # Somebody else's email doesn't open somebody else's account.
    assert ask("demo-shop/9999", ce="rich@example.com").error == (404, "no_customers_match_customer_identity")
    assert ask("demo-shop/1002", ce="rich@example.com").body["pts_available"] == 50
