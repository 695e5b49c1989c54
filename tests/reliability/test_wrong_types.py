"""A value of every type at every place of every answer: what the contract allows is read, the rest is an error."""

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from tests.contract.proof import contract as contracts
from tests.contract.proof.contract import Operation
from tests.reliability.caller import CALLS, Caller
from tests.reliability.shapes import alterations, complete, open_schema

from bubblehouse.transport import Request, Response
from bubblehouse_loyalty import errors

CONTRACT = contracts.load()
OPERATIONS = [it for it in CONTRACT.operations.values() if it.method == "POST"]

# The contract's words of it are a string, and the client reads a day.
STRICTER = {("customer_balance_3", ("loyalty_anniversary_day",), "'text'")}


class Telling:
    """A transport that answers whatever it was told to."""

    content = b""

    def send(self, request: Request, *, timeout: float) -> Response:  # noqa: ARG002 - the protocol's
        return Response(200, (), self.content)

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def answered(operation: Operation) -> Callable[[bytes], Any]:
    """Calls a function that is given an answer, and returns what came of it."""
    transport = Telling()
    client = Caller("sync", {"shop": "my-shop", "token": "a.token"}).client(transport=transport)

    def call(content: bytes) -> Any:
        transport.content = content
        try:
            return getattr(client, operation.python_name)(**CALLS[operation.python_name])
        except errors.BubblehouseError as error:
            return error

    return call


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda it: it.id)
def test_a_value_of_every_type_at_every_place(operation: Operation, answered: Callable[[bytes], Any]) -> None:
    schema = CONTRACT.response(operation.id, 200)["content"]["application/json"]["schema"]
    loose = dataclasses.replace(CONTRACT, document=open_schema(CONTRACT.document))
    validator = loose.validator(open_schema(schema))
    whole = complete(CONTRACT, schema)
    assert validator.is_valid(whole)
    read, refused = 0, 0
    for wrong in alterations(whole):
        outcome = answered(wrong.raw)
        if validator.is_valid(wrong.body) and (operation.python_name, wrong.path, repr(wrong.value)) not in STRICTER:
            assert not isinstance(outcome, Exception), wrong
            read += 1
            continue
        if operation.kind == "write":
            assert isinstance(outcome, errors.OutcomeUnknownError), wrong
            assert outcome.likely_applied
            outcome = outcome.reason
        assert isinstance(outcome, errors.ResponseValidationError), wrong
        assert outcome.path == wrong.path[: len(outcome.path)] or outcome.path[: len(wrong.path)] == wrong.path
        refused += 1
    assert read > 0
    assert refused > 3 * read
