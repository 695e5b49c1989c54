"""What the client puts on the wire is valid, and says what its arguments say, whatever they are."""

import base64
import json
from decimal import Decimal
from typing import Any

import jwt
import pytest
from tests.contract.client.bench import KEY, Bench
from tests.contract.client.drawing import arguments, for_each
from tests.contract.proof import contract as contracts
from tests.contract.proof.contract import Contract, Json, Operation
from tests.contract.proof.options import Options
from tests.reliability.shapes import complete

from bubblehouse.model import Model
from bubblehouse_loyalty import LoyaltyClient

_EXAMPLES = 60
_CALLS = [operation for operation in contracts.load().operations.values() if operation.method == "POST"]


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


@pytest.mark.parametrize("operation", _CALLS, ids=lambda it: it.id)
def test_a_request_is_valid_and_says_what_its_arguments_say(
    operation: Operation, bench: Bench, contract: Contract, options: Options
) -> None:
    reference = contract.node(operation.id)["requestBody"]["content"]["application/json"]["schema"]
    schema, validator = contract.resolve(reference), contract.validator(reference)
    answer = complete(contract, contract.response(operation.id, 200)["content"]["application/json"]["schema"])
    content = json.dumps(answer).encode()

    def check(given: Json) -> None:
        bench.call(operation.python_name, given, status=200, content=content)
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
        assert _meant(schema, body) == {name: _wire(value) for name, value in given.items()}
        _assert_signed(headers["authorization"])

    for_each(arguments(getattr(LoyaltyClient, operation.python_name)), check, number=options.seed, examples=_EXAMPLES)


def _assert_signed(authorization: str) -> None:
    scheme, _, token = authorization.partition(" ")
    assert scheme == "Bearer"
    assert jwt.get_unverified_header(token) == {"typ": "JWT", "alg": "HS256", "kid": KEY.id}
    claims = jwt.decode(token, base64.b64decode(KEY.secret), algorithms=["HS256"], audience="BH")
    assert claims["sub"] == "my-shop"
    assert claims["exp"] > claims["iat"]
