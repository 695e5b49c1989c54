"""Spellings: what the mock's own tables say of JSON, numbers, money, media types and queries, over the wire."""

import string
from urllib.parse import quote

import pytest
from tests.contract.batteries.spellings import (
    CONTENT_CODINGS,
    HUGE_NUMBERS,
    JSON_MEDIA_TYPES,
    MALFORMED_BODIES,
    MALFORMED_QUERIES,
    OTHER_MEDIA_TYPES,
    WELL_FORMED_BODIES,
    WELL_FORMED_QUERIES,
)
from tests.contract.proof.target import Control
from tests.contract.proof.wire import Answer, Wire

_INVALID = (400, "invalid_request")


def _short(value: object) -> str:
    return f"{value!r:.50}"


def _travels(header: str) -> bool:
    """Tell whether a header can have this value on a real wire, and keep it."""
    return bool(header) and header == header.strip() and header.isascii() and header.isprintable()


@pytest.fixture
def spender(control: Control, wire: Wire) -> str:
    control.reset()
    return wire.scene.spender.shopid


def send(wire: Wire, spender: str, name: str, content: bytes, *headers: tuple[str, str]) -> Answer:
    operation = wire.contract.operations[name]
    request = wire.request(operation, {}, wire.target.token("CustomerToken", spender))
    if headers:
        request = request._replace(headers=(request.headers[0], *headers))
    return wire.send(request._replace(content=content), operation)


def redeem(wire: Wire, spender: str, content: bytes, *headers: tuple[str, str]) -> Answer:
    return send(wire, spender, "RedeemPoints1", content, *headers)


def read(wire: Wire, spender: str, query: str) -> Answer:
    operation = wire.contract.operations["CustomerBalance3Get"]
    request = wire.request(operation, {}, wire.target.token("CustomerToken", spender))
    return wire.send(request._replace(url=f"{request.url}?{quote(query, safe=string.punctuation)}"), operation)


@pytest.mark.parametrize("content", [content for content, _ in MALFORMED_BODIES], ids=_short)
def test_malformed_bodies(content: bytes, wire: Wire, control: Control, spender: str) -> None:
    before = control.state()
    assert redeem(wire, spender, content).error == _INVALID
    assert control.state() == before


@pytest.mark.parametrize("content", [b"", b" ", b"null", b"[]", b"[{}]", b"0", b'""', b"{"], ids=_short)
def test_where_no_property_is_needed_an_object_is(content: bytes, wire: Wire, spender: str) -> None:
    assert send(wire, spender, "CustomerBalance3", b"{}").status == 200
    assert send(wire, spender, "CustomerBalance3", content).error == _INVALID


@pytest.mark.parametrize(("content", "pts"), WELL_FORMED_BODIES, ids=_short)
def test_well_formed_bodies(content: bytes, pts: int, wire: Wire, spender: str) -> None:
    answer = redeem(wire, spender, content)
    assert (*answer.error, answer.body.get("pts")) == (200, "", pts)


@pytest.mark.parametrize("pts", HUGE_NUMBERS, ids=_short)
def test_huge_numbers(pts: str, wire: Wire, spender: str) -> None:
    assert redeem(wire, spender, f'{{"pts": {pts}}}'.encode()).error == (422, "insufficient_points")


@pytest.mark.parametrize("query", [query for query, _ in MALFORMED_QUERIES], ids=_short)
def test_malformed_queries(query: str, wire: Wire, spender: str) -> None:
    assert read(wire, spender, query).error == _INVALID


@pytest.mark.parametrize(("query", "full"), WELL_FORMED_QUERIES, ids=_short)
def test_well_formed_queries(query: str, full: bool, wire: Wire, spender: str) -> None:  # noqa: FBT001 - a column of the table
    answer = read(wire, spender, query.replace("1001", spender))
    assert (answer.error, "tiers" in answer.body) == ((200, ""), full)


@pytest.mark.parametrize("media_type", [it for it in JSON_MEDIA_TYPES if _travels(it)])
def test_json_as_a_media_type(media_type: str, wire: Wire, spender: str) -> None:
    assert redeem(wire, spender, b'{"pts": 100}', ("Content-Type", media_type)).status == 200


@pytest.mark.parametrize("media_type", [it for it in OTHER_MEDIA_TYPES if _travels(it)])
@pytest.mark.parametrize("content", [b'{"pts": 100}', b"pts=100"], ids=["json", "form"])
def test_other_media_types(media_type: str, content: bytes, wire: Wire, spender: str) -> None:
    answer = redeem(wire, spender, content, ("Content-Type", media_type))
    assert answer.error == (415, "unsupported_media_type")


@pytest.mark.parametrize("coding", [it for it in CONTENT_CODINGS if _travels(it)])
def test_content_codings(coding: str, wire: Wire, spender: str) -> None:
    headers = (("Content-Type", "application/json"), ("Content-Encoding", coding))
    answer = redeem(wire, spender, b'{"pts": 100}', *headers)
    assert answer.error == (415, "unsupported_media_type")


@pytest.mark.parametrize(("length", "error"), [(2**20, (200, "")), (2**20 + 1, (413, "request_too_large"))])
def test_the_longest_body(length: int, error: tuple[int, str], wire: Wire, spender: str) -> None:
    assert redeem(wire, spender, b'{"pts": 100}'.ljust(length)).error == error


def test_a_query_beside_a_body(wire: Wire, spender: str) -> None:
    operation = wire.contract.operations["RedeemPoints1"]
    request = wire.request(operation, {"pts": 100}, wire.target.token("CustomerToken", spender))
    for query in ("pts=500", "pts=x&pts=y", "%ff", "customer={}"):
        answer = wire.send(request._replace(url=f"{request.url}?{query}"), operation)
        assert answer.body["pts"] == 100
