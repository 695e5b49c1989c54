"""A frozen demo shop in strict mode, and a way to call it as a client would: bytes in, bytes out."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

import jsonschema_rs
import jwt
import pytest
from tests import mounted

from bubblehouse_mock.clock import FrozenClock
from bubblehouse_mock.control import PREFIX
from bubblehouse_mock.control import document as control_document
from bubblehouse_mock.control.routes import ROUTES
from bubblehouse_mock.messages import Request, Response
from bubblehouse_mock.mock import BubblehouseMock
from bubblehouse_mock.serving import server
from bubblehouse_mock.serving.asgi import App, MockApp, Receive, Scope, Send

NOON = datetime(2026, 5, 20, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Answer:
    status: int
    body: Any
    headers: dict[str, str]

    @property
    def error(self) -> tuple[int, str]:
        """Status and error id, to be compared at once."""
        return self.status, self.body.get("id", "")


@pytest.fixture
def clock() -> FrozenClock:
    """Noon in May, until a test moves it."""
    return FrozenClock(NOON)


@pytest.fixture
def document() -> dict[str, Any]:
    """A copy of the client's own contract, to be changed."""
    loaded: dict[str, Any] = json.loads(files("bubblehouse_loyalty").joinpath("openapi.json").read_bytes())
    return loaded


@pytest.fixture
def mock(clock: FrozenClock) -> BubblehouseMock:
    """A fresh demo shop."""
    return BubblehouseMock(clock=clock, strict=True)


@pytest.fixture
def mint(mock: BubblehouseMock, clock: FrozenClock) -> Callable[..., str]:
    """Make tokens. Claims are overridden by keyword; None leaves one out."""

    def mint(
        sub: str | None = "demo-shop", *, key_id: str = "demo-key-1", kid: Any = ..., alg: str = "HS256", **claims: Any
    ) -> str:
        now = int(clock().timestamp())
        payload = {"aud": "BH", "sub": sub, "iat": now, "exp": now + 300, **claims}
        secret = next(key.secret_bytes for key in mock.keys if key.key_id == key_id)
        return jwt.encode(
            {name: value for name, value in payload.items() if value is not None},
            secret if alg != "none" else "",
            algorithm=alg,
            headers={} if kid is None else {"kid": key_id if kid is ... else kid},
        )

    return mint


@pytest.fixture
def call(mock: BubblehouseMock, mint: Callable[..., str]) -> Callable[..., Answer]:
    """Call a function with a token, a JSON body, or whatever else a test gives instead."""

    def call(
        function: str,
        body: Any = None,
        *,
        sub: str = "demo-shop",
        key_id: str = "demo-key-1",
        token: Any = ...,
        method: str = "POST",
        path: str | None = None,
        query: str = "",
        raw: bytes | None = None,
        headers: dict[str, str] | None = None,
        complete: bool = True,
    ) -> Answer:
        token = mint(sub, key_id=key_id) if token is ... else token
        sent = {} if token is None else {"authorization": f"Bearer {token}"}
        if method == "POST":
            sent["content-type"] = "application/json"
        sent |= headers or {}
        response = mock.handle(
            Request(
                method=method,
                path=(path or f"/api/v2023061/demo-shop/{function}").encode(),
                query=query.encode(),
                headers=tuple((name, value) for name, value in sent.items() if value),
                body=json.dumps(body or {}).encode() if raw is None and method == "POST" else raw or b"",
                complete=complete,
            )
        )
        return Answer(response.status, json.loads(response.body), dict(response.all_headers))

    return call


def judge(method: str, path: str, response: Response) -> None:
    """Hold an answer of the control plane to the document that describes it."""
    told: Any = control_document.document()
    assert response.all_headers[0] == ("content-type", "application/json")
    route = next((it for it in ROUTES if it.method == method and it.match(path) is not None), None)
    if route is None:
        assert response.status in {404, 405}
        schema = {"$ref": "#/components/schemas/Error"}
    else:
        answers = told["paths"][PREFIX + route.path][method.lower()]["responses"]
        schema = answers[str(response.status)]["content"]["application/json"]["schema"]
    whole = {"allOf": [schema], "components": told["components"]}
    jsonschema_rs.Draft202012Validator(whole, validate_formats=True).validate(json.loads(response.body))


@pytest.fixture
def control(mock: BubblehouseMock) -> Callable[..., Answer]:
    """Call the control plane: `control("customers", {...})` posts, `control("config")` gets.

    Places of a shop are those of the demo shop. A verb that isn't given is what the place takes.
    """
    verbs = {"settings": "PATCH", "codes": "PATCH", "state": "PUT"}

    def control(
        place: str, body: Any = None, *, method: str | None = None, raw: bytes | None = None, query: str = ""
    ) -> Answer:
        head = place.partition("/")[0]
        method = method or ("GET" if body is None and raw is None else verbs.get(head, "POST"))
        path = f"shops/demo-shop/{place}" if head in {"settings", "customers", "codes", "keys", "tokens"} else place
        content = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        response = mock.handle(
            Request(method=method, path=f"/__mock__/{path}".encode(), query=query.encode(), body=content)
        )
        judge(method, path, response)
        return Answer(response.status, json.loads(response.body), dict(response.all_headers))

    return control


@pytest.fixture
def balance(call: Callable[..., Answer]) -> Callable[..., dict[str, Any]]:
    """Read the balance of a customer by shopid."""

    def balance(shopid: str = "1001", **switches: bool) -> dict[str, Any]:
        answer = call("CustomerBalance3", {"customer": {"shopid": shopid}, **switches})
        assert answer.status == 200, answer.body
        body: dict[str, Any] = answer.body
        return body

    return balance


class Elsewhere:
    """What somebody else's server serves: one application after another."""

    def __init__(self) -> None:
        self.origin = ""
        self.app: App | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.app is not None
        await self.app(scope, receive, send)


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Elsewhere]:
    """Somebody else's server. It takes a fifth of a second to end: once for all tests of a module."""
    served = Elsewhere()
    with mounted.serving(served) as served.origin:
        yield served


@pytest.fixture(params=["its own server", "mounted"])
def address(mock: BubblehouseMock, request: pytest.FixtureRequest) -> Iterator[tuple[str, int]]:
    """Where the demo shop is served: by the mock's own server, or as an application on another."""
    with ExitStack() as stack:
        if request.param == "mounted":
            server_elsewhere: Elsewhere = request.getfixturevalue("elsewhere")
            server_elsewhere.app = MockApp(mock)
            url = server_elsewhere.origin
        else:
            url = stack.enter_context(server.running(mock))
        parts = urlsplit(url)
        yield parts.hostname or "", parts.port or 0
