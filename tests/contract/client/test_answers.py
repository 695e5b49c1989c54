"""What the client returns is what the server said, whatever that is, and whatever a server of tomorrow adds."""

import copy
import json
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from tests.contract.client.bench import Bench, json_answer
from tests.contract.client.drawing import answers, for_each
from tests.contract.proof import contract as contracts
from tests.contract.proof.contract import Contract, DocumentedError, Json, Operation
from tests.contract.proof.options import Options
from tests.reliability.caller import CALLS
from tests.reliability.shapes import complete

from bubblehouse import errors as runtime
from bubblehouse.model import Model
from bubblehouse_loyalty import errors as generated

_EXAMPLES = 60
_CONTRACT = contracts.load()
_CALLS = [operation for operation in _CONTRACT.operations.values() if operation.method == "POST"]
_ERRORS = [error for operation in _CALLS for error in operation.errors]
_ODD_STATUSES = (402, 409, 410, 418, 451, 499, 501, 503, 520, 599)
_BEYOND = "brand_new"
_READERS: dict[str, Callable[[str], object]] = {
    "Monetary": Decimal,
    "Time": datetime.fromisoformat,
    "Date": date.fromisoformat,
}
"""What is made of the text of a type; all others are as JSON has them."""
_READ_AS_DAY = {".loyalty_anniversary_day"}  # the contract's words of it are a string


def _schema(contract: Contract, operation: Operation) -> Json:
    schema: Json = contract.response(operation.id, 200)["content"]["application/json"]["schema"]
    return schema


def _call(bench: Bench, operation: Operation, status: int, body: Any) -> Any:
    content = json.dumps(body).encode()
    return bench.call(operation.python_name, dict(CALLS[operation.python_name]), status=status, content=content)


@pytest.mark.parametrize("operation", _CALLS, ids=lambda it: it.id)
def test_an_answer_comes_back_as_it_was(
    operation: Operation, bench: Bench, contract: Contract, options: Options
) -> None:
    validator = contract.validator(_schema(contract, operation))

    def check(body: Json) -> None:
        validator.validate(body)
        assert _call(bench, operation, 200, body).to_dict() == body

    for_each(answers(contract, _schema(contract, operation)), check, number=options.seed, examples=_EXAMPLES)


def _assert_typed(contract: Contract, schema: Json, said: Any, got: Any, path: str) -> None:
    """See that a value has the type that its schema promises, and means what was said."""
    node = contract.resolve(schema)
    branch = next((it for keyword in ("anyOf", "oneOf") for it in node.get(keyword, ())), None)
    if branch is not None:
        _assert_typed(contract, branch, said, got, path)
    elif isinstance(said, dict) and "properties" in node:
        assert isinstance(got, Model), path
        for name, inner in node["properties"].items():
            _assert_typed(contract, inner, said[name], _attribute(got, name), f"{path}.{name}")
    elif isinstance(said, list):
        assert isinstance(got, list), path
        for one, other in zip(said, got, strict=True):
            _assert_typed(contract, node["items"], one, other, f"{path}[]")
    elif isinstance(said, dict):  # of which nothing is known but its name
        assert (got.to_dict() if isinstance(got, Model) else got) == said, path
    elif path not in _READ_AS_DAY:
        read = _READERS.get(str(schema.get("$ref", "")).rpartition("/")[2])
        expected = said if read is None else read(said)
        assert (type(got), got) == (type(expected), expected), path


def _attribute(model: Model, name: str) -> Any:
    return getattr(model, name if hasattr(model, name) else f"{name}_")  # as names that Python has are written


@pytest.mark.parametrize("operation", _CALLS, ids=lambda it: it.id)
def test_every_property_has_its_type(operation: Operation, bench: Bench, contract: Contract) -> None:
    whole = complete(contract, _schema(contract, operation))
    _assert_typed(contract, _schema(contract, operation), whole, _call(bench, operation, 200, whole), "")


