"""Tokens: what they claim, how long they are used, how many are minted, and that the secret stays where it is."""

import asyncio
import base64
import copy
import pickle
import threading
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import jwt
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bubblehouse.errors import ConfigurationError, TokenError
from bubblehouse.tokens import CalledToken, FixedToken, Key, MintedToken, TokenSource

SECRET_BYTES = b"a secret that nobody must ever see in any output"
SECRET = base64.b64encode(SECRET_BYTES).decode()
NOW = 1_800_000_000.25


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> float:
        return self.now


def minted(clock: Callable[[], float] = lambda: NOW, **options: Any) -> MintedToken:
    return MintedToken(Key("key-1", SECRET), "my-shop", clock=clock, **options)


def claims(token: str) -> dict[str, object]:
    options: jwt.types.Options = {"verify_exp": False, "verify_iat": False}
    decoded: dict[str, object] = jwt.decode(token, SECRET_BYTES, ["HS256"], audience="BH", options=options)
    return decoded


# --- what they claim ----------------------------------------------------------------------------------------------


def test_a_shop_token_has_the_claims_of_the_docs_and_always_an_end() -> None:
    token = minted().get()
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": "JWT", "kid": "key-1"}
    assert claims(token) == {"aud": "BH", "sub": "my-shop", "iat": 1_799_999_970, "exp": 1_800_000_301}


def test_a_customer_token_names_the_customer_and_what_was_asked_for() -> None:
    source = minted().for_customer("1234", email="ada@example.test", level="admin")
    found = claims(source.get())
    assert found["sub"] == "my-shop/1234"
    assert (found["ce"], found["l"]) == ("ada@example.test", "admin")


def test_what_was_not_asked_for_is_not_claimed() -> None:
    assert {"ce", "l"}.isdisjoint(claims(minted(customer="1234").get()))


@given(st.binary(min_size=32, max_size=80), st.text(st.characters(codec="utf-8")), st.text(min_size=1, max_size=40))
def test_a_library_that_verifies_reads_what_was_signed(secret: bytes, email: str, key_id: str) -> None:
    assume(not secret.startswith(b"-----BEGIN"))
    try:
        key = Key(key_id, base64.b64encode(secret).decode())
    except ConfigurationError:
        return
    given = {"aud": "BH", "ce": email, "exp": 10**10}
    token = key.sign(given)
    assert jwt.get_unverified_header(token)["kid"] == key_id
    assert jwt.decode(token, secret, ["HS256"], audience="BH") == given
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(token, secret + b"x", ["HS256"], audience="BH")


def test_the_secret_is_decoded_before_it_signs() -> None:
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(minted().get(), SECRET.encode(), ["HS256"], audience="BH", options={"verify_exp": False})


@given(st.text(max_size=20))
def test_no_customer_id_can_change_whom_the_token_speaks_for(customer: str) -> None:
    try:
        token = minted(customer=customer).get()
    except ConfigurationError:
        return
    subject = str(claims(token)["sub"])
    assert subject.split("/") == ["my-shop", customer]
    assert customer == customer.strip()
    assert subject.isprintable()


@pytest.mark.parametrize(
    "customer", ["", "a/b", "/", "my-shop/1", "1\n2", "\x00", " 1", "1 ", "\u200b1", "\ud800", 1234]
)
def test_ids_that_could_mean_somebody_else_are_refused(customer: object) -> None:
    with pytest.raises(ConfigurationError, match=r"^customer: "):
        minted(customer=customer)


# --- how long they are used ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("ttl", "margin"), [(1, 0.25), (60, 15), (300, 30), (604_800, 30)])
def test_a_token_is_used_again_until_shortly_before_it_ends(ttl: float, margin: float) -> None:
    clock = Clock()
    source = minted(clock, ttl=ttl)
    first = source.get()
    ends = claims(first)["exp"]
    assert isinstance(ends, int)
    assert ends >= NOW + ttl
    clock.now = ends - margin - 0.01
    assert source.get() == first
    clock.now = ends - margin
    second = source.get()
    assert second != first
    assert isinstance(claims(second)["exp"], int)


def test_a_clock_set_back_brings_a_new_token() -> None:
    clock = Clock()
    source = minted(clock)
    first = source.get()
    clock.now -= 3600
    assert claims(source.get()) != claims(first)


def test_a_refused_token_is_replaced_and_the_new_one_kept() -> None:
    clock = Clock()
    source = minted(clock)
    first = source.get()
    clock.now += 2
    second = source.get(refused=first)
    assert second != first
    assert source.get() == second
    assert source.get(refused=first) == second  # whoever learns late of the refusal does not mint again


# --- how many are minted ------------------------------------------------------------------------------------------


