"""Who is measured: the modules in `contenders/`, and how they are named and imported."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Contender:
    """One way to make the call.

    Attributes:
        name: As the report has it.
        module: The module in `contenders/`.
        imports: What its user imports first.
        script: Three lines that use it, for a type checker.
        optional: Whether it may be missing.
        peer: Whether it is somebody else's SDK, and lives in the peers' environment.
    """

    name: str
    module: str
    imports: str = ""
    script: str = ""
    optional: bool = False
    peer: bool = False


REFERENCE: Final = Contender(
    "httpx",
    "with_httpx",
    imports="httpx",
    script="import httpx\nclient = httpx.Client()\nprint(client.post('https://shop.test', json={}).json())\n",
)
DEFAULT: Final = Contender(
    "default",
    "with_bubblehouse",
    imports="bubblehouse_loyalty",
    script=(
        "from bubblehouse_loyalty import LoyaltyClient\nclient = LoyaltyClient.from_env()\n"
        "print(client.customer_balance_3().pts_available)\n"
    ),
)
FAST: Final = Contender("[fast]", "with_bubblehouse_fast", optional=True)
UNVERIFIED: Final = Contender("httpx, verify=False", "with_httpx_unverified")
HTTPX2: Final = Contender("httpx2", "with_httpx2", imports="httpx2")
SOCKET: Final = Contender("raw socket", "with_socket")
JSON: Final = Contender("json.loads", "with_json")
