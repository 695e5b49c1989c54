"""Who may use the control plane: not the web pages that a developer has open, nor strangers in the network."""

import json

import pytest

from bubblehouse_mock.control import Access
from bubblehouse_mock.messages import Request
from bubblehouse_mock.mock import BubblehouseMock

LOOPBACK = Access(loopback=True)
GUARDED = Access(token="swordfish")


def status(mock: BubblehouseMock, access: Access, method: str = "POST", place: str = "reset", **headers: str) -> int:
    sent = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    answer = mock.handle(Request(method=method, path=f"/__mock__/{place}".encode(), headers=sent), control=access)
    if answer.status != 200:
        assert json.loads(answer.body)["message"]
    return answer.status


@pytest.mark.parametrize("host", ["127.0.0.1:8642", "localhost:8642", "[::1]:8642", "127.9.9.9", "LOCALHOST"])
def test_names_of_this_computer(mock: BubblehouseMock, host: str) -> None:
    assert status(mock, LOOPBACK, host=host) == 200


@pytest.mark.parametrize(
    "host", ["evil.example:8642", "127.0.0.1.evil.example", "10.0.0.5", "[::", "localhost.evil", ""]
)
def test_a_name_that_was_pointed_here_is_refused(mock: BubblehouseMock, host: str) -> None:
    assert status(mock, LOOPBACK, host=host) == (200 if not host else 403)
    assert status(mock, Access(), host=host) == 200


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, 200),
        ({"origin": "http://127.0.0.1:8642"}, 200),
        ({"origin": "http://127.0.0.1:8642", "sec_fetch_site": "same-origin"}, 200),
        ({"sec_fetch_site": "none"}, 200),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "http://127.0.0.1:3000"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://127.0.0.1:8642.evil.example"}, 403),
        ({"origin": "http://[::"}, 403),
        ({"sec_fetch_site": "cross-site"}, 403),
        ({"sec_fetch_site": "same-site"}, 403),
    ],
)
def test_pages_of_other_origins(mock: BubblehouseMock, headers: dict[str, str], expected: int) -> None:
    for method, place in (("POST", "reset"), ("GET", "config")):
        assert status(mock, LOOPBACK, method, place, host="127.0.0.1:8642", **headers) == expected


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ("Bearer swordfish", 200),
        ("bearer  swordfish ", 200),
        ("Bearer Swordfish", 401),
        ("Bearer ", 401),
        ("Basic swordfish", 401),
        ("swordfish", 401),
        ("Bearer schwertfisch-ü", 401),
        (None, 401),
    ],
)
def test_a_control_token(mock: BubblehouseMock, shown: str | None, expected: int) -> None:
    headers = {} if shown is None else {"authorization": shown}
    assert status(mock, GUARDED, **headers) == expected
    assert status(mock, GUARDED, "GET", "nothing", **headers) == (404 if expected == 200 else 401)


def test_whoever_lacks_it_is_told_how(mock: BubblehouseMock) -> None:
    answer = mock.handle(Request(method="GET", path=b"/__mock__/config"), control=GUARDED)
    assert dict(answer.all_headers)["www-authenticate"] == "Bearer"
    assert b"swordfish" not in answer.body


def test_the_api_asks_for_none_of_it(mock: BubblehouseMock) -> None:
    request = Request(
        method="GET", path=b"/api/v2023061/demo-shop/CustomerBalance3", headers=(("host", "evil.example"),)
    )
    assert mock.handle(request, control=Access("swordfish", loopback=True)).status == 401
    assert json.loads(mock.handle(request).body)["id"] == "invalid_token"


def test_without_access_there_is_no_control_plane(mock: BubblehouseMock) -> None:
    assert mock.handle(Request(method="GET", path=b"/__mock__/config"), control=None).status == 404


@pytest.mark.parametrize("shown", [None, "", "Bearer", "Bearer ", "Bearer  "])
def test_an_empty_control_token_admits_nobody(mock: BubblehouseMock, shown: str | None) -> None:
    headers = {} if shown is None else {"authorization": shown}
    assert status(mock, Access(token=""), **headers) == 401
