"""Strict mode catches each wrong answer: those of every operation are broken in every way, one thing at a time."""

import json
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import jwt
import pytest
from tests.contract.proof import contract as contracts

from bubblehouse_mock import conformance
from bubblehouse_mock.conformance import ContractViolationError
from bubblehouse_mock.contract import Contract, Operation
from bubblehouse_mock.messages import Request, Response
from bubblehouse_mock.mock import BubblehouseMock

CONTRACT = Contract()
REAL = {"pts": 100, "change_bhid": "20b31881b3000203", "achievement_bhid": "20b31881b3000140"}
MORE = {"CustomerBalance3": {"include_full_program": True, "include_unused_rewards": True, "include_referrals": True}}
CUSTOMER = {"shopid": "1001"}
STATUSES = (100, 200, 201, 204, 301, 400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503)


@dataclass(frozen=True)
class Case:
    """A right answer. `operation` is None where the request was refused before it was known."""

    name: str
    operation: Operation | None
    response: Response

    def judge(self, response: Response) -> str:
        """Return what strict mode says of an answer in place of this one; "" where it passes."""
        try:
            conformance.check(CONTRACT, self.operation, response)
        except ContractViolationError as violation:
            return str(violation)
        return ""


def request(mock: BubblehouseMock, operation: Operation, path: bytes | None = None, method: str = "") -> Request:
    key = mock.keys[0]
    token = jwt.encode({"aud": "BH", "sub": "demo-shop"}, key.secret_bytes, headers={"kid": key.key_id})
    body = {
        **contracts.load().example(operation.function, REAL),
        **MORE.get(operation.function, {}),
        "customer": CUSTOMER,
    }
    query = "&".join(f"{name}={json.dumps(value)}" for name, value in body.items())
    return Request(
        method=method or operation.method,
        path=path or f"/api/v2023061/demo-shop/{operation.function}".encode(),
        query=query.encode() if operation.method == "GET" else b"",
        headers=(("authorization", f"Bearer {token}"), ("content-type", "application/json")),
        body=json.dumps(body).encode(),
    )


@cache
def cases() -> dict[str, Case]:
    """Every answer of every operation, as the mock gives it, and those that come before any operation is known."""
    mock = BubblehouseMock()
    found: list[Case] = []
    for operation in CONTRACT.operations:
        call = f"{operation.method} {operation.function}"
        for error_id in ("", *operation.errors):
            if error_id:
                mock.fail_next(error_id, operation=operation.function)
            found.append(Case(f"{call} {error_id or 200}", operation, mock.handle(request(mock, operation))))
    first = CONTRACT.operations[0]
    for name, path in (
        ("unknown_function", b"/api/v2023061/demo-shop/Nothing1"),
        ("invalid_global_api_version", b"/api/v1/demo-shop/RedeemPoints1"),
        ("obsolete_global_api_version", b"/api/v20220101/demo-shop/RedeemPoints1"),
    ):
        found.append(Case(name, None, mock.handle(request(mock, first, path))))
    found.append(Case("method_not_allowed", None, mock.handle(request(mock, first, method="BREW"))))
    return {case.name: case for case in found}


@pytest.fixture(params=cases())
def case(request: pytest.FixtureRequest) -> Case:
    return cases()[request.param]


def survivors(case: Case, broken: Iterator[tuple[str, Response]]) -> list[str]:
    """Return the names of the broken answers that pass. There must be some, or nothing was tried."""
    tried = dict(broken)
    assert tried
    return [name for name, response in tried.items() if not case.judge(response)]


def test_a_right_answer_passes(case: Case) -> None:
    assert case.judge(case.response) == ""
    body = json.loads(case.response.body)
    assert case.name.split()[-1] in {str(case.response.status), body.get("id")}


def test_another_status(case: Case) -> None:
    others = (status for status in STATUSES if status != case.response.status)
    assert survivors(case, ((str(it), replace(case.response, status=it)) for it in others)) == []


def test_another_media_type(case: Case) -> None:
    others = ("text/html", "text/plain", "", "application/problem+json", "application/xml")
    assert survivors(case, ((it, replace(case.response, content_type=it)) for it in others)) == []


def test_no_json(case: Case) -> None:
    body = case.response.body
    others = (b"", b"<html>", body[:-1], body + b"x", b"\xef\xbb\xbf" + body, body.replace(b":", b":NaN,", 1))
    wrong = (b"null", b"[]", b"[" + body + b"]", b'"text"', b"{}", b"1", body[:-1] + b"," + body[1:])
    assert survivors(case, ((repr(it), replace(case.response, body=it)) for it in others + wrong)) == []


def test_headers(case: Case) -> None:
    def broken() -> Iterator[tuple[str, Response]]:
        headers = case.response.headers
        yield "added", replace(case.response, headers=(*headers, ("x-undocumented", "1")))
        for name in ("retry-after", "allow", "www-authenticate"):
            if name not in dict(headers):
                yield name, replace(case.response, headers=(*headers, (name, "1" if name == "retry-after" else "POST")))
        for name, value in headers:
            others = tuple(it for it in headers if it[0] != name)
            yield f"{name} dropped", replace(case.response, headers=others)
            yield f"{name} twice", replace(case.response, headers=(*headers, (name, value)))
            for bad in ("", " ", "soon", "-1", "1.5", f"{value}\n", f"{value}\r\nx: y", "\u0661", "post"):
                yield f"{name} {bad!r}", replace(case.response, headers=(*others, (name, bad)))

    assert survivors(case, broken()) == []


