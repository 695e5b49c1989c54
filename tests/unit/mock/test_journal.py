"""The journal: who called, and what came of it, without a token anywhere."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from bubblehouse_mock.messages import Request
from bubblehouse_mock.mock import BubblehouseMock

Tool = Callable[..., Any]


def test_tells_who_called_and_what_came_of_it(control: Tool, call: Tool) -> None:
    call("CustomerBalance3", {"customer": {"shopid": "1001"}}, key_id="demo-key-2")
    call("RedeemPoints1", {"pts": "x"}, sub="demo-shop/1001")
    call("Nothing1", {})
    first, second, third = control("journal").body
    assert (first["operation"], first["customer"]) == ("CustomerBalance3", "0000018abc000001")
    assert (first["token_kind"], first["key_id"], first["answer"]["status"]) == ("ShopToken", "demo-key-2", 200)
    assert (second["customer"], second["token_kind"]) == ("0000018abc000001", "CustomerToken")
    assert (second["body"], second["answer"]["status"]) == ('{"pts": "x"}', 400)
    assert "invalid_request" in second["answer"]["body"]
    assert (third["operation"], third["token_kind"], third["answer"]["status"]) == (None, None, 404)


def test_in_parts(control: Tool, call: Tool) -> None:
    for number in range(5):
        call(f"Nothing{number}", {})
    numbers = [it["number"] for it in control("journal").body]
    assert len(numbers) == 5
    assert [it["number"] for it in control("journal", query="limit=2").body] == numbers[-2:]
    assert [it["number"] for it in control("journal", query=f"after={numbers[2]}").body] == numbers[3:]
    assert control("journal", method="DELETE").body == []
    call("Nothing9", {})
    assert [it["number"] for it in control("journal").body] == [numbers[-1] + 1]


def test_holds_no_token_wherever_it_stood(control: Tool, call: Tool, mint: Tool) -> None:
    token = mint()
    call("CustomerBalance3", raw=f'{{"customer": "{token}"}}'.encode())
    call("CustomerBalance3", token=None, headers={"authorization": f"Basic {token}", "x-api-key": token})
    call("CustomerBalance3", token=None, headers={"authorization": token, "x-other": f"a {token}, b"})
    call("CustomerBalance3", method="GET", query=f"auth={token}&x=1&token=opaque")
    call(token, path=f"/api/v2023061/demo-shop/{token}")
    call(token, path=f"/api/v2023061/demo-shop/Bearer%20{token.replace('.', '%2E')}", query=f"q=x%20{token}")
    told = str(control("journal").body)
    assert token not in told
    assert token.rpartition(".")[2] not in told
    assert "opaque" not in told
    assert "x=1" in told


def test_tells_what_was_forced(control: Tool, call: Tool) -> None:
    control("faults", {"error": "insufficient_points"})
    call("RedeemPoints1", {})
    (entry,) = control("journal").body
    assert "insufficient_points" in entry["fault"]


def test_faults_are_listed_with_how_many_calls_they_still_meet(control: Tool, call: Tool) -> None:
    assert control("faults", {"error": "insufficient_points", "times": 3}).status == 200
    call("RedeemPoints1", {})
    call("CustomerBalance3", {})
    (listed,) = control("faults").body
    assert (listed["fault"]["error"], listed["fault"]["times"], listed["left"]) == ("insufficient_points", 3, 2)
    assert control("faults", {"error": "no_such_error"}).error == (400, "invalid_request")
    assert control("faults", {"errror": "invalid_token"}).error == (400, "invalid_request")
    assert control("faults", method="DELETE").body == []


def test_it_can_be_read_while_calls_come_in(mock: BubblehouseMock) -> None:
    """Whoever looks neither disturbs the calls nor is disturbed by them."""
    request = Request(method="GET", path=b"/api/v2023061/demo-shop/Nothing1")
    stop = threading.Event()

    def keep_calling() -> None:
        while not stop.is_set():
            mock.handle(request)

    with ThreadPoolExecutor(2) as pool:
        calling = [pool.submit(keep_calling) for _ in range(2)]
        try:
            for _ in range(60):
                numbers = [entry.number for entry in mock.control.journal(limit=1000)]
                assert numbers == sorted(set(numbers))
        finally:
            stop.set()
        for one in calling:
            one.result()
