"""Bytes that no client sends, at a server of its own process: never a 500, never a hang, and no memory that grows."""

import json
import random
import re
import socket
import struct
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from tests.reliability.test_durable import command, control

Making = Callable[[], bytes]
CONNECTIONS, AT_ONCE = 6000, 24
GROWTH = 24 * 1024 * 1024  # bytes; hundreds of the bodies have more than 1 MiB
PATH = "/api/v2023061/demo-shop/RedeemPoints1"
BALANCE = "/api/v2023061/demo-shop/CustomerBalance3"


def test_thousands_of_broken_connections() -> None:
    chance = random.Random(11)  # noqa: S311 - the same bytes in each run
    with command("--strict") as (url, process):
        place = urlsplit(url)
        address = (place.hostname or "", place.port or 0)
        token = _token(url)
        jobs = [_hostile(chance, token) for _ in range(CONNECTIONS)]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            seen = Counter(pool.map(lambda job: _sent(address, *job), jobs[: CONNECTIONS // 2]))
            before = _memory(process.pid)
            seen += Counter(pool.map(lambda job: _sent(address, *job), jobs[CONNECTIONS // 2 :]))
        assert _memory(process.pid) - before < GROWTH
        assert not [status for status in seen if status.startswith("5")], seen
        assert {"200", "400", "401", "404", "405", "413", "415"} <= seen.keys(), (
            f"some doors were never reached: {seen}"
        )
        assert _sent(address, _request(token, b"", method="GET", path=BALANCE), "wait") == "200"
        assert control(url, "config")["shops"][0]["shop"] == "demo-shop"


def _token(url: str) -> str:
    place = url.removesuffix("/api") + "/__mock__/shops/demo-shop/tokens"
    with urlopen(Request(place, b'{"customer": "1001"}', method="POST"), timeout=10) as answer:  # noqa: S310 - ours
        return str(json.load(answer)["token"])


def _request(token: str, body: bytes, *extra: str, method: str = "POST", path: str = PATH, length: str = "") -> bytes:
    lines = [
        f"{method} {path} HTTP/1.1",
        "host: x",
        "connection: close",
        f"authorization: Bearer {token}",
        "content-type: application/json",
        f"content-length: {length or len(body)}",
        *extra,
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


def _hostile(chance: random.Random, token: str) -> tuple[bytes, str]:
    """Make up what to send, and what to do then."""
    good = _request(token, b'{"pts": 100}')
    made: list[Making] = [
        lambda: good,
        lambda: chance.randbytes(chance.randrange(1, 3000)),
        lambda: _mutated(chance, good),
        lambda: good[: chance.randrange(len(good))],
        lambda: _request(token, b"{" * chance.randrange(1, 20_000)),
        lambda: _request(token, b'{"pts": ' + b"9" * chance.randrange(1, 9000) + b"}"),
        lambda: _request(token, b"{}", length="-1"),
        lambda: _request(token, b'{"pts": 1}', length="4"),
        lambda: _request(token, b"{}", length="2000000"),
        lambda: _request(token, b" " * 1_100_000),
        lambda: _request(token, b"2\r\n{}\r\n0\r\n\r\n", "transfer-encoding: chunked"),
        lambda: _request(token, b"", *(f"x-{number}: {'y' * 100}" for number in range(chance.randrange(900)))),
        lambda: _request(token, b"{}", path="/" + "%2e%2e/" * chance.randrange(300)),
        lambda: _request(token, b"{}", path=f"{PATH}?{'a=b&' * chance.randrange(3000)}", method="GET"),
        lambda: _request(token[:-4], b"{}"),
        lambda: _request(token, b"{}", method=chance.choice(["PUT", "DELETE", "TRACE", "FOO", "OPTIONS"])),
        lambda: _request(token, b"pts=1").replace(b"application/json", b"application/x-www-form-urlencoded"),
    ]
    return chance.choice(made)(), chance.choice(["wait", "wait", "half", "reset"])


def _mutated(chance: random.Random, content: bytes) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.randrange(1, 6)):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _sent(address: tuple[str, int], content: bytes, then: str) -> str:
    """Send bytes, and return the status of the answer; why there is none otherwise."""
    with socket.create_connection(address, timeout=30) as connection:
        try:
            connection.sendall(content)
            if then == "reset":
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return "reset"
            connection.shutdown(socket.SHUT_WR)
            if then == "half":
                connection.recv(5)
                return "left"
            answer = b"".join(iter(lambda: connection.recv(65_536), b""))
        except ConnectionError:
            return "closed"
    found = re.match(rb"HTTP/1\.1 (\d{3}) ", answer)
    return found[1].decode() if found else "nothing"


def _memory(pid: int) -> int:
    pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * 4096
