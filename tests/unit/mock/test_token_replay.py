"""A token that was good once is asked again at each call: by the clock, by the keys, by the shop in the URL."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from threading import Thread
from typing import Any

import jwt
import pytest
from tests.contract.proof.forger import Forger, encode

from bubblehouse_mock.clock import FrozenClock
from bubblehouse_mock.mock import BubblehouseMock
from bubblehouse_mock.refusal import RefusalError
from bubblehouse_mock.stages.signatures import SignedTokens

Tool = Callable[..., Any]

ASK = {"customer": {"shopid": "1001"}}
OTHER_SECRET = base64.b64encode(b"another secret of thirty-two bytes").decode()


@pytest.fixture
def error(call: Tool) -> Callable[..., str]:
    """Call with a token; the message of its refusal, or "" where it is accepted."""

    def error(token: str, **where: Any) -> str:
        answer = call("CustomerBalance3", ASK, token=token, **where)
        assert answer.status == 200 or answer.error == (401, "invalid_token"), answer
        return "" if answer.status == 200 else str(answer.body["message"])

    return error


@pytest.fixture
def verifications(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tokens whose signature PyJWT was asked about."""
    asked: list[str] = []
    decode = jwt.decode

    def spy(token: str, *args: Any, **options: Any) -> Any:
        asked.append(token)
        return decode(token, *args, **options)

    monkeypatch.setattr(jwt, "decode", spy)
    return asked


def change_key(mock: BubblehouseMock, **changes: Any) -> None:
    keys = mock.state.keys
    keys["demo-key-1"] = replace(keys["demo-key-1"], **changes)


def test_a_signature_is_verified_once(error: Tool, mint: Tool, verifications: list[str]) -> None:
    first, second = mint(jti="first of this test"), mint("demo-shop/1001", jti="second of this test")
    for token in (first, second, first, first, second):
        assert error(token) == ""
    assert verifications == [first, second]


def test_the_times_are_asked_at_each_call(error: Tool, mint: Tool, clock: FrozenClock) -> None:
    token = mint(nbf=int(clock().timestamp()))
    assert error(token) == ""
    clock.advance(seconds=300)
    assert "expired" in error(token)
    clock.advance(seconds=-1)
    assert error(token) == ""
    clock.advance(seconds=-301)
    assert "iat lies in the future" in error(token)
    unissued = mint(iat=None, nbf=int(clock().timestamp()))
    assert error(unissued) == ""
    clock.advance(seconds=-2)
    assert "nbf lies in the future" in error(unissued)


def test_a_revocation_acts_at_once(error: Tool, mint: Tool, mock: BubblehouseMock) -> None:
    token = mint()
    assert error(token) == ""
    change_key(mock, revoked=True)
    assert "revoked" in error(token)
    change_key(mock, revoked=False)
    assert error(token) == ""
    del mock.state.keys["demo-key-1"]
    assert "names no key" in error(token)


def test_a_rotation_acts_at_once(error: Tool, mint: Tool, mock: BubblehouseMock) -> None:
    old = mint()
    assert error(old) == ""
    change_key(mock, secret=OTHER_SECRET)
    new = mint()
    for _ in range(2):
        assert "signature" in error(old)
        assert error(new) == ""
    mock.reset()
    assert error(old) == ""
    assert "signature" in error(new)


def test_a_key_that_changes_hands_changes_its_tokens(error: Tool, mint: Tool, mock: BubblehouseMock) -> None:
    token = mint()
    assert error(token) == ""
    change_key(mock, kind="partner")
    assert "does not take a PartnerTokenForShop" in error(token)


def test_a_token_is_good_for_its_shop_alone(error: Tool, mint: Tool, mock: BubblehouseMock) -> None:
    token = mint()
    assert error(token) == ""
    elsewhere = "/api/v2023061/other-shop/CustomerBalance3"
    assert "not for the shop" in error(token, path=elsewhere)
    mock.state.slug = "other-shop"  # the same secrets, at another address
    assert "not for the shop" in error(token, path=elsewhere)


def forger_of(mock: BubblehouseMock, clock: FrozenClock) -> Forger:
    """Return what makes variants of a token of the shop."""
    secrets = {key.key_id: key.secret_bytes for key in mock.keys}
    return Forger(secrets, "demo-key-1", "demo-shop", int(clock().timestamp()))


