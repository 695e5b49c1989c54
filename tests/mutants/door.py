"""The public doors of a mock at noon: bytes in, bytes out, tokens of every quality, and a note of all that came out."""

import json
import warnings
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import jwt

from bubblehouse.errors import BubblehouseError
from bubblehouse.flow import Timing
from bubblehouse.transport import Request as Sent
from bubblehouse.transport import Response as Wire
from bubblehouse_loyalty import LoyaltyClient
from bubblehouse_mock import BubblehouseMock
from bubblehouse_mock.clock import FrozenClock
from bubblehouse_mock.messages import Request

NOON: Final = datetime(2026, 5, 20, 12, tzinfo=UTC)
SHOP: Final = "demo-shop"
VERSION: Final = "v2023061"
KEY, OTHER_KEY, REVOKED_KEY, PARTNER_KEY = "demo-key-1", "demo-key-2", "demo-key-revoked", "demo-partner-key"
RICH, POOR, FORMER, PLAIN = "1001", "1002", "1003", "1004"
EARLY_BIRD, COLLECTOR = "20b31881b3000140", "20b31881b3000141"

Json = dict[str, Any]


class Answer(NamedTuple):
    """One answer, to be compared as a whole."""

    status: int
    body: Any
    headers: tuple[tuple[str, str], ...] = ()
    delay: float = 0.0


