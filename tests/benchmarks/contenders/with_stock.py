"""What openapi-python-client makes of the same contract with its own templates."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path

from stock_client.api.loyalty import customer_balance_3
from stock_client.client import AuthenticatedClient
from stock_client.models.customer_balance_3_input import CustomerBalance3Input
from stock_client.models.customer_balance_result_3 import CustomerBalanceResult3
from stock_client.models.customer_identity_1 import CustomerIdentity1


def sync(url: str) -> Callable[[], object]:
    """Return the call."""
    client = AuthenticatedClient(f"{url}/api/v2023061", token="k" * 200)
    body = CustomerBalance3Input(customer=CustomerIdentity1(shopid="1001"))
    return lambda: customer_balance_3.sync("demo-shop", client=client, body=body).pts_available


def asynchronous(url: str) -> Callable[[], Awaitable[object]]:
    """Return the call."""
    client = AuthenticatedClient(f"{url}/api/v2023061", token="k" * 200)
    body = CustomerBalance3Input(customer=CustomerIdentity1(shopid="1001"))

    async def call() -> object:
        return (await customer_balance_3.asyncio("demo-shop", client=client, body=body)).pts_available

    return call


def decode(file: str) -> Callable[[], object]:
    """Return what decodes the file's content."""
    content = Path(file).read_bytes()
    return lambda: CustomerBalanceResult3.from_dict(json.loads(content)).pts_available
