"""Clients: one customer's view of a pool, closing, sharing, and what they show."""

import asyncio
import copy
import pickle
import threading
from typing import TYPE_CHECKING, Any

import httpx
import httpx2
import jwt
import pytest

from bubblehouse import errors, transport
from bubblehouse.transport import Response
from bubblehouse_loyalty import AsyncLoyaltyClient, LoyaltyClient

if TYPE_CHECKING:
    from tests.unit.runtime.conftest import Bench, Script

OK = Response(200, (), b'{"code": "x", "pts": 1}')


def claims(script: "Script", index: int = -1) -> dict[str, Any]:
    token = dict(script.requests[index].headers)["Authorization"].removeprefix("Bearer ")
    decoded: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return decoded


def test_a_customers_client_is_of_the_same_class_on_the_same_transport(bench: "Bench") -> None:
    script = bench.script(OK)
    client = bench.client(script, timeout=12, api_version="v20230601")
    ada = client.for_customer("1234", email="ada@example.test", level="customer")
    assert type(ada) is type(client)
    bench.call(ada)
    assert claims(script) | {"iat": 0, "exp": 0} == {
        "aud": "BH",
        "sub": "my-shop/1234",
        "ce": "ada@example.test",
        "l": "customer",
        "iat": 0,
        "exp": 0,
    }
    assert script.timeouts == [6]  # half of it, since it may be sent again
    assert "/v20230601/my-shop/" in script.requests[0].url
    bench.call(client)
    assert claims(script)["sub"] == "my-shop"
    bench.call(ada.for_customer("5678"))
    assert claims(script)["sub"] == "my-shop/5678"
    assert "ce" not in claims(script)


def test_a_customer_can_be_named_at_construction(bench: "Bench") -> None:
    script = bench.script(OK)
    bench.call(bench.client(script, customer="1234"))
    assert claims(script)["sub"] == "my-shop/1234"


@pytest.mark.parametrize("customer", ["", "a/b", "1\n", 5])
def test_whom_it_speaks_for_is_checked(bench: "Bench", customer: Any) -> None:
    with pytest.raises(errors.ConfigurationError, match=r"^customer_id: "):
        bench.client().for_customer(customer)


def test_a_ready_made_token_cannot_speak_for_another(bench: "Bench") -> None:
    with pytest.raises(errors.ConfigurationError, match=r"^token: is ready-made"):
        bench.client(token="a.b.c").for_customer("1234")


def test_a_given_transport_is_left_open_and_the_client_is_not(bench: "Bench") -> None:
    script = bench.script(OK)
    client = bench.client(script)
    bench.close(client)
    bench.close(client)
    assert script.closed == 0
    with pytest.raises(errors.ClientClosedError):
        bench.call(client)
    assert script.requests == []


def _made(bench: "Bench", monkeypatch: pytest.MonkeyPatch) -> "list[Script]":
    made: list[Script] = []

    def make() -> "Script":
        made.append(bench.script(OK))
        return made[-1]

    name = "AsyncHttpx2Transport" if bench.is_async else "Httpx2Transport"
    monkeypatch.setattr(transport, name, make, raising=False)
    return made


def test_a_transport_of_its_own_is_made_when_needed_and_closed_once(
    bench: "Bench", monkeypatch: pytest.MonkeyPatch
) -> None:
    made = _made(bench, monkeypatch)
    client = bench.client()
    ada = client.for_customer("1234")
    assert made == []
    bench.call(ada)
    bench.call(client)
    assert len(made) == 1
    bench.close(ada)
    assert made[0].closed == 0
    bench.call(client)
    with pytest.raises(errors.ClientClosedError):
        bench.call(ada)
    bench.close(client)
    bench.close(client)
    assert made[0].closed == 1


def test_closing_a_client_closes_those_that_came_from_it(bench: "Bench", monkeypatch: pytest.MonkeyPatch) -> None:
    made = _made(bench, monkeypatch)
    client = bench.client()
    ada = client.for_customer("1234")
    bench.close(client)
    with pytest.raises(errors.ClientClosedError):
        bench.call(ada)
    assert made == []


@pytest.mark.parametrize("library", [httpx, httpx2])
def test_a_client_of_the_users_own_carries_its_calls(library: Any) -> None:
    def answer(request: Any) -> Any:
        asked.append(request)
        return library.Response(200, json={"code": "x", "pts": 1, "amount": "1.000000", "change_bhid": "b"})

    async def call() -> None:
        async with library.AsyncClient(transport=library.MockTransport(answer)) as own:
            client = AsyncLoyaltyClient(shop="my-shop", token="a.b.c", transport=own)
            assert (await client.redeem_points_1(pts=5)).code == "x"
            await client.aclose()
            assert not own.is_closed

    asked: list[Any] = []
    with library.Client(transport=library.MockTransport(answer)) as own:
        client = LoyaltyClient(shop="my-shop", token="a.b.c", transport=own)
        assert client.redeem_points_1(pts=5).code == "x"
        client.close()
        assert not own.is_closed
    asyncio.run(call())
    assert [request.headers["authorization"] for request in asked] == ["Bearer a.b.c"] * 2


@pytest.mark.parametrize("library", [httpx, httpx2])
def test_a_client_of_the_wrong_kind_is_refused(library: Any) -> None:
    with pytest.raises(errors.ConfigurationError, match=r"has no close\(\)"):
        LoyaltyClient(shop="my-shop", token="a.b.c", transport=library.AsyncClient())
    with library.Client() as own, pytest.raises(errors.ConfigurationError, match=r"has no aclose\(\)"):
        AsyncLoyaltyClient(shop="my-shop", token="a.b.c", transport=own)


def test_it_can_be_used_in_a_with_block(
    bench: "Bench", operations: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = _made(bench, monkeypatch)
    client: Any = bench.client()

    async def use() -> None:
        async with client as same:
            assert same is client
            await client.run(*arguments, {})

    arguments = (operations["read"], operations["input"](pts=1))
    if bench.is_async:
        asyncio.run(use())
    else:
        with client as same:
            assert same is client
            client.run(*arguments, {})
    assert made[0].closed == 1


def test_threads_share_one_transport(bench: "Bench", monkeypatch: pytest.MonkeyPatch) -> None:
    made = _made(bench, monkeypatch)
    client = bench.client()
    threads = [threading.Thread(target=bench.call, args=(client,)) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert len(made[0].requests) == 16


def test_what_a_client_shows(bench: "Bench") -> None:
    shown = repr(bench.client())
    assert shown.endswith("Client(shop='my-shop', base_url='https://api.example.test/api')")


@pytest.mark.parametrize("travel", [pickle.dumps, copy.copy, copy.deepcopy])
def test_clients_do_not_travel(bench: "Bench", travel: Any) -> None:
    with pytest.raises(TypeError, match="holds a secret"):
        travel(bench.client())


def test_a_callers_cancellation_is_the_callers(async_bench: "Bench") -> None:
    def cancel(*_: object) -> Response:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        async_bench.call(async_bench.client(async_bench.script(cancel)))
