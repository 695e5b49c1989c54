"""Mutants of input: what is read that shouldn't be, and what is refused that should be read."""

import json
from collections.abc import Callable
from typing import Any

from tests.mutants.door import PLAIN, Door
from tests.mutants.mutant import Apply, Family
from tests.mutants.patching import Function, around, asks, instead

from bubblehouse_mock.contract import Operation
from bubblehouse_mock.jsontext import JsonObject
from bubblehouse_mock.messages import Request
from bubblehouse_mock.refusal import RefusalError
from bubblehouse_mock.stages import inputs

_BALANCE, _REDEEM = "CustomerBalance3", "RedeemPoints1"
_NAMED = {"customer": {"shopid": PLAIN}}


def _body(change: Callable[[dict[str, Any]], object]) -> Apply:
    """Let another body be read than was sent, where it is a JSON object."""

    def changed(request: Request) -> Request:
        try:
            body = json.loads(request.body)
        except ValueError:
            return request
        if not isinstance(body, dict):
            return request
        change(body)
        return _altered(request, body=json.dumps(body).encode())

    return asks(changed)


def _altered(request: Request, **parts: Any) -> Request:
    kept = {name: getattr(request, name) for name in ("method", "path", "query", "headers", "body", "complete")}
    return Request(**{**kept, **parts})


def _unvalidated(operation: Operation, request: Request) -> JsonObject:
    """Believe whatever is sent."""
    given: Any = json.loads(request.body or b"{}") if request.method != "GET" else {}
    return {"pts": 100, "change_bhid": "", "achievement_bhid": "", **given}


def _crashing(parse: Function) -> Function:
    def parsed(content: bytes) -> object:
        json.loads(content)
        return parse(content)

    return parsed


def _lenient(parse: Function) -> Function:
    """Read JSON as Python's own reader does."""
    del parse
    return json.loads


def _first_value(parse: Function) -> Function:
    del parse
    return lambda content: json.JSONDecoder().raw_decode(content.decode().lstrip())[0]


def _closed(read: Function) -> Function:
    """Refuse properties that the contract doesn't name."""
    known = {"customer", "pts", "no_coupon", "cart_subtotal", "change_bhid", "achievement_bhid", "market"}
    known |= {"include_unused_rewards", "include_full_program", "include_referrals"}

    def checked(operation: Operation, request: Request) -> JsonObject:
        given: JsonObject = read(operation, request)
        for name in given.keys() - known:
            raise RefusalError("invalid_request", f"{name} is unknown")
        return given

    return checked


def _digits(body: dict[str, Any]) -> None:
    for name, value in body.items():
        if isinstance(value, str) and value.isdecimal() and name != "change_bhid":
            body[name] = int(value)


def _whole(body: dict[str, Any]) -> None:
    if isinstance(body.get("pts"), float):
        body["pts"] = int(body["pts"])


def _booleans_are_numbers(body: dict[str, Any]) -> None:
    if isinstance(body.get("pts"), bool):
        body["pts"] = 100


def _flags(body: dict[str, Any]) -> None:
    for name in ("no_coupon", "include_unused_rewards", "include_full_program", "include_referrals"):
        if name in body:
            body[name] = body[name] in {True, "true"}


def _no_nulls(body: dict[str, Any]) -> None:
    for name in [name for name, value in body.items() if value is None]:
        del body[name]


def _at_least_one(body: dict[str, Any]) -> None:
    if type(body.get("pts")) is int:
        body["pts"] = max(1, body["pts"])


def _no_fractions(read: Function) -> Function:
    def checked(operation: Operation, request: Request) -> JsonObject:
        given: JsonObject = read(operation, request)
        if isinstance(given.get("pts"), float):
            raise RefusalError("invalid_request", "pts has a point")
        return given

    return checked


def _most(read: Function) -> Function:
    def checked(operation: Operation, request: Request) -> JsonObject:
        given: Any = read(operation, request)
        if given.get("pts", 0) > 2**31 - 1:
            raise RefusalError("invalid_request", "pts has more than 32 bits")
        return dict(given)

    return checked


def _query(name: str, convert: Callable[[str, str], object]) -> Apply:
    return around(inputs, "_QUERY_TYPES", lambda types: {**types, name: convert})


def _last_counts(read: Function) -> Function:
    """Let the last of several query parameters of one name count."""

    def checked(operation: Operation, query: bytes) -> JsonObject:
        pairs = dict(pair.partition(b"=")[::2] for pair in query.split(b"&") if pair)
        found: JsonObject = read(operation, b"&".join(name + b"=" + value for name, value in pairs.items()))
        return found

    return checked


