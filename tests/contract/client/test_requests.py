"""What the client puts on the wire is valid, and says what its arguments say, whatever they are."""

import base64
import inspect
import json
import time
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

import jwt
import pytest
from tests.contract.client.bench import KEY, Bench, json_answer
from tests.contract.client.drawing import arguments, for_each
from tests.contract.proof import contract as contracts
from tests.contract.proof.contract import Json, Operation
from tests.contract.proof.options import Options
from tests.contract.proof.speech import Speech
from tests.reliability.caller import CALLS
from tests.reliability.shapes import complete

from bubblehouse.model import Model
from bubblehouse_loyalty import CustomerIdentity1, LoyaltyClient

_EXAMPLES = 60
_LONGEST = 3600  # seconds that a token is good for, unless more is asked for
_CALLS = [operation for operation in contracts.load().operations.values() if operation.method == "POST"]
_CALLS_OF_VERSIONS = [
    pytest.param(version, operation, id="-".join(filter(None, [version, operation.id])))
    for version in ("", *contracts.versions())
    for operation in contracts.load(version).operations.values()
    if operation.method == "POST"
]


def _wire(value: Any) -> Any:
    """Return what a typed argument means in JSON; money as the number it is."""
    if isinstance(value, Model):
        known = {name: _wire(getattr(value, name)) for name in value.__slots__ if getattr(value, name, None)}
        empty = {name: "" for name in value.__slots__ if getattr(value, name, None) == ""}
        return {**known, **empty, **value.additional_properties}
    return value


def _meant(schema: Json, body: Json) -> Json:
    money = [name for name, it in schema["properties"].items() if it.get("$ref", "").endswith("/MonetaryInput")]
    return {name: Decimal(value) if name in money else value for name, value in body.items()}


@pytest.mark.parametrize(("version", "operation"), _CALLS_OF_VERSIONS)
def test_a_request_is_valid_and_says_what_its_arguments_say(
    version: str, operation: Operation, bench: Bench, options: Options
) -> None:
    contract = contracts.load(version)
    speech, function = Speech(contracts.load(), contract), operation.function
    reference = contract.node(operation.id)["requestBody"]["content"]["application/json"]["schema"]
    schema, validator = contract.resolve(reference), contract.validator(reference)
    answer = complete(contract, contract.response(operation.id, 200)["content"]["application/json"]["schema"])
    content = json.dumps(answer).encode()

    def check(given: Json) -> None:
        bench.play(operation.python_name, given, json_answer(200, content), api_version=version or None)
        sent = bench.sent
        assert (sent.method, sent.url.rpartition("/api/")[2]) == (
            operation.method,
            f"{contract.version}/my-shop/{operation.function}",
        )
        headers = {name.lower(): value for name, value in sent.headers}
        assert len(headers) == len(sent.headers), "a header is sent twice"
        assert headers["content-type"] == "application/json"
        body = json.loads(sent.content)
        validator.validate(body)
        assert _meant(schema, body) == speech.input(function, {name: _wire(value) for name, value in given.items()})
        _assert_signed(headers["authorization"])

    # Python has the same names for all versions.
    known = speech.input(function, dict.fromkeys(schema["properties"]), back=True)
    required = speech.input(function, dict.fromkeys(schema.get("required", ())), back=True)
    method = getattr(LoyaltyClient, operation.python_name)
    for_each(arguments(method, known=known, required=required), check, number=options.seed, examples=_EXAMPLES)


_WRONG: Final[dict[str, tuple[object, ...]]] = {
    "int": (0, -1, True, 1.0, Decimal(1), "1", [1]),
    "Decimal": (1, True, 1.0, "1.00", Decimal("NaN"), Decimal("Infinity"), Decimal(2**63)),
    "str": (1, True, b"x", ["x"]),
    "bool": (1, 0, "true", []),
    "CustomerIdentity1": (CustomerIdentity1(), CustomerIdentity1(shopid=""), {"shopid": "1"}, "1"),
}


def _wrong_arguments() -> Iterator[Any]:
    for operation in _CALLS:
        parameters = inspect.signature(getattr(LoyaltyClient, operation.python_name)).parameters
        for name, it in parameters.items():
            for value in _WRONG.get(str(it.annotation).removesuffix(" | Unset"), ()):
                yield pytest.param(operation, {name: value}, id=f"{operation.id}-{name}-{value!r:.20}")


@pytest.mark.parametrize(("operation", "wrong"), [*_wrong_arguments()])
def test_what_is_no_such_value_is_not_sent(operation: Operation, wrong: Json, bench: Bench) -> None:
    """A whole number is no amount of money: on the wire it would be as many millionths."""
    given = {**CALLS[operation.python_name], **wrong}
    with pytest.raises((TypeError, ValueError), match=next(iter(wrong))):
        bench.call(operation.python_name, given, status=200, content=b"{}")
    assert bench.attempts == []


def _assert_signed(authorization: str) -> None:
    scheme, _, token = authorization.partition(" ")
    assert scheme == "Bearer"
    assert jwt.get_unverified_header(token) == {"typ": "JWT", "alg": "HS256", "kid": KEY.id}
    claims = jwt.decode(token, base64.b64decode(KEY.secret), algorithms=["HS256"], audience="BH")
    assert claims["sub"] == "my-shop"
    assert claims["iat"] <= time.time() < claims["exp"] <= claims["iat"] + _LONGEST
