"""The mock in process: its transport, a client on that, and its core."""

import itertools
import json
import tempfile
from collections.abc import Callable
from pathlib import Path

from bubblehouse.tokens import Key, MintedToken
from bubblehouse.transport import Request
from bubblehouse_mock import BubblehouseMock, messages

_PATH = "/v2023061/demo-shop/RedeemPoints1"
_BODY = b'{"customer":{"shopid":"%d"},"pts":100}'
_CUSTOMERS = range(1001, 1033)


def _headers(mock: BubblehouseMock) -> tuple[tuple[str, str], ...]:
    key = mock.keys[0]
    token = MintedToken(Key(key.key_id, key.secret), mock.shop).get()
    return (("authorization", f"Bearer {token}"), ("content-type", "application/json"))


def transport(_: str) -> Callable[[], object]:
    """Return one call of a new mock's transport."""
    mock = BubblehouseMock()
    request = Request("POST", mock.base_url + _PATH, _headers(mock), _BODY % _CUSTOMERS[0])
    return lambda: json.loads(mock.transport().send(request, timeout=1).content)["pts"]


def client(_: str) -> Callable[[], object]:
    """Return one call of a client that has a new mock's transport."""
    from bubblehouse_loyalty import CustomerIdentity1, LoyaltyClient  # noqa: PLC0415 - only measured here

    mock = BubblehouseMock()
    key = mock.keys[0]
    loyalty = LoyaltyClient(
        shop=mock.shop, key_id=key.key_id, secret=key.secret, base_url=mock.base_url, transport=mock.transport()
    )
    customer = CustomerIdentity1(shopid=str(_CUSTOMERS[0]))
    return lambda: loyalty.redeem_points_1(customer=customer, pts=100).pts


def core(fixture: str) -> Callable[[], object]:
    """Return calls of a mock that has the shop of a fixture."""
    return _core(BubblehouseMock(fixture=fixture))


def durable(fixture: str) -> Callable[[], object]:
    """Return the same, of a mock that keeps its state in a file beside the fixture."""
    folder = tempfile.mkdtemp(dir=Path(fixture).parent)
    return _core(BubblehouseMock(fixture=fixture, db=Path(folder) / "shop.sqlite"))


def _core(mock: BubblehouseMock) -> Callable[[], object]:
    path, headers = f"/api{_PATH}".encode(), _headers(mock)
    requests = itertools.cycle(
        messages.Request(method="POST", path=path, headers=headers, body=_BODY % number) for number in _CUSTOMERS
    )

    def call() -> object:
        status = mock.handle(next(requests)).status
        assert status == 200
        return status

    return call
