"""Web pages of other origins: what a browser is told before it sends their calls, and whether they can read answers."""

import re
import socket
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bubblehouse_mock.messages import Request, Response
from bubblehouse_mock.mock import BubblehouseMock

Tool = Callable[..., Any]
API = "/api/v2023061/demo-shop/RedeemPoints1"
ORIGIN = ("origin", "https://shop.example")
ASKS = (ORIGIN, ("access-control-request-method", "POST"))
HEADER = re.compile(r"[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?")


def ask(mock: BubblehouseMock, path: str = API, headers: tuple[tuple[str, str], ...] = ASKS) -> Response:
    return mock.handle(Request(method="OPTIONS", path=path.encode(), headers=headers))


def told(response: Response) -> dict[str, str]:
    headers = dict(response.all_headers)
    assert len(headers) == len(response.all_headers)
    return headers


class TestPreflight:
    def test_a_call_with_a_token(self, mock: BubblehouseMock) -> None:
        answer = ask(mock, headers=(*ASKS, ("access-control-request-headers", "authorization,content-type")))
        assert (answer.status, answer.body) == (204, b"")
        assert told(answer) == {
            "cache-control": "no-store",
            "access-control-allow-origin": "*",
            "access-control-allow-methods": "POST",
            "access-control-allow-headers": "authorization, content-type",
            "access-control-max-age": "600",
            "vary": "origin, access-control-request-method, access-control-request-headers, "
            "access-control-request-private-network",
        }

    @pytest.mark.parametrize(
        ("path", "methods"),
        [
            ("/api/v2023061/demo-shop/CustomerBalance3", "GET, POST"),
            ("/api/v1/nobody/Unredeem1", "POST"),
            ("/api/v2023061/demo-shop/Nothing", "GET, POST"),  # so that the page can read that there is none
            ("/api/", "GET, POST"),
        ],
    )
    def test_the_verbs_of_the_function(self, mock: BubblehouseMock, path: str, methods: str) -> None:
        assert told(ask(mock, path))["access-control-allow-methods"] == methods

    def test_from_a_public_page_to_this_computer(self, mock: BubblehouseMock) -> None:
        assert "access-control-allow-private-network" not in told(ask(mock))
        private = ask(mock, headers=(*ASKS, ("access-control-request-private-network", "true")))
        assert told(private)["access-control-allow-private-network"] == "true"

    def test_it_is_no_call(self, mock: BubblehouseMock) -> None:
        mock.configure(rate_limits_enabled=True, rate_limit_delay=0)
        mock.fail_next(status=502)
        before = mock.control.state()
        assert {ask(mock).status for _ in range(20)} == {204}
        assert mock.control.state() == before
        assert len(mock.faults.unmet) == 1

    @pytest.mark.parametrize("headers", [(), (ORIGIN,), (ASKS[1],)])
    def test_other_options_are_refused_as_the_contract_has_it(
        self, mock: BubblehouseMock, headers: tuple[tuple[str, str], ...]
    ) -> None:
        answer = ask(mock, headers=headers)
        assert (answer.status, told(answer)["allow"]) == (405, "POST")
        assert told(answer).get("access-control-allow-origin") == ("*" if ORIGIN in headers else None)

    @pytest.mark.parametrize(
        ("wanted", "allowed"),
        [
            ("x-a\r\nset-cookie: a=b, X-B", "X-B"),
            ("x-a\n,x-b", "x-a, x-b"),
            ("ä, x y, x:y, , \x00", None),
            ("x" * 100_000, None),
            (",".join(f"x{index}" for index in range(100_000)), ", ".join(f"x{index}" for index in range(50))),
        ],
    )
    def test_hostile_names_of_headers(self, mock: BubblehouseMock, wanted: str, allowed: str | None) -> None:
        answer = ask(mock, headers=(*ASKS, ("access-control-request-headers", wanted)))
        assert told(answer).get("access-control-allow-headers") == allowed

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        values=st.lists(
            st.tuples(
                st.sampled_from(
                    ["origin", *(f"access-control-request-{it}" for it in ("method", "headers", "private-network"))]
                ),
                st.text(st.characters(max_codepoint=255)) | st.text("a,-\r\n \x00"),
            )
        ),
        path=st.sampled_from([API, "/api/", "/api/%00/\\/%0d%0a", "/api/a/b/c/d"]),
        method=st.sampled_from(["OPTIONS", "POST"]),
    )
    @example(values=[("origin", "a\r\nb"), ("access-control-request-headers", "a\r\nb")], path=API, method="POST")
    def test_whatever_is_asked_nothing_breaks(
        self, mock: BubblehouseMock, values: list[tuple[str, str]], path: str, method: str
    ) -> None:
        answer = mock.handle(Request(method=method, path=path.encode(), headers=tuple(values)))
        assert answer.status < 500
        assert all(HEADER.fullmatch(name) and HEADER.fullmatch(value) for name, value in answer.all_headers)