class Slow:
    """A key that takes its time, and counts."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.signed = 0
        sign = Key.sign

        def slow(key: Key, content: dict[str, object]) -> str:
            self.signed += 1
            time.sleep(0.02)
            return sign(key, content)

        monkeypatch.setattr(Key, "sign", slow)


def test_thirty_two_threads_get_one_token_minted_once(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = Slow(monkeypatch)
    source = minted()
    start = threading.Barrier(32)

    def get(_: int) -> str:
        start.wait()
        return source.get()

    with ThreadPoolExecutor(32) as pool:
        tokens = set(pool.map(get, range(32)))
    assert len(tokens) == 1
    assert slow.signed == 1


def test_thirty_two_threads_replace_a_refused_token_once(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    source = minted(clock)
    refused = source.get()
    clock.now += 1
    slow = Slow(monkeypatch)
    start = threading.Barrier(32)

    def get(_: int) -> str:
        start.wait()
        return source.get(refused=refused)

    with ThreadPoolExecutor(32) as pool:
        tokens = set(pool.map(get, range(32)))
    assert len(tokens) == 1
    assert refused not in tokens
    assert slow.signed == 1


# --- ready-made tokens --------------------------------------------------------------------------------------------


def test_a_fixed_token_is_what_it_is() -> None:
    source = FixedToken("partner.token")
    assert source.get() == source.get(refused="partner.token") == "partner.token"
    assert not source.renewable


@pytest.mark.parametrize("token", ["", "Bearer abc", "a\r\nX-Evil: 1", "a b", "tökén", "\x00", 5, None])
def test_what_cannot_be_a_token_is_refused_and_not_shown(token: object) -> None:
    with pytest.raises(ConfigurationError, match=r"^token: ") as caught:
        FixedToken(token)  # type: ignore[arg-type]
    assert "Evil" not in str(caught.value)
    with pytest.raises(TokenError, match="that the callable returned"):
        CalledToken(lambda: token, may_await=True).get()  # type: ignore[arg-type, return-value]


def test_a_callable_is_asked_every_time() -> None:
    answers = iter(["first", "second"])
    source = CalledToken(lambda: next(answers), may_await=False)
    assert [source.get(), source.get(refused="first")] == ["first", "second"]


def test_what_a_callable_raises_is_the_cause_of_a_token_error() -> None:
    def broken() -> str:
        raise OSError("password=hunter2")

    with pytest.raises(TokenError, match="raised OSError") as caught:
        CalledToken(broken, may_await=False).get()
    assert isinstance(caught.value.__cause__, OSError)
    assert "hunter2" not in str(caught.value)


def test_an_async_callable_is_awaited_where_that_can_be_done() -> None:
    async def later(answer: Any) -> str:
        await asyncio.sleep(0)
        if isinstance(answer, Exception):
            raise answer
        return cast("str", answer)  # some are no tokens

    async def get(answer: Any) -> str:
        token = CalledToken(lambda: later(answer), may_await=True).get()
        assert isinstance(token, Awaitable)
        return await token

    assert asyncio.run(get("a.b.c")) == "a.b.c"
    with pytest.raises(TokenError, match="must be a string, not int"):
        asyncio.run(get(5))
    with pytest.raises(TokenError, match="raised LookupError") as caught:
        asyncio.run(get(LookupError("gone")))
    assert isinstance(caught.value.__cause__, LookupError)


def test_an_async_callable_is_refused_where_nobody_can_await_it() -> None:
    async def later() -> str:
        return "a.b.c"

    with pytest.raises(ConfigurationError, match=r"^token: .*async client"):
        CalledToken(later, may_await=False)
    with pytest.raises(TokenError, match="not coroutine"):  # hidden from the check at construction
        CalledToken(lambda: later(), may_await=False).get()  # noqa: PLW0108 - the lambda is what hides it


# --- the secret stays where it is ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "secret",
    ["", "not base64!", "abc", "YWJj ", " YWJj", "YWJj\n", "YWJ\nj", "-_-_", "yö==", "====", 5, None, b"YWJj"],
)
def test_a_secret_that_is_not_base64_is_refused_and_not_shown(secret: object) -> None:
    with pytest.raises(ConfigurationError, match=r"^secret: ") as caught:
        Key("key-1", secret)  # type: ignore[arg-type]
    assert caught.value.__cause__ is None
    assert not (isinstance(secret, str) and len(secret) > 3 and secret.strip() in str(caught.value))


def test_a_key_of_another_kind_is_no_secret() -> None:
    pem = base64.b64encode(b"-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n").decode()
    with pytest.raises(ConfigurationError, match="secret: is a PEM file") as caught:
        Key("key-1", pem)
    assert "MIIB" not in str(caught.value)


SOURCES: list[Callable[[], TokenSource]] = [
    minted,
    lambda: FixedToken("very.secret.token"),
    lambda: CalledToken(lambda: "very.secret.token", may_await=False),
]


@pytest.mark.parametrize("make", SOURCES)
def test_sources_show_nothing_and_do_not_travel(make: Callable[[], TokenSource]) -> None:
    source = make()
    token = source.get()
    assert isinstance(token, str)
    assert token not in repr(source)
    assert SECRET not in repr(source)
    assert repr(SECRET_BYTES) not in repr(source)
    with pytest.raises(TypeError):
        vars(source)
    for travel in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="holds a secret"):
            travel(source)


def test_a_key_shows_its_id_alone() -> None:
    key = Key("key-1", SECRET)
    assert repr(key) == "Key('key-1', …)"
    with pytest.raises(TypeError, match="holds a secret"):
        pickle.dumps(key)
