"""State in a file outlives any death: what was answered is there, once, and the ledger is right to the point."""

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from tests.reliability import redeeming

from bubblehouse_loyalty import AsyncLoyaltyClient, errors
from bubblehouse_mock import BubblehouseMock

KILLS = 10
CLIENTS, ROUNDS = 64, 12
_CONTEXT = get_context("forkserver")


@pytest.mark.parametrize(
    ("seed", "files"), [(0, 1), *(pytest.param(seed, 5, marks=pytest.mark.deep) for seed in range(1, 5))]
)
def test_kill_9_at_any_moment_loses_nothing_that_was_answered(tmp_path: Path, seed: int, files: int) -> None:
    """Two processes redeem from one file, and both are killed in the midst of it; 10 deaths a file."""
    chance = random.Random(seed)  # noqa: S311 - when to kill is no secret
    _CONTEXT.set_forkserver_preload(["tests.reliability.redeeming"])
    for number in range(files):
        path = tmp_path / f"{number}.sqlite"
        BubblehouseMock(db=path, fixture=redeeming.FIXTURE).close()
        answered = [bhid for _ in range(KILLS // 2) for bhid in _killed(path, chance)]
        _check(path, answered)


def _check(path: Path, answered: list[str]) -> None:
    mock = BubblehouseMock(db=path)
    (customer,) = mock.customers
    redeemed = [change.bhid for change in customer.ledger.changes if change.pts == -1]
    assert len(answered) > KILLS, "they hardly came to redeem anything"
    assert len(set(answered)) == len(answered)
    assert set(answered) - set(redeemed) == set(), "answered, and lost"
    # At most one that wasn't answered for each process: the one that it died of.
    assert len(answered) <= len(redeemed) <= len(answered) + KILLS
    assert customer.ledger.redeemed == len(redeemed)
    assert len([coupon for coupon in customer.coupons if coupon.pts == 1]) == len(redeemed)
    mock.close()


def _killed(path: Path, chance: random.Random) -> Iterator[str]:
    """Let two processes redeem, kill each, and yield the redemptions that they were answered."""
    crew = []
    for _ in range(2):
        ours, theirs = _CONTEXT.Pipe(duplex=False)
        process = _CONTEXT.Process(target=_redeem, args=(path, theirs))
        process.start()
        theirs.close()
        crew.append((process, ours))
    for process, line in crew:
        first = os.read(line.fileno(), 1)  # it has begun
        time.sleep(chance.uniform(0, 0.02))
        os.kill(process.pid or 0, signal.SIGKILL)
        process.join()
        said = first
        while chunk := os.read(line.fileno(), 1 << 20):
            said += chunk
        line.close()
        for answer in said.splitlines():
            if answer.endswith(b"}"):  # the last one may be cut
                yield json.loads(answer)["change_bhid"]


def _redeem(path: Path, line: Any) -> None:
    redeeming.redeem(path, line.fileno())


@contextmanager
def command(*arguments: str | Path) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """Run `bubblehouse-mock`; its base URL and the process."""
    line = [sys.executable, "-m", "bubblehouse_mock", "--port", "0", *arguments]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip(), process
        finally:
            process.kill()


def control(url: str, place: str) -> Any:
    with urlopen(f"{url.removesuffix('/api')}/__mock__/{place}", timeout=10) as answer:  # noqa: S310 - our own server
        return json.load(answer)


async def _hammer(url: str) -> list[tuple[str, int]]:
    """Let 64 clients redeem from one customer, and undo every other redemption; what stands in the end."""
    key = redeeming.FIXTURE["keys"][0]
    given = {"shop": "s", "key_id": key["key_id"], "secret": key["secret"], "base_url": url, "timeout": 60.0}
    standing: list[tuple[str, int]] = []

    async def one(number: int) -> None:
        async with AsyncLoyaltyClient(**given) as client:
            me = client.for_customer("c")
            for turn in range(ROUNDS):
                pts = 1 + (number * ROUNDS + turn) % 97
                redemption = await me.redeem_points_1(pts=pts)
                if turn % 2:
                    assert (await me.unredeem_1(change_bhid=redemption.change_bhid)).pts == pts
                    with pytest.raises(errors.ChangeAlreadyRevertedError):
                        await me.unredeem_1(change_bhid=redemption.change_bhid)
                else:
                    standing.append((redemption.change_bhid, pts))

    await asyncio.gather(*(one(number) for number in range(CLIENTS)))
    return standing


@pytest.mark.parametrize("arguments", [[], ["--db"], ["--db", "--workers", "2"]], ids=["memory", "file", "workers"])
def test_64_clients_and_one_customer(tmp_path: Path, arguments: Sequence[str]) -> None:
    fixture = tmp_path / "shop.json"
    fixture.write_text(json.dumps(redeeming.FIXTURE), encoding="utf-8")
    words = [word if word != "--db" else f"--db={tmp_path / 'shop.sqlite'}" for word in arguments]
    with command("--fixture", fixture, *words) as (url, _):
        standing = asyncio.run(_hammer(url))
        told = control(url, "shops/s/customers/c")
    assert len({bhid for bhid, _ in standing}) == len(standing) == CLIENTS * ROUNDS // 2
    changes = told["customer"]["changes"]
    undone = {change["reverts"] for change in changes if change["reverts"]}
    assert {(it["bhid"], -it["pts"]) for it in changes if it["pts"] < 0 and it["bhid"] not in undone} == {*standing}
    assert told["pts_redeemed"] == sum(pts for _, pts in standing)
    assert told["pts_available"] == 10**12 - told["pts_redeemed"] == sum(change["pts"] for change in changes)


def test_a_worker_that_dies_is_replaced_and_all_stop_together(tmp_path: Path) -> None:
    with command("--db", tmp_path / "shop.sqlite", "--workers", "2") as (url, process):
        children = _children(process.pid)
        os.kill(children[0], signal.SIGKILL)
        deadline = time.monotonic() + 20
        while len(now := _children(process.pid)) < 2 or children[0] in now:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert control(url, "config")["base_url"] == url
        process.terminate()
        _, said = process.communicate(timeout=20)
        assert process.returncode == 0
        assert "Traceback" not in said
        assert not [child for child in now if Path(f"/proc/{child}").exists()]


def test_workers_stop_when_nobody_looks_after_them(tmp_path: Path) -> None:
    with command("--db", tmp_path / "shop.sqlite", "--workers", "2") as (_, process):
        children = _children(process.pid)
        process.kill()
        deadline = time.monotonic() + 20
        while any(Path(f"/proc/{child}").exists() for child in children):
            assert time.monotonic() < deadline
            time.sleep(0.05)


def _children(pid: int) -> list[int]:
    """The workers among a process's children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [int(it) for it in children if b"spawn_main" in Path(f"/proc/{it}/cmdline").read_bytes()]


def test_the_control_plane_beyond_loopback_asks_for_its_token() -> None:
    with command("--host", "0.0.0.0", "--control-token", "swordfish") as (url, _):  # noqa: S104 - what the test is about
        local = url.replace("0.0.0.0", "127.0.0.1").removesuffix("/api")  # noqa: S104 - as above
        with pytest.raises(HTTPError, match="401") as refused:
            urlopen(f"{local}/__mock__/config", timeout=10)  # noqa: S310 - our own server
        refused.value.close()
        request = Request(f"{local}/__mock__/config", headers={"Authorization": "Bearer swordfish"})  # noqa: S310 - as above
        with urlopen(request, timeout=10) as answer:  # noqa: S310 - as above
            assert answer.status == 200