@pytest.mark.parametrize("name", [name for name in cases() if not name.endswith(" 200")])
def test_another_error_id(name: str) -> None:
    """Only the ids that the contract has for this very operation and status pass."""
    case = cases()[name]
    body = json.loads(case.response.body)
    documented = {
        error.id
        for operation in CONTRACT.operations
        for error in operation.errors.values()
        if error.status == case.response.status
        and (case.operation is operation or (case.operation is None and error.scope != "operation"))
    } | ({"unknown_function"} if case.operation is None and case.response.status == 404 else set())
    known = {error_id for operation in CONTRACT.operations for error_id in operation.errors} | {"unknown_function"}
    others = {*known, "nobody_knows", body["id"].upper(), f"{body['id']}\n", "", 7, None} - documented
    broken = ((str(it), replace(case.response, body=json.dumps({**body, "id": it}).encode())) for it in others)
    assert survivors(case, broken) == []


Schema = dict[str, Any]
Place = tuple["str | int", ...]


def follow(schema: Schema) -> Schema:
    while "$ref" in schema:
        schema = CONTRACT.document.walk(
            CONTRACT.document.root, "components", "schemas", schema["$ref"].rpartition("/")[2]
        )
    return schema


def described(schema: Schema, value: Any, place: Place = ()) -> Iterator[tuple[Place, Schema, Any]]:
    """Yield each part of a body that the contract describes: where it is, its schema, its value."""
    schema = follow(schema)
    choices = [follow(it) for keyword in ("anyOf", "oneOf") for it in schema.get(keyword, ())]
    for choice in choices:
        error_id = choice.get("properties", {}).get("id", {}).get("const")
        if choice.get("type") == "object" and isinstance(value, dict) and error_id in {None, value.get("id")}:
            yield from described({**choice, "type": [it["type"] for it in choices]}, value, place)
    if not choices:
        yield place, schema, value
    for name, inner in schema.get("properties", {}).items():
        if isinstance(value, dict) and name in value:
            yield from described(inner, value[name], (*place, name))
    if isinstance(value, list) and "items" in schema:
        for index, item in enumerate(value):
            yield from described(schema["items"], item, (*place, index))


def body_schema(case: Case) -> Schema:
    if case.operation is None:
        error_id = json.loads(case.response.body)["id"]
        schemas: Any = CONTRACT.document.walk(CONTRACT.document.root, "components", "schemas").values()
        return next(it for it in schemas if follow(it).get("properties", {}).get("id", {}).get("const") == error_id)
    responses = case.operation.responses[str(case.response.status)]
    return CONTRACT.document.walk(responses, "content", "application/json", "schema")


def changed(case: Case, place: Place, change: Callable[[Any, Any], None]) -> Response:
    """Return the answer with a change to what holds the part at a place."""
    whole = [deepcopy(json.loads(case.response.body))]
    holder: Any = whole
    steps: Place = (0, *place)
    for step in steps[:-1]:
        holder = holder[step]
    change(holder, steps[-1])
    return replace(case.response, body=json.dumps(whole[0]).encode())


def put(value: Any) -> Callable[[Any, Any], None]:
    def change(holder: Any, step: Any) -> None:
        holder[step] = value

    return change


def drop(holder: Any, step: Any) -> None:
    del holder[step]


def test_each_required_property_is_missed(case: Case) -> None:
    def broken() -> Iterator[tuple[str, Response]]:
        for place, schema, _ in described(body_schema(case), json.loads(case.response.body)):
            for name in schema.get("required", ()):
                yield f"{place} {name}", changed(case, (*place, name), drop)

    assert survivors(case, broken()) == []


WRONG: dict[str, tuple[Any, ...]] = {
    "object": (None, [], "text", 1, True),
    "array": (None, {}, "text", 1, True),
    "string": (None, [], {}, 1, True),
    "integer": (None, [], {}, "1", 1.5, True),
    "number": (None, [], {}, "1", True),
    "boolean": (None, [], {}, "true", 1, 0),
    "null": ([], {}, "text", 1, True),
}


def wrong_for(types: Sequence[str]) -> list[Any]:
    """Return values that are of none of the types. 1 and True are equal in Python, and not in JSON."""
    lists = [[json.dumps(it) for it in WRONG[name]] for name in types]
    return [json.loads(it) for it in (lists[0] if lists else ()) if all(it in others for others in lists)]


def test_each_type_is_seen(case: Case) -> None:
    def broken() -> Iterator[tuple[str, Response]]:
        for place, schema, _ in described(body_schema(case), json.loads(case.response.body)):
            types = schema.get("type", ())
            for wrong in wrong_for([types] if isinstance(types, str) else types):
                yield f"{place} {wrong!r}", changed(case, place, put(wrong))
            if "pattern" in schema or schema.get("format") in {"date", "date-time"}:
                for wrong in ("", "x", "1.00", "1.000000\n", "2026-02-30", "2026-05-20T25:00:00Z"):
                    yield f"{place} {wrong!r}", changed(case, place, put(wrong))

    assert survivors(case, broken()) == []


def test_nothing_undescribed_is_said(case: Case) -> None:
    def broken() -> Iterator[tuple[str, Response]]:
        for place, schema, value in described(body_schema(case), json.loads(case.response.body)):
            if isinstance(value, dict) and "properties" in schema:
                yield f"{place}", changed(case, place, put({**value, "undescribed": 1}))

    assert survivors(case, broken()) == []


def test_the_answers_go_deep() -> None:
    """What the tests above break is not only the surface."""
    balance = cases()["POST CustomerBalance3 200"]
    places = [place for place, _, _ in described(body_schema(balance), json.loads(balance.response.body))]
    assert len(places) > 150
    assert max(map(len, places)) >= 4
    assert len(cases()) > 75