def _post(body: bytes, function: str = _REDEEM, **more: Any) -> Callable[[Door], object]:
    return lambda it: it.call(function, raw=body, **more)


_of = Family("protocol", "server", "batteries")

MUTANTS = [
    _of.mutant(
        "malformed",
        "A body that isn't JSON makes the server fail.",
        around(inputs, "parse", _crashing),
        _post(b'{"pts": '),
        layer="matrix",
        anchor=14,
    ),
    _of.mutant(
        "unvalidated",
        "Input isn't held to the contract at all.",
        instead(inputs, "read", _unvalidated),
        lambda it: it.call(_REDEEM, {**_NAMED, "pts": 100, "no_coupon": "maybe"}),
        layer="matrix",
        anchor=15,
    ),
    _of.mutant(
        "closed",
        "A property that the contract doesn't name is refused, though objects are open.",
        around(inputs, "read", _closed),
        lambda it: it.balance(brand_new=1),
        anchor=16,
    ),
    _of.mutant(
        "minimum",
        "Points below 1 are read as 1.",
        _body(_at_least_one),
        lambda it: it.redeem(0),
        anchor=17,
    ),
    _of.mutant(
        "maximum",
        "Points beyond 32 bits are called malformed.",
        around(inputs, "read", _most),
        lambda it: it.redeem(2**31),
        anchor=18,
    ),
    _of.mutant(
        "digits",
        "A text of digits is read as a number.",
        _body(_digits),
        lambda it: it.redeem("100"),
        anchor=19,
    ),
    _of.mutant(
        "fraction-cut",
        "The fraction of a number of points is cut off.",
        _body(_whole),
        lambda it: it.redeem(100.5),
    ),
    _of.mutant(
        "whole-float",
        "A whole number that is written with a point is refused.",
        around(inputs, "read", _no_fractions),
        lambda it: it.redeem(100.0),
    ),
    _of.mutant(
        "boolean-points",
        "true is read as a number of points.",
        _body(_booleans_are_numbers),
        lambda it: it.redeem(True),
    ),
    _of.mutant(
        "lax-flags",
        "Flags may be numbers and texts.",
        _body(_flags),
        lambda it: it.balance(include_unused_rewards="true"),
    ),
    _of.mutant(
        "nulls",
        "null counts as left out, where the contract doesn't allow it.",
        _body(_no_nulls),
        lambda it: it.balance(include_unused_rewards=None),
    ),
    _of.mutant(
        "lax-json",
        "JSON is read with NaN, and with keys that stand twice.",
        around(inputs, "parse", _lenient),
        _post(b'{"customer": {"shopid": "1004"}, "pts": 100, "pts": 200}'),
    ),
    _of.mutant(
        "trailing",
        "What follows the first JSON value is ignored.",
        around(inputs, "parse", _first_value),
        _post(b'{"customer": {"shopid": "1004"}, "pts": 100} and more'),
    ),
    _of.mutant(
        "too-large",
        "A body of any size is read.",
        instead(inputs, "MAX_BODY", 2**30),
        lambda it: it.call(_BALANCE, raw=json.dumps(_NAMED).encode().ljust(2**20 + 1)),
        layer="matrix",
    ),
    _of.mutant(
        "array",
        "A body that is an empty array is read as an empty object.",
        asks(lambda request: _altered(request, body=b"{}") if request.body.strip() == b"[]" else request),
        lambda it: it.call(_BALANCE, raw=b"[]", token=it.token(PLAIN)),
    ),
    _of.mutant(
        "no-body",
        "A body that is left out is read as an empty object.",
        asks(lambda request: _altered(request, body=request.body or b"{}")),
        lambda it: it.call(_BALANCE, raw=b"", token=it.token(PLAIN)),
    ),
    _of.mutant(
        "query-boolean",
        "A flag of the query may be anything, and anything but false is true.",
        _query("boolean", lambda _, text: text != "false"),
        lambda it: it.get("include_unused_rewards=perhaps", token=it.token(PLAIN)),
        layer="matrix",
    ),
    _of.mutant(
        "query-twice",
        "The last of several query parameters of one name counts.",
        around(inputs, "_query", _last_counts),
        lambda it: it.get("include_unused_rewards=false&include_unused_rewards=true", token=it.token(PLAIN)),
    ),
    _of.mutant(
        "query-ignored",
        "The flags of a query are ignored.",
        asks(lambda request: _altered(request, query=request.query.replace(b"include_", b"x_"))),
        lambda it: it.get("include_unused_rewards=true", token=it.token(PLAIN)),
    ),
]
