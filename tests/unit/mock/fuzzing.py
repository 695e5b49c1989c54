"""Requests that are almost right: each is made like a real one, and then some of its parts are spoiled."""

import base64
import hmac
import json
import random
from typing import Any, Final

from bubblehouse_mock.messages import MAX_BODY, Request
from bubblehouse_mock.mock import BubblehouseMock

FUNCTIONS: Final = (
    *("RedeemPoints1",) * 4,
    *("CustomerBalance3",) * 2,
    "Unredeem1",
    "UseAchievementDiscount1",
)
_TOKEN_AGE: Final = 60  # seconds for which a good token is used again
_NASTY: Final = (
    "",
    " ",
    "\x00",
    "\n",
    "/",
    "..",
    "%",
    "%00",
    "%2F",
    "%ff",
    "'",
    '"',
    "\\",
    "{}",
    "[]",
    "null",
    "é",
    "€",
    "\u202e",
    "\ufeff",
    "\U0001f600",
    "K",  # the Kelvin sign, whose lower case is a k
    "İ",
    "demo-shop",
    "1001",
    "rich@example.com",
    "-1",
    "1e400",
    "9" * 5000,
    "a" * 10_000,
)
_NUMBERS: Final = (
    0,
    -0.0,
    -1,
    1,
    1.5,
    1e308,
    -1e308,
    5e-324,
    2**31,
    2**53,
    2**63 - 1,
    2**63,
    -(2**63),
    10**40,
    10**400,
)
_RAW: Final = (b"", b"NaN", b"-Infinity", b"1e400", b'"\\ud800"', b"[" * 5000, b'{"a":' * 5000, b"\xff", b"9" * 5000)


