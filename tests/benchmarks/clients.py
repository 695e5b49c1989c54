"""Clients that are measured: the modules in `contenders/`, and how they are named and imported."""

from dataclasses import dataclass
from typing import Final

from tests.benchmarks.contender import Contender


@dataclass(frozen=True, slots=True)
class Client(Contender):
    """One way to make the call. A peer lives in the peers' environment.

    Attributes:
        module: The module in `contenders/`.
        imports: What its user imports first.
        script: Three lines that use it, for a type checker.
        optional: Whether it may be missing.
    """

    module: str
    imports: str = ""
    script: str = ""
    optional: bool = False


REFERENCE: Final = Client(
    "httpx",
    "with_httpx",
    imports="httpx",
    script="import httpx\nclient = httpx.Client()\nprint(client.post('https://shop.test', json={}).json())\n",
)
DEFAULT: Final = Client(
    "default",
    "with_bubblehouse",
    imports="bubblehouse_loyalty",
    script=(
        "from bubblehouse_loyalty import LoyaltyClient\nclient = LoyaltyClient.from_env()\n"
        "print(client.customer_balance_3().pts_available)\n"
    ),
)
FAST: Final = Client("[fast]", "with_bubblehouse_fast", optional=True)
UNVERIFIED: Final = Client("httpx, verify=False", "with_httpx_unverified")
HTTPX2: Final = Client("httpx2", "with_httpx2", imports="httpx2")
SOCKET: Final = Client("raw socket", "with_socket")
JSON: Final = Client("json.loads", "with_json")
