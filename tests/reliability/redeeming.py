"""A process that redeems points from a file for as long as it lives, and tells each answer that it got."""

import os
from pathlib import Path
from typing import Any

from bubblehouse_mock import BubblehouseMock
from bubblehouse_mock.contract import load
from bubblehouse_mock.messages import Request

load(None)  # once for all processes that are forked from here
FIXTURE: dict[str, Any] = {
    "shop": "s",
    "keys": [{"key_id": "k", "secret": "bm90LWEtc2VjcmV0LWRlbW8ta2V5LTEtZm9yLXRlc3RzLW9ubHk="}],
    "settings": {"point_value": "0.01"},
    "customers": [{"shopid": "c", "changes": [{"type": "earned_from_order", "pts": 10**12, "at": "-1d"}]}],
}


def redeem(path: Path, line: int) -> None:
    """Redeem one point after another, until the process is killed.

    Args:
        path: The file.
        line: A descriptor on which each answered redemption is named.
    """
    mock = BubblehouseMock(db=path)
    token = mock.control.mint({"customer": "c"}).token
    headers = (("authorization", f"Bearer {token}"), ("content-type", "application/json"))
    request = Request(method="POST", path=b"/api/v2023061/s/RedeemPoints1", headers=headers, body=b'{"pts": 1}')
    while True:
        answer = mock.handle(request)
        os.write(line, answer.body + b"\n")