class Fuzzer:
    """Makes requests. The same seed makes the same ones.

    Args:
        mock: Whom they are for. Its keys sign the good tokens.
        seed: Where chance begins.
    """

    def __init__(self, mock: BubblehouseMock, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - it must be repeatable
        self._mock = mock
        self._shopids = [it.shopid for it in mock.customers if it.shopid]
        self._keys = {key.key_id: key.secret_bytes for key in mock.keys}
        self._tokens: dict[tuple[str, str], tuple[int, str]] = {}
        self.redemptions: list[str] = ["20b31881b3000203"]
        """Redemptions to undo; whoever sends the requests adds those that come out."""

    def request(self) -> Request:
        """Return the next request."""
        chance = self._random
        function = chance.choice(FUNCTIONS)
        method = "GET" if function == "CustomerBalance3" and chance.random() < 0.4 else "POST"
        path = f"/api/v2023061/demo-shop/{function}".encode()
        shopid = chance.choice(self._shopids)
        said = self._input(function, shopid)
        plain = chance.random() < 0.5
        body = json.dumps(said, ensure_ascii=plain).encode("utf-8", "surrogatepass")
        query = b""
        if method == "GET":
            query = "&".join(f"{name}={json.dumps(value, ensure_ascii=plain)}" for name, value in said.items()).encode()
        headers = [("authorization", f"Bearer {self._token(shopid)}"), ("content-type", "application/json")]
        spoil = chance.choices(("nothing", "path", "method", "headers", "body", "query"), (64, 3, 2, 6, 18, 7))[0]
        if spoil == "path":
            path = self._path(path)
        elif spoil == "method":
            method = chance.choice(("GET", "POST", "HEAD", "OPTIONS", "PUT", "TRACE", "post", "", "\x00", "M" * 5000))
        elif spoil == "headers":
            self._spoil_headers(headers)
        elif spoil == "body":
            body = self._body(body)
        elif spoil == "query":
            query = self._bytes(query or b"include_full_program=true")
        complete = chance.random() < 0.995
        return Request(method=method, path=path, query=query, headers=tuple(headers), body=body, complete=complete)

    def _input(self, function: str, shopid: str) -> dict[str, Any]:
        chance = self._random
        said: dict[str, Any] = {"customer": {"shopid": shopid}}
        if chance.random() < 0.06:
            said["customer"] = {"shopid": chance.choice((*self._shopids, "9999", ""))}
        if chance.random() < 0.04:
            said["customer"] = {chance.choice(("shopid", "email", "bhid")): self._text() for _ in range(2)}
        if chance.random() < 0.06:
            del said["customer"]
        if function == "RedeemPoints1":
            said |= {
                "pts": chance.choice((5, 10, 20, 20, 5000)),
                "cart_subtotal": chance.choice(("42.99", 42_990_000, "0.0000001")),
            }
        elif function == "Unredeem1":
            said["change_bhid"] = chance.choice(self.redemptions)
        elif function == "UseAchievementDiscount1":
            said["achievement_bhid"] = "20b31881b3000140"
        else:
            said |= {"include_full_program": chance.random() < 0.1, "include_referrals": True}
        if chance.random() < 0.08:
            said[chance.choice((*said, self._text()))] = self._json()
        if chance.random() < 0.03:
            said.pop(chance.choice(list(said)), None)
        return said

    # --- tokens ---

    def _token(self, shopid: str) -> str:
        chance = self._random
        now = int(self._mock.clock().timestamp())
        sub = "demo-shop" if chance.random() < 0.7 else f"demo-shop/{shopid}"
        kid = chance.choice(("demo-key-1", "demo-key-1", "demo-key-2"))
        header: dict[str, Any] = {"alg": "HS256", "kid": kid}
        claims: dict[str, Any] = {"aud": "BH", "sub": sub, "iat": now, "exp": now + 300}
        if chance.random() < 0.85:
            minted, token = self._tokens.get((kid, sub), (0, ""))
            if now - minted > _TOKEN_AGE:
                self._tokens[kid, sub] = now, (token := self._signed(header, claims))
            return token
        spoiled = chance.randrange(8)
        if spoiled == 0:
            header[chance.choice(("alg", "kid", "typ", "crit", "b64", "jwk"))] = self._json()
        elif spoiled == 1:
            header |= chance.choice(
                ({"alg": "none"}, {"alg": "HS512"}, {"alg": "RS256"}, {"kid": "demo-key-revoked"}, {"kid": "nobody"})
            )
        elif spoiled == 2:
            return self._signed(header, claims, secret=b"another secret of thirty-two bytes")
        elif spoiled == 3:
            return self._text() + "." * chance.randrange(5) + self._text()
        elif spoiled == 4:
            return self._bytes(self._signed(header, claims).encode()).decode("latin-1")
        elif spoiled == 5:
            return self._signed(header, chance.choice(_RAW) or b'{"sub":' + b"[" * 2000)
        else:
            claims[chance.choice(("aud", "sub", "iat", "exp", "nbf", "ce", "l", "jti", self._text()))] = self._json()
        return self._signed(header, claims)

    def _signed(self, header: dict[str, Any], claims: dict[str, Any] | bytes, secret: bytes = b"") -> str:
        payload = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
        signed = b".".join(_base64(part) for part in (json.dumps(header).encode(), payload))
        secret = secret or self._keys.get(str(header.get("kid")), b"nobody's")
        return (signed + b"." + _base64(hmac.digest(secret, signed, "sha256"))).decode()

    # --- what is spoiled ---

    def _path(self, path: bytes) -> bytes:
        chance = self._random
        segments = path.split(b"/")
        segments[chance.randrange(len(segments))] = chance.choice(
            (b"", b"v1", b"v20220101", b"v20300101", b"other-shop", b"Nothing1", b"%ff", self._text().encode())
        )
        return chance.choice((b"/".join(segments), self._bytes(path), path * 50))

    def _spoil_headers(self, headers: list[tuple[str, str]]) -> None:
        chance = self._random
        name = chance.choice(("authorization", "content-type", "content-encoding", "x-unknown"))
        value = chance.choice(
            (self._text(), "Basic x", "Bearer", "application/json; charset=utf-16", "text/plain", "gzip", "identity")
        )
        if chance.random() < 0.5:
            headers[:] = [header for header in headers if header[0] != name]
        headers.insert(chance.randrange(len(headers) + 1), (name, value))

    def _body(self, body: bytes) -> bytes:
        chance = self._random
        if chance.random() < 0.0015:
            return b" " * (MAX_BODY + chance.randrange(2)) + body
        if chance.random() < 0.3:
            value = chance.choice(_RAW)
            return value if chance.random() < 0.2 else body.replace(b": ", b": " + value, 1)
        if chance.random() < 0.1:
            return body.decode("utf-8", "replace").encode(chance.choice(("utf-16", "utf-8-sig", "utf-32")))
        return self._bytes(body)

    def _bytes(self, good: bytes) -> bytes:
        """Spoil a few bytes: other ones, more, fewer, or some of them twice."""
        chance, spoiled = self._random, bytearray(good)
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(spoiled) + 1)
            length = chance.randrange(6)
            what = chance.choice(
                (chance.randbytes(length), b"", bytes(spoiled[at : at + 20]), b'"', b"}", b"\\", b"\x00")
            )
            spoiled[at : at + length] = what
        return bytes(spoiled)

    def _text(self) -> str:
        chance = self._random
        if chance.random() < 0.6:
            return chance.choice(_NASTY)
        return "".join(chr(chance.choice((chance.randrange(128), chance.randrange(0xD800)))) for _ in range(6))

    def _json(self, depth: int = 0) -> Any:
        chance = self._random
        if depth < 3 and chance.random() < 0.3:
            parts = [self._json(depth + 1) for _ in range(3)]
            return parts if chance.random() < 0.5 else {self._text(): part for part in parts}
        if depth == 0 and chance.random() < 0.03:
            deep: Any = 1
            for _ in range(chance.choice((60, 64, 65, 300))):
                deep = [deep]
            return deep
        return chance.choice((chance.choice(_NUMBERS), self._text(), chance.choice((None, True, False))))


def _base64(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(content).rstrip(b"=")
