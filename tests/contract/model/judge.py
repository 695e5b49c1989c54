"""Compares what came of a call with what the model expected, and with the contract."""

import json
from collections.abc import Iterator
from functools import cache

import jsonschema_rs
from tests.contract.model.drivers import Came
from tests.contract.model.reference.call import Call
from tests.contract.model.reference.expected import STATUS, Expected, differences
from tests.contract.proof.contract import Contract


class Judge:
    """Compares.

    Args:
        contract: The contract.
    """

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._classes = {(it.status, it.id, it.operation): it.schema for it in contract.errors}
        self._validator = cache(self._compile)

    def compare(self, call: Call, expected: Expected, came: Came) -> Iterator[str]:
        """Yield, in words, what isn't as it should be."""
        if expected.answer is None:
            yield from self._refusal(call, expected.refused, came)
        elif came.status != 200:
            yield "it was to succeed"
        else:
            yield from differences(expected.answer, came.body)
        yield from self._form(call, came)

    def _refusal(self, call: Call, refused: tuple[str, ...], came: Came) -> Iterator[str]:
        error_id = came.body.get("id") if isinstance(came.body, dict) else None
        if not came.raised:
            yield "it was to be refused"
        elif error_id not in refused:
            yield f"another error id: {error_id}"
        elif came.status != STATUS[error_id]:
            yield f"{error_id} comes with status {STATUS[error_id]}"
        elif came.raised != self._classes.get((came.status, error_id, call.function)):
            yield f"the client raised {came.raised}"

    def _form(self, call: Call, came: Came) -> Iterator[str]:
        """Yield what the contract has against an answer."""
        content_type = next((value for name, value in came.response.headers if name.lower() == "content-type"), "")
        if content_type.partition(";")[0] != "application/json":
            yield f"the answer's Content-Type is {content_type!r}"
        validator = self._validator(call.function, call.verb, came.status)
        if validator is None:
            yield f"{came.status} is documented nowhere"
            return
        try:
            data = came.body if came.raised else json.loads(came.response.content)
        except ValueError as error:
            yield f"the answer is not JSON: {error}"
            return
        for problem in validator.iter_errors(data):
            yield f"the contract's schema: {problem.message}"

    def _compile(self, function: str, verb: str, status: int) -> jsonschema_rs.Validator | None:
        operation = next(
            it for it in self._contract.operations.values() if (it.function, it.method) == (function, verb)
        )
        try:
            schema = self._contract.response(operation.id, status)["content"]["application/json"]["schema"]
        except KeyError:
            return None
        return self._contract.validator(schema)
