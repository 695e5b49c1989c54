"""A run over many customers is killed, again and again, and resumed: nothing is applied twice, nothing is lost."""

import json
import os
import random
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from tests.contract.proof.server import mock_process

COUNT = 40
KILLED_AFTER = (3, 1, 6, 2, 5)  # outcomes

CHILD = """
import asyncio, contextlib, sys
from bubblehouse_loyalty import AsyncLoyaltyClient, LoyaltyClient

options = {"concurrency": 4, "journal": sys.argv[2]}
ids = [f"k{number}" for number in range(int(sys.argv[3]))]

def take(outcome):
    print(outcome.index, type(outcome.error).__name__, flush=True)
    sys.stdin.readline()

def call(me):
    me.customer_balance_3()
    return me.redeem_points_1(pts=100)

async def acall(me):
    await me.customer_balance_3()
    return await me.redeem_points_1(pts=100)

async def main():
    async with AsyncLoyaltyClient.from_env() as loyalty:
        async for outcome in loyalty.for_each_customer(ids, acall, **options):
            await asyncio.to_thread(take, outcome)

if sys.argv[1] == "async":
    asyncio.run(main())
else:
    with LoyaltyClient.from_env() as loyalty:
        for outcome in loyalty.for_each_customer(ids, call, **options):
            take(outcome)
"""


def control(url: str, place: str, body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{url.removesuffix('/api')}/__mock__/{place}", data)  # noqa: S310 - our mock's
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - as above
        return json.load(answer)


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_nothing_is_applied_twice_and_nothing_is_lost(tmp_path: Path, kind: str) -> None:
    dice = random.Random(7)  # noqa: S311 - not for secrets
    journal = tmp_path / "run.journal"
    told: list[tuple[int, str]] = []
    with mock_process() as url:
        key = control(url, "config")["shops"][0]["keys"][0]
        for number in range(COUNT):
            earned = [{"bhid": f"c{number}", "type": "earned_from_order", "pts": 1000, "at": "-1d"}]
            control(url, "shops/demo-shop/customers", {"bhid": f"b{number}", "shopid": f"k{number}", "changes": earned})
        environment = {
            **os.environ,
            "BUBBLEHOUSE_SHOP": "demo-shop",
            "BUBBLEHOUSE_KEY_ID": key["key_id"],
            "BUBBLEHOUSE_SECRET": key["secret"],
            "BUBBLEHOUSE_BASE_URL": url,
        }
        for outcomes in (*KILLED_AFTER, COUNT + 1):
            command = [sys.executable, "-c", CHILD, kind, str(journal), str(COUNT)]
            pipe = subprocess.PIPE
            with subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, text=True) as child:
                assert child.stdin is not None
                assert child.stdout is not None
                for taken, line in enumerate(child.stdout, 1):
                    index, error = line.split()
                    told.append((int(index), error))
                    if taken == outcomes:
                        time.sleep(dice.uniform(0, 0.03))
                        child.kill()
                        break
                    child.stdin.write("\n")
                    child.stdin.flush()
            assert child.returncode == (-9 if outcomes <= COUNT else 0)
        customers = control(url, "state")["customers"]
    applied = Counter(
        int(customer["shopid"].removeprefix("k"))
        for customer in customers
        for change in customer["changes"]
        if customer["shopid"].startswith("k") and change["pts"] == -100
    )
    assert set(told) <= {(index, error) for index in range(COUNT) for error in ("NoneType", "OutcomeUnknownError")}
    assert {index for index, _ in told} == set(range(COUNT))
    assert max(applied.values()) == 1
    assert {index for index, error in told if error == "NoneType"} <= set(applied)
    assert any(error == "OutcomeUnknownError" for _, error in told)
    again = subprocess.run(command, env=environment, input="", capture_output=True, text=True, check=True)
    assert again.stdout == ""
