"""Strict mode: is every answer of the mock one that the contract allows?"""

from bubblehouse_mock.contract import Contract, ContractError, Operation
from bubblehouse_mock.jsontext import parse
from bubblehouse_mock.messages import Response


class ContractViolationError(AssertionError):
    """The mock gave an answer that the contract doesn't allow: a bug in the mock, or a gap in the contract."""


def check(contract: Contract, operation: Operation | None, response: Response) -> None:
    """Pass an answer that fits the contract.

    Args:
        contract: The contract.
        operation: What was called; None where the request was refused before that was known.
        response: The answer.

    Raises:
        ContractViolationError: Its status, a header or its body is not as documented.
    """
    status = str(response.status)
    body = parse(response.body)
    place = f"{operation.function if operation is not None else 'no operation'}: status {status}"
    if operation is None:
        error_id = str(body.get("id")) if isinstance(body, dict) else ""
        try:
            validator = contract.error_validator(error_id)
        except ContractError as error:
            raise ContractViolationError(f"{place}: {error}") from None
    else:
        _check_envelope(operation, response, place)
        validator = operation.answer_validator(status)
    for mismatch in validator.iter_errors(body):
        inside = ".".join(map(str, mismatch.instance_path))
        raise ContractViolationError(f"{place}: {inside or 'the body'}: {mismatch.message}")


def _check_envelope(operation: Operation, response: Response, place: str) -> None:
    if str(response.status) not in operation.responses:
        raise ContractViolationError(f"{place} is not documented")
    sent = {name for name, _ in response.headers}
    for name in operation.documented_headers(response.status):
        if name.lower() not in sent:
            raise ContractViolationError(f"{place}: the header {name} is missing")
