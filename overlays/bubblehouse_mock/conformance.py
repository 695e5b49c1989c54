"""Strict mode: is every answer of the mock one that the contract allows?"""

import re
from collections.abc import Collection
from typing import Final

from jsonschema_rs import Validator

from bubblehouse_mock.contract import JSON, Contract, ContractError, Operation
from bubblehouse_mock.jsontext import JsonValue, MalformedJsonError, parse
from bubblehouse_mock.messages import Response

# What the contract says of these headers in words.
_HEADER_FORMS: Final = {
    "allow": re.compile(r"[A-Z]+(?:, [A-Z]+)*"),
    "retry-after": re.compile(r"[0-9]+"),
}


class ContractViolationError(AssertionError):
    """The mock gave an answer that the contract doesn't allow: a bug in the mock, or a gap in the contract."""


def check(contract: Contract, operation: Operation | None, response: Response) -> None:
    """Pass an answer that fits the contract: its status, its headers, its body, and nothing that isn't described.

    Args:
        contract: The contract.
        operation: What was called; None where the request was refused before that was known.
        response: The answer.

    Raises:
        ContractViolationError: It is not as documented.
    """
    place = f"{operation.function if operation is not None else 'no operation'}: status {response.status}"
    try:
        body = parse(response.body)
    except MalformedJsonError as error:
        raise ContractViolationError(f"{place}: the body is not JSON: {error}") from None
    # What is refused before an operation is known must be documented by one, or else by no operation at all.
    error_id = str(body.get("id")) if isinstance(body, dict) else ""
    documented = operation or next((it for it in contract.operations if error_id in it.errors), None)
    if documented is None:
        _check_elsewhere(contract, error_id, body, response, place)
        return
    if str(response.status) not in documented.responses:
        raise ContractViolationError(f"{place} is not documented")
    _check_headers(response, documented.documented_headers(response.status), place)
    _check_content_type(response, documented.media_types(response.status), place)
    _check_body(documented.answer_validator(response.status), body, place)
    if operation is None and documented.errors[error_id].scope == "operation":
        raise ContractViolationError(f"{place}: {error_id} is an error of {documented.function}")


def _check_elsewhere(contract: Contract, error_id: str, body: JsonValue, response: Response, place: str) -> None:
    """Pass an error that no operation documents, since it comes where there is none."""
    try:
        validator = contract.error_validator(error_id)
    except ContractError as error:
        raise ContractViolationError(f"{place}: {error}") from None
    if response.status != contract.error(None, error_id).status:
        raise ContractViolationError(f"{place} is not that of {error_id}")
    _check_headers(response, (), place)
    _check_content_type(response, (JSON,), place)
    _check_body(validator, body, place)


def _check_headers(response: Response, documented: Collection[str], place: str) -> None:
    sent = [name for name, _ in response.headers]
    for name in documented:
        if name.lower() not in sent:
            raise ContractViolationError(f"{place}: the header {name} is missing")
    for name, value in response.headers:
        if name not in {it.lower() for it in documented}:
            raise ContractViolationError(f"{place}: the header {name} is not documented")
        if sent.count(name) > 1:
            raise ContractViolationError(f"{place}: the header {name} is there twice")
        form = _HEADER_FORMS.get(name)
        if form is not None and not form.fullmatch(value):
            raise ContractViolationError(f"{place}: the header {name} is {value!r}")


def _check_content_type(response: Response, documented: tuple[str, ...], place: str) -> None:
    if response.content_type not in documented:
        raise ContractViolationError(f"{place}: the media type {response.content_type} is not documented")


def _check_body(validator: Validator, body: JsonValue, place: str) -> None:
    for mismatch in validator.iter_errors(body):
        inside = ".".join(map(str, mismatch.instance_path))
        raise ContractViolationError(f"{place}: {inside or 'the body'}: {mismatch.message}")