class Door:
    """A fresh demo shop whose clock stands still, and the calls that a witness makes of it.

    Attributes:
        mock: The mock.
        clock: Its clock.
        answers: All that was answered so far.
    """

    def __init__(self) -> None:
        self.clock = FrozenClock(NOON)
        self.mock = BubblehouseMock(clock=self.clock)
        self.answers: list[Answer] = []
        self._slept = 0.0

    def token(
        self,
        customer: str | None = None,
        *,
        key: str = KEY,
        signed_with: str | None = None,
        header: Mapping[str, object] | None = None,
        algorithm: str = "HS256",
        **claims: Any,
    ) -> str:
        """Make a token. Claims are overridden by keyword, and None leaves one out.

        Args:
            customer: The shopid of whom it stands for; None for the shop.
            key: The key that `kid` names, and that signs.
            signed_with: A key that signs in its place.
            header: What the header has in place of `kid`.
            algorithm: What it is signed with.
            claims: Claims in place of the usual ones.
        """
        now = int(self.clock().timestamp())
        subject = SHOP if customer is None else f"{SHOP}/{customer}"
        payload = {"aud": "BH", "sub": subject, "iat": now - 60, "exp": now + 300, **claims}
        secrets = {it.key_id: it.secret_bytes for it in self.mock.keys}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of keys too short for an algorithm that is only tried
            return jwt.encode(
                {name: value for name, value in payload.items() if value is not None},
                secrets[signed_with or key] if algorithm != "none" else "",
                algorithm=algorithm,
                headers={"kid": key} if header is None else dict(header),
            )

    def call(
        self,
        function: str,
        body: object = None,
        *,
        token: str | None = "",
        method: str = "POST",
        query: str = "",
        raw: bytes | None = None,
        headers: Sequence[tuple[str, str]] = (),
        media_type: str = "application/json",
        path: str | None = None,
        version: str = VERSION,
        complete: bool = True,
    ) -> Answer:
        """Make a call, and note the answer down.

        Args:
            function: What is called.
            body: The input, as JSON.
            token: The token; a shop token unless given, and None for none.
            method: The verb.
            query: The query.
            raw: The body's bytes, in place of `body`.
            headers: More headers.
            media_type: The Content-Type of the body; "" for none.
            path: The whole path, in place of the usual one.
            version: The global version in it.
            complete: Whether the whole body arrived.
        """
        content = (b"" if body is None else json.dumps(body).encode()) if raw is None else raw
        sent = [("authorization", f"Bearer {self.token() if token == '' else token}")] if token is not None else []
        sent += [("content-type", media_type)] if media_type and method != "GET" else []
        request = Request(
            method=method,
            path=(path or f"/api/{version}/{SHOP}/{function}").encode(),
            query=query.encode(),
            headers=(*sent, *headers),
            body=content,
            complete=complete,
        )
        try:
            response = self.mock.handle(request)
        except Exception as error:  # noqa: BLE001 - a server would answer it with 500
            answer = Answer(500, type(error).__name__)
        else:
            answer = Answer(response.status, _decoded(response.body), response.all_headers, response.delay)
        self.answers.append(answer)
        return answer

    def redeem(self, pts: object = 100, customer: str | None = PLAIN, *, token: str = "", **more: object) -> Json:
        """Redeem points, and return the answer's body. A customer of None is not named."""
        named = {} if customer is None else {"customer": {"shopid": customer}}
        return _object(self.call("RedeemPoints1", {**named, "pts": pts, **more}, token=token))

    def undo(self, change: object, customer: str | None = PLAIN, *, token: str = "") -> Json:
        """Undo a redemption, and return the answer's body."""
        named = {} if customer is None else {"customer": {"shopid": customer}}
        return _object(self.call("Unredeem1", {**named, "change_bhid": change}, token=token))

    def use(self, achievement: object = EARLY_BIRD, customer: str = RICH, *, token: str = "") -> Json:
        """Use an achievement, and return the answer's body."""
        body = {"customer": {"shopid": customer}, "achievement_bhid": achievement}
        return _object(self.call("UseAchievementDiscount1", body, token=token))

    def balance(self, customer: str | None = PLAIN, *, token: str = "", **more: object) -> Json:
        """Read a balance, and return the answer's body."""
        named = {} if customer is None else {"customer": {"shopid": customer}}
        return _object(self.call("CustomerBalance3", {**named, **more}, token=token))

    def balance_of(self, identity: Json, **more: object) -> Json:
        """Read the balance of whom an identity names, and return the answer's body."""
        return _object(self.call("CustomerBalance3", {"customer": identity, **more}))

    def get(self, query: str, *, token: str = "") -> Json:
        """Read a balance by the other verb, and return the answer's body."""
        return _object(self.call("CustomerBalance3", method="GET", query=query, token=token))

    def undone(self, pts: int = 100, customer: str = PLAIN) -> str:
        """Redeem points and give them back. Return the id of the redemption."""
        change = str(self.redeem(pts, customer).get("change_bhid"))
        self.undo(change, customer)
        return change

    def client(
        self, customer: str | None = None, *, requests: Callable[[Wire], Wire] = lambda it: it, **options: Any
    ) -> LoyaltyClient:
        """Return a client of this shop, which waits for nothing. What it sends and is answered is noted down.

        Args:
            customer: The shopid of whom its tokens stand for; None for the shop.
            requests: What is done to each answer on its way to the client.
            options: More arguments of the client.
        """
        secrets = {it.key_id: it.secret for it in self.mock.keys}
        timing = Timing(
            monotonic=lambda: self._slept,
            time=lambda: self.clock().timestamp(),
            jitter=lambda: 0.5,
            sleep=self._sleep,
        )
        given: Any = {"key_id": KEY, "secret": secrets[KEY], "timing": timing, "customer": customer, **options}
        return LoyaltyClient(shop=SHOP, base_url=self.mock.base_url, transport=_Wire(self, requests), **given)

    def told(self, do: Callable[[LoyaltyClient], object], *, customer: str | None = None, **options: Any) -> object:
        """Do something with a client, and return what comes of it: the result or the error, as text."""
        with self.client(customer, **options) as client:
            try:
                result = do(client)
            except BubblehouseError as error:
                told = type(error).__name__, str(error), {key: repr(it) for key, it in vars(error).items()}
            except Exception as error:  # noqa: BLE001 - whatever comes out of a client that is wrong
                told = type(error).__name__, str(error), {}
            else:
                return repr(result), getattr(result, "additional_properties", None)
        told[2].pop("elapsed", None)
        return told

    def _sleep(self, seconds: float) -> None:
        self._slept += seconds
        self.answers.append(Answer(0, f"slept {seconds}"))

    def __repr__(self) -> str:
        return "Door()"

    def configure(self, **settings: Any) -> "Door":
        """Change the shop's settings."""
        self.mock.configure(**settings)
        return self

    def later(self, **by: float) -> "Door":
        """Put the clock forward, as `FrozenClock.advance`."""
        self.clock.advance(**by)
        return self

    def fail(self, error: str | None = None, **fault: Any) -> "Door":
        """Let the next call fail, as `BubblehouseMock.fail_next`."""
        self.mock.fail_next(error, **fault)
        return self

    def lose(self, **fault: Any) -> "Door":
        """Let the answer to the next call be lost after the call was worked on."""
        self.mock.drop_next(applied=True, **fault)
        return self


class _Wire:
    """Carries a client's requests to a mock in process, and notes both directions down."""

    def __init__(self, door: Door, alter: Callable[[Wire], Wire]) -> None:
        self._door, self._alter, self._inner = door, alter, door.mock.transport()

    def send(self, request: Sent, *, timeout: float) -> Wire:
        """Send a request on, and return its answer as altered."""
        headers = {name: value for name, value in request.headers if name != "User-Agent"}
        self._door.answers.append(Answer(0, (request.method, request.url, headers, request.content)))
        answer = self._alter(self._inner.send(request, timeout=timeout))
        self._door.answers.append(Answer(answer.status, answer.content))
        return answer

    def close(self) -> None:
        """Do nothing: there is no connection."""


def _decoded(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return content


def _object(answer: Answer) -> Json:
    return answer.body if isinstance(answer.body, dict) else {}