class TestAnswers:
    @pytest.fixture
    def from_page(self, mock: BubblehouseMock, mint: Tool) -> Callable[..., Response]:
        def from_page(body: bytes = b"{}", *, token: str | None = None, path: str = API) -> Response:
            bearer = ("authorization", f"Bearer {token or mint('demo-shop/1001')}")
            headers = (ORIGIN, bearer, ("content-type", "application/json"))
            return mock.handle(Request(method="POST", path=path.encode(), headers=headers, body=body))

        return from_page

    def test_all_can_be_read(self, mock: BubblehouseMock, from_page: Callable[..., Response]) -> None:
        mock.configure(rate_limits_enabled=True, rate_limit_delay=0)
        redeem = b'{"pts": 500}'
        answers = [from_page(redeem), from_page(), from_page(redeem), from_page(token="junk")]
        answers.append(from_page(path="/api/nothing"))
        mock.fail_next(status=502)
        answers.append(from_page())
        assert [it.status for it in answers] == [200, 400, 429, 401, 404, 502]
        for answer in answers:
            assert told(answer)["access-control-allow-origin"] == "*"
            assert told(answer)["access-control-expose-headers"] == "Retry-After, Allow"
        assert told(answers[2])["retry-after"] == "1"

    def test_what_was_forced_stays(self, mock: BubblehouseMock, from_page: Callable[..., Response]) -> None:
        mock.damage_next("truncated", delay=3)
        answer = from_page()
        assert (answer.delay, answer.truncated) == (3, True)

    def test_nobody_else_is_told(self, call: Tool) -> None:
        headers = call("RedeemPoints1", {"customer": {"shopid": "1001"}, "pts": 500}).headers
        assert not [name for name in headers if name.startswith("access-control")]


@pytest.mark.parametrize("method", ["OPTIONS", "GET", "POST"])
@pytest.mark.parametrize("path", ["/__mock__/config", "/__mock__/reset", "/__mock__/nothing", "/", "/api"])
def test_the_api_alone_is_for_pages(mock: BubblehouseMock, method: str, path: str) -> None:
    for control in (True, False):
        given: Any = {} if control else {"control": None}
        answer = mock.handle(Request(method=method, path=path.encode(), headers=ASKS), **given)
        assert not [name for name, _ in answer.all_headers if name.startswith("access-control")]


def test_over_http(address: tuple[str, int]) -> None:
    with socket.create_connection(address, timeout=5) as connection:
        for _ in range(2):  # the connection is good for another request: nothing follows the head
            lines = [f"OPTIONS {API} HTTP/1.1", "Host: mock", *(f"{name}: {value}" for name, value in ASKS), "", ""]
            connection.sendall("\r\n".join(lines).encode())
            head = connection.recv(65536).lower()
            assert head.startswith(b"http/1.1 204")
            assert head.endswith(b"\r\n\r\n")
            assert b"content-length" not in head
            assert b"transfer-encoding" not in head
