"""The mock inside a test: the transports, and the package's names."""

import asyncio
import json

import jwt
import pytest

from bubblehouse.transport import AsyncTransport, Request, Transport
from bubblehouse_mock.mock import BubblehouseMock


@pytest.fixture
def request_(bubblehouse_mock: BubblehouseMock) -> Request:
    key = bubblehouse_mock.keys[0]
    token = jwt.encode({"aud": "BH", "sub": bubblehouse_mock.shop}, key.secret_bytes, headers={"kid": key.key_id})
    return Request(
        "POST",
        f"{bubblehouse_mock.base_url}/v2023061/{bubblehouse_mock.shop}/CustomerBalance3?x=y",
        [("Authorization", f"Bearer {token}"), ("Content-Type", "application/json")],
        json.dumps({"customer": {"bhid": bubblehouse_mock.customers[0].bhid}}).encode(),
    )


def test_transport(bubblehouse_mock: BubblehouseMock, request_: Request) -> None:
    transport: Transport = bubblehouse_mock.transport()
    response = transport.send(request_, timeout=1)
    assert (response.status, response.header("Content-Type")) == (200, "application/json")
    assert json.loads(response.content)["pts_available"] == bubblehouse_mock.customers[0].ledger.earned - 1540
    transport.close()


def test_async_transport(bubblehouse_mock: BubblehouseMock, request_: Request) -> None:
    async def both() -> int:
        transport: AsyncTransport = bubblehouse_mock.async_transport()
        response = await transport.send(request_, timeout=1)
        await transport.aclose()
        return response.status

    assert asyncio.run(both()) == 200


def test_public_names() -> None:
    import bubblehouse_mock as package  # noqa: PLC0415 - the fixture has the same name

    assert package.BubblehouseMock is BubblehouseMock
    assert {*package.__all__} <= {*dir(package)}
    for name in package.__all__:
        assert getattr(package, name).__name__ == name
        assert name in vars(package)  # the second access is an ordinary one
    with pytest.raises(AttributeError, match="Nothing"):
        _ = package.Nothing  # type: ignore[attr-defined] # pyright: ignore[reportAttributeAccessIssue] - the test
