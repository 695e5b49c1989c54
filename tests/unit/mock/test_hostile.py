"""Whatever bytes come in, a documented JSON error goes out: never a 500, never a hang."""

import base64
import json
from functools import cache
from typing import Any

import jwt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bubblehouse_mock import page
from bubblehouse_mock.contract import Contract
from bubblehouse_mock.messages import Request
from bubblehouse_mock.mock import BubblehouseMock

FUNCTIONS = ["RedeemPoints1", "Unredeem1", "UseAchievementDiscount1", "CustomerBalance3"]
QUICK = settings(
    max_examples=250, deadline=None, database=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


@cache
def shop() -> BubblehouseMock:
    return BubblehouseMock(strict=True)


@cache
def known_ids() -> frozenset[str]:
    schemas: dict[str, Any] = Contract().document.walk(Contract().document.root, "components", "schemas")
    found = (schema.get("properties", {}).get("id", {}).get("const") for schema in schemas.values())
    return frozenset(error_id for error_id in found if error_id)


def token(sub: str = "demo-shop", **claims: Any) -> str:
    key = shop().keys[0]
    payload = {"aud": "BH", "sub": sub, **claims}
    return jwt.encode(payload, key.secret_bytes, algorithm="HS256", headers={"kid": key.key_id})


def answer(request: Request) -> tuple[int, Any]:
    """Send a request; strict mode has checked the answer when it is back."""
    response = shop().handle(request)
    body = json.loads(response.body)
    assert response.status == 200 or body["id"] in known_ids(), (response.status, body)
    assert response.status < 500
    return response.status, body


def call(function: str, content: bytes, authorization: str, query: bytes = b"", method: str = "POST") -> int:
    headers = (("authorization", authorization), ("content-type", "application/json"))
    path = f"/api/v2023061/demo-shop/{function}".encode()
    return answer(Request(method=method, path=path, query=query, headers=headers, body=content))[0]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)
names = ["pts", "no_coupon", "cart_subtotal", "change_bhid", "achievement_bhid", "customer", "include_full_program"]
bodies = st.dictionaries(
    st.sampled_from(names) | st.text(max_size=5),
    json_values
    | st.fixed_dictionaries({}, optional={"shopid": json_values, "email": json_values, "bhid": json_values}),
    max_size=5,
)


@QUICK
@given(st.sampled_from(FUNCTIONS), bodies, st.sampled_from(["demo-shop", "demo-shop/1001"]))
def test_any_json(function: str, body: dict[str, Any], sub: str) -> None:
    call(function, json.dumps(body).encode("utf-8", "surrogatepass"), f"Bearer {token(sub)}")


@QUICK
@given(
    st.sampled_from(FUNCTIONS),
    st.binary(max_size=60) | st.text(alphabet='{}[]":,.0123456789eE-+\\ud8ntrfals\x00 ').map(str.encode),
)
def test_any_bytes(function: str, content: bytes) -> None:
    status = call(function, content, f"Bearer {token('demo-shop/1001')}")
    assert status in {200, 400, 422}


@QUICK
@given(st.binary(max_size=80))
def test_any_query(query: bytes) -> None:
    for shape in (query, b"customer=" + query, b"include_full_program=" + query):
        assert call("CustomerBalance3", b"", f"Bearer {token('demo-shop/1001')}", shape, "GET") in {200, 400, 403}


def _is_no_page(path: bytes) -> bool:
    """Tell whether nothing for people is there. Hypothesis tries texts of the mock's own source, too."""
    return path not in {*page.PLACES, page.REFERENCE}


@QUICK
@given(
    st.sampled_from(["GET", "POST", "PUT", "HEAD", "OPTIONS", ""]) | st.text(max_size=10),
    st.lists(
        st.sampled_from([b"api", b"v2023061", b"demo-shop", *map(str.encode, FUNCTIONS), b"..", b"%00", b"%2F", b""]),
        max_size=6,
    )
    .map(b"/".join)
    .map(lambda path: b"/" + path)
    .filter(_is_no_page)
    | st.binary(max_size=40).filter(_is_no_page),
)
def test_any_path(method: str, path: bytes) -> None:
    status, _ = answer(Request(method=method, path=path))
    assert status in {400, 401, 404, 405} or path.startswith(b"/__mock__/")


@QUICK
@given(
    st.text(max_size=60),
    st.dictionaries(
        st.sampled_from(["authorization", "content-type", "content-encoding"]), st.text(max_size=40), max_size=3
    ),
)
def test_any_header(authorization: str, headers: dict[str, str]) -> None:
    sent = (*headers.items(), ("authorization", authorization))
    status, _ = answer(Request(method="POST", path=b"/api/v2023061/demo-shop/RedeemPoints1", headers=sent, body=b"{}"))
    assert status == 401


claims = st.dictionaries(
    st.sampled_from(["aud", "sub", "iat", "exp", "nbf", "ce", "l", "jti"]), json_values, max_size=4
)


@QUICK
@given(claims)
def test_any_claims_that_are_well_signed(extra: dict[str, Any]) -> None:
    key = shop().keys[0]
    payload = json.dumps({"aud": "BH", "sub": "demo-shop/1001", **extra}).encode("utf-8", "surrogatepass")
    signed = jwt.api_jws.PyJWS().encode(payload, key.secret_bytes, "HS256", {"kid": key.key_id})
    assert call("CustomerBalance3", b"{}", f"Bearer {signed}") in {200, 401, 404}


@QUICK
@given(st.binary(max_size=60), st.integers(0, 2), st.integers(0, 200))
def test_any_damage_to_a_token(junk: bytes, segment: int, position: int) -> None:
    good = token("demo-shop/1001")
    segments = good.split(".")
    part = segments[segment]
    segments[segment] = part[: position % len(part)] + junk.decode("latin-1") + part[position % len(part) + 1 :]
    damaged = ".".join(segments)
    status = call("CustomerBalance3", b"{}", f"Bearer {damaged}")
    # The last character of base64 has bits that mean nothing, so another spelling can be the same token.
    assert status == 401 or [_decoded(it) for it in segments] == [_decoded(it) for it in good.split(".")]


def _decoded(segment: str) -> bytes:
    return base64.urlsafe_b64decode(segment + "==")


@QUICK
@given(
    st.sampled_from(
        ["settings", "customers", "customers/1001/changes", "customers/1001/achievements", "codes/DEMO-USED"]
    ),
    bodies | json_values,
)
def test_any_order_to_the_control_plane(place: str, body: Any) -> None:
    mock = shop()
    mock.reset()
    content = json.dumps(body).encode("utf-8", "surrogatepass")
    response = mock.handle(Request(method="POST", path=f"/__mock__/{place}".encode(), body=content))
    assert response.status in {200, 400, 404}
    json.loads(response.body)
    mock.control.state()


def test_thousands_of_brackets_in_a_token() -> None:
    rest = token().split(".", 1)[1]
    for bracket in (b"[", b'{"a":'):
        header = base64.urlsafe_b64encode(bracket * 5000).decode()[:7000]
        assert call("CustomerBalance3", b"{}", f"Bearer {header}.{rest}") == 401