FORGERIES: dict[str, tuple[str, Callable[[Forger], str]]] = {
    "expired": ("expired", lambda it: it.make(claims={"exp": it.now})),
    "issued in the future": ("iat lies in the future", lambda it: it.make(claims={"iat": it.now + 60})),
    "not valid yet": ("nbf lies in the future", lambda it: it.make(claims={"nbf": it.now + 60})),
    "no kid": ("no kid", lambda it: it.make(header={"kid": ...})),
    "kid of nobody": ("names no key", lambda it: it.make(header={"kid": "nobody"})),
    "kid of another key": ("signature", lambda it: it.make(header={"kid": "demo-key-2"})),
    "kid of a revoked key": ("revoked", lambda it: it.make(header={"kid": "demo-key-revoked"})),
    "signed with a revoked key": (
        "revoked",
        lambda it: it.make(header={"kid": "demo-key-revoked"}, key_id="demo-key-revoked"),
    ),
    "kid of a partner, signed by the shop": ("signature", lambda it: it.make(header={"kid": "demo-partner-key"})),
    "kid of the shop, signed by a partner": ("signature", lambda it: it.make(key_id="demo-partner-key")),
    "kid is a number": ("not a JWT", lambda it: it.make(header={"kid": 1})),
    "kid is a list": ("not a JWT", lambda it: it.make(header={"kid": ["demo-key-1"]})),
    "kid is an object": ("not a JWT", lambda it: it.make(header={"kid": {"demo-key-1": 1}})),
    "kid is null": ("not a JWT", lambda it: it.make(header={"kid": None})),
    "aud of others": ("aud", lambda it: it.make(claims={"aud": "other"})),
    "aud in a list of others": ("aud", lambda it: it.make(claims={"aud": ["other"]})),
    "aud is missing": ("no aud", lambda it: it.make(claims={"aud": ...})),
    "sub is missing": ("no sub", lambda it: it.make(claims={"sub": ...})),
    "sub of another shop": ("not for the shop", lambda it: it.make(claims={"sub": "other-shop"})),
    "sub of another shop's customer": ("not for the shop", lambda it: it.make(claims={"sub": "other-shop/1001"})),
    "sub is a list": ("malformed", lambda it: it.make(claims={"sub": ["demo-shop"]})),
    "sub has one slash too many": ("sub is neither", lambda it: it.make(claims={"sub": "demo-shop/1001/"})),
    "alg none, unsigned": (
        "HS256",
        lambda it: it.swap(header=encode(b'{"alg":"none","kid":"demo-key-1"}'), signature=""),
    ),
    "alg none, signed": ("HS256", lambda it: it.make(header={"alg": "none"})),
    "alg NONE": ("HS256", lambda it: it.make(header={"alg": "NONE"})),
    "alg HS512": ("HS256", lambda it: it.make(header={"alg": "HS512"}, digest="sha512")),
    "alg HS512 in the header alone": ("HS256", lambda it: it.make(header={"alg": "HS512"})),
    "HS512 that says HS256": ("signature", lambda it: it.make(digest="sha512")),
    "alg RS256": ("HS256", lambda it: it.make(header={"alg": "RS256"})),
    "alg is a list": ("HS256", lambda it: it.make(header={"alg": ["HS256"]})),
    "alg is missing": ("", lambda it: it.make(header={"alg": ...})),
    "signed with the kid": ("signature", lambda it: it.make(secret=b"demo-key-1")),
    "another signature": ("signature", lambda it: it.swap(signature=encode(bytes(32)))),
    "half a signature": ("not a JWT", lambda it: it.good[:-20]),
    "no signature": ("signature", lambda it: it.swap(signature="")),
    "a longer signature": ("signature", lambda it: it.good + "AAAA"),
    "another payload": ("signature", lambda it: it.swap(payload=encode(b'{"aud":"BH","sub":"demo-shop/1002"}'))),
    "the payload spelled otherwise": (
        "signature",
        lambda it: it.swap(payload=encode(json.dumps(it.claims, indent=1).encode())),
    ),
    "another header": ("signature", lambda it: it.swap(header=encode(b'{"kid":"demo-key-1","alg":"HS256"}'))),
    "padded twice": ("not a JWT", lambda it: it.good + "=="),
    "a line break within": ("", lambda it: it.good[:-4] + "\n" + it.good[-4:]),
    "a fourth segment": ("not a JWT", lambda it: it.good + ".e30"),
    "critical extensions": ("", lambda it: it.make(header={"crit": ["b64"], "b64": False})),
    "huge claims": ("longer than", lambda it: it.make(claims={"x": "x" * 100_000})),
    "nested claims": ("", lambda it: it.make(payload=b'{"aud":' + b"[" * 1500 + b"]" * 1500 + b"}")),
    "nested header": ("not a JWT", lambda it: it.swap(header=encode(b'{"kid":' + b"[" * 1500 + b"]" * 1500 + b"}"))),
    "claims are a list": ("malformed", lambda it: it.make(payload=b'["BH", "demo-shop"]')),
    "claims are no JSON": ("malformed", lambda it: it.make(payload=b"aud=BH")),
    "claims are not UTF-8": ("malformed", lambda it: it.make(payload=b'{"aud":"BH","sub":"\xff"}')),
    "exp is text": ("exp is not a number", lambda it: it.make(claims={"exp": str(it.now + 300)})),
    "exp is NaN": ("exp is not a number", lambda it: it.make(claims={"exp": float("nan")})),
    "exp is infinite": ("exp is not a number", lambda it: it.make(claims={"exp": float("inf")})),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_finds_nothing_open_after_a_success(
    name: str, error: Tool, mock: BubblehouseMock, clock: FrozenClock, verifications: list[str]
) -> None:
    says, forge = FORGERIES[name]
    forger = forger_of(mock, clock)
    forgery = forge(forger)
    assert error(forger.good) == ""
    for _ in range(2):
        message = error(forgery)
        assert message, "it was accepted"
        assert says in message
        assert forgery not in message
    verifications.clear()
    assert error(forger.good) == ""
    assert verifications == []


def test_an_aud_in_a_list_is_one_of_several(error: Tool, mock: BubblehouseMock, clock: FrozenClock) -> None:
    forger = forger_of(mock, clock)
    assert error(forger.make(claims={"aud": ["other", "BH"]})) == ""


class TestCapacity:
    def test_the_oldest_goes_first(self, mock: BubblehouseMock, mint: Tool, verifications: list[str]) -> None:
        tokens = SignedTokens(capacity=2)
        first, second, third = (mint(jti=name) for name in "abc")
        for token in (first, second, first, second, third, second, third):
            assert tokens.verify(token, mock.state).owner == "demo-shop"
        assert verifications == [first, second, third]
        tokens.verify(first, mock.state)
        assert verifications == [first, second, third, first]

    def test_strangers_push_nobody_out(self, mock: BubblehouseMock, mint: Tool, verifications: list[str]) -> None:
        tokens = SignedTokens(capacity=1)
        token = mint(jti="the one")
        tokens.verify(token, mock.state)
        signed = token.rpartition(".")[0]
        forgeries = [f"{signed}.{encode(bytes([number] * 32))}" for number in range(3)]
        for forgery in (*forgeries, *forgeries):
            with pytest.raises(RefusalError):
                tokens.verify(forgery, mock.state)
        tokens.verify(token, mock.state)
        assert verifications == [token, *forgeries, *forgeries]

    def test_a_rotated_key_pushes_nobody_out(self, mock: BubblehouseMock, mint: Tool, verifications: list[str]) -> None:
        tokens = SignedTokens(capacity=2)
        same, renewed = mint(key_id="demo-key-2"), mint()
        tokens.verify(same, mock.state)
        tokens.verify(renewed, mock.state)
        change_key(mock, kind="partner")  # still the same secret, so the same token is good for the new key
        assert tokens.verify(renewed, mock.state).key.kind == "partner"
        tokens.verify(same, mock.state)
        assert verifications == [same, renewed, renewed]

    def test_threads_share_it(self, mock: BubblehouseMock, mint: Tool) -> None:
        tokens = SignedTokens(capacity=8)
        minted = [mint(f"demo-shop/{number}") for number in range(16)]
        wrong: list[object] = []

        def hammer() -> None:
            for number in [*range(16)] * 50:
                try:
                    shopid = tokens.verify(minted[number], mock.state).grant.shopid
                except Exception as error:  # noqa: BLE001 - whatever it is, it is wrong
                    shopid = str(error)
                if shopid != str(number):
                    wrong.append(shopid)

        threads = [Thread(target=hammer) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert wrong == []