def _evolved(contract: Contract, schema: Json, whole: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """List the places of an answer where a server of tomorrow may say more: in objects, and for enum values."""
    node = contract.resolve(schema)
    for branch in (it for keyword in ("anyOf", "oneOf") for it in node.get(keyword, ())[:1]):
        yield from _evolved(contract, branch, whole, path)
    if "enum" in node:
        yield path
    if isinstance(whole, dict):
        yield (*path, _BEYOND)
        for name, inner in node.get("properties", {}).items():
            yield from _evolved(contract, inner, whole[name], (*path, name))
    elif isinstance(whole, list):
        yield from _evolved(contract, node["items"], whole[0], (*path, 0))


@pytest.mark.parametrize("operation", _CALLS, ids=lambda it: it.id)
def test_what_is_new_comes_through_at_every_place(operation: Operation, bench: Bench, contract: Contract) -> None:
    whole = complete(contract, _schema(contract, operation))
    places = list(_evolved(contract, _schema(contract, operation), whole))
    assert places
    for place in places:
        body = copy.deepcopy(whole)
        inner = body
        for step in place[:-1]:
            inner = inner[step]
        inner[place[-1]] = _BEYOND
        assert _call(bench, operation, 200, body).to_dict() == body, place


@pytest.mark.parametrize("error", _ERRORS, ids=str)
def test_an_error_of_tomorrow_is_still_the_same_error(error: DocumentedError, bench: Bench) -> None:
    operation = _CONTRACT.operations[error.operation]
    bodies: list[Json] = [
        {"id": error.id},
        {"id": error.id, "message": ""},
        {"id": error.id, "message": _BEYOND, _BEYOND: {"deep": [1]}, "details": None},
    ]
    for body in bodies:
        with pytest.raises(runtime.APIError) as caught:
            _call(bench, operation, error.status, body)
        assert type(caught.value) is getattr(generated, error.schema)
        assert (caught.value.id, caught.value.message) == (error.id, body.get("message", ""))


@pytest.mark.parametrize("operation", _CALLS, ids=lambda it: it.id)
def test_an_id_or_status_of_tomorrow_is_the_class_of_its_status(operation: Operation, bench: Bench) -> None:
    documented = sorted({error.status for error in operation.errors})
    for status in (*documented, *_ODD_STATUSES):
        with pytest.raises((runtime.APIError, runtime.OutcomeUnknownError)) as caught:
            _call(bench, operation, status, {"id": _BEYOND, _BEYOND: 1})
        if isinstance(caught.value, runtime.OutcomeUnknownError):
            assert (operation.kind, status >= 500) == ("write", True)
            continue
        assert type(caught.value) is runtime.STATUS_CLASSES.get(
            status, runtime.InternalServerError if status >= 500 else runtime.APIError
        )
        assert (caught.value.status, caught.value.id) == (status, _BEYOND)


@pytest.mark.parametrize("offset", ["Z", "+00:00", "+05:30", "-08:00"])
def test_a_moment_is_the_one_that_was_told(offset: str, bench: Bench, contract: Contract) -> None:
    operation = contract.operations["CustomerBalance3"]
    told = f"2026-05-20T12:00:00.25{offset}"
    whole = complete(contract, _schema(contract, operation)) | {"pts_global_expiration": told}
    assert _call(bench, operation, 200, whole).pts_global_expiration == datetime.fromisoformat(told)


@pytest.mark.parametrize("operation", _CALLS, ids=lambda it: it.id)
def test_a_token_that_an_answer_repeats_is_not_kept(operation: Operation, bench: Bench) -> None:
    secret = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJteS1zaG9wIn0.c2lnbmF0dXJl"
    content = json.dumps({"id": "invalid_request", "message": f"what is {secret}?", "echo": secret}).encode()
    own = {"key_id": None, "secret": None, "token": secret}
    with pytest.raises(runtime.APIError) as caught:
        bench.play(operation.python_name, dict(CALLS[operation.python_name]), json_answer(400, content), **own)
    error = caught.value
    assert secret not in f"{error} {error!r} {error.content!r} {error.message}"
