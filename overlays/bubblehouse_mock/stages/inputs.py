"""What does the call say? Its body or query as the contract has it, or a refusal that names what doesn't fit."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qsl

from jsonschema_rs import Validator

from bubblehouse_mock import money
from bubblehouse_mock.contract import Encoding, Operation
from bubblehouse_mock.jsontext import JsonObject, JsonValue, MalformedJsonError, parse
from bubblehouse_mock.messages import MAX_BODY, Request
from bubblehouse_mock.refusal import RefusalError

_MOST_PARAMETERS: Final = 100
_LONGEST_REASON: Final = 200  # characters


def read(operation: Operation, request: Request) -> JsonObject:
    """Return the input of a call, with the names that the default version has for its properties.

    Raises:
        RefusalError: invalid_request, request_too_large or unsupported_media_type.
    """
    given = _query(operation, request.query) if operation.body is None else _body(operation, request)
    return given if operation.input_names is None else operation.input_names.to_general(given)


def _body(operation: Operation, request: Request) -> JsonObject:
    declared = operation.body
    if declared is None:
        raise TypeError(f"{operation.function} has no body")
    if len(request.body) > MAX_BODY:
        raise RefusalError("request_too_large", f"The body is larger than {MAX_BODY} bytes")
    if not request.complete:
        raise _malformed("The body did not arrive in full")
    _check_media_type(request, declared.media_types)
    if not request.body:
        if declared.required:
            raise _malformed("The body is empty; send a JSON object")
        return {}
    try:
        value = parse(request.body)
    except MalformedJsonError as error:
        raise _malformed(f"The body is not JSON as expected: {error}") from None
    _validate(declared.validator, value, "The body")
    if not isinstance(value, dict):
        raise _malformed("The body is not a JSON object")
    for name in operation.money_inputs:
        if name in value:
            _check_money(name, value[name])
    return value


def _query(operation: Operation, query: bytes) -> JsonObject:
    try:
        pairs = parse_qsl(
            query.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS
        )
    except ValueError:
        raise _malformed(f"The query is not URL-encoded UTF-8 of at most {_MOST_PARAMETERS} parameters") from None
    found: JsonObject = {}
    for parameter in operation.query:
        texts = [text for name, text in pairs if name == parameter.name]
        if len(texts) > 1:
            raise _malformed(f"{parameter.name} is given {len(texts)} times")
        if texts:
            value = _QUERY_TYPES[parameter.encoding](parameter.name, texts[0])
            _validate(parameter.validator, value, parameter.name)
            found[parameter.name] = value
        elif parameter.required:
            raise _malformed(f"{parameter.name} is missing")
    return found


def _check_media_type(request: Request, accepted: tuple[str, ...]) -> None:
    values = request.header("content-type")
    if not values and not request.body:
        return
    if len(values) != 1:
        raise RefusalError("unsupported_media_type", f"Send one Content-Type header: {' or '.join(accepted)}")
    problem = _problem(values[0], accepted)
    if problem is not None:
        raise RefusalError("unsupported_media_type", problem)
    codings = request.header("content-encoding")
    if codings and any(coding.strip().lower() != "identity" for coding in codings):
        raise RefusalError("unsupported_media_type", "A Content-Encoding is not accepted; send the body as it is")


@lru_cache(maxsize=64)
def _problem(content_type: str, accepted: tuple[str, ...]) -> str | None:
    """Return why a body of some type can't be read; None where it can."""
    media_type, *parameters = (part.strip(" \t").lower() for part in content_type.split(";"))
    if media_type not in accepted:
        return f"{media_type!r:.60} is not accepted; send {' or '.join(accepted)}"
    for parameter in parameters:
        name, _, charset = parameter.partition("=")
        if name.strip() == "charset" and charset.strip('"') not in {"utf-8", "utf8", "us-ascii"}:
            return f"The charset {charset!r:.60} is not accepted; send UTF-8"
    return None


def _validate(validator: Validator, value: JsonValue, place: str) -> None:
    if validator.is_valid(value):
        return
    error = next(validator.iter_errors(value))
    inside = ".".join(str(step) for step in error.instance_path)
    raise _malformed(f"{inside or place}: {error.message[:_LONGEST_REASON]}")


def _check_money(name: str, value: JsonValue) -> None:
    if value is None:  # where the contract allows null, there is no amount
        return
    try:
        money.parse(value)
    except money.MoneyError as error:
        raise _malformed(f"{name}: {error}") from None


def _from_json(name: str, text: str) -> JsonValue:
    try:
        return parse(text.encode("utf-8", "surrogatepass"))
    except MalformedJsonError as error:
        raise _malformed(f"{name} is not JSON as expected: {error}") from None


def _from_boolean(name: str, text: str) -> JsonValue:
    if text not in {"true", "false"}:
        raise _malformed(f"{name} is {text!r:.60}; a boolean in a query is true or false")
    return text == "true"


def _from_integer(name: str, text: str) -> JsonValue:
    if not re.fullmatch(r"-?[0-9]{1,20}", text):
        raise _malformed(f"{name} is {text!r:.60}; that is not a whole number")
    return int(text)


def _from_string(_: str, text: str) -> JsonValue:
    return text


_QUERY_TYPES: Final[dict[Encoding, Callable[[str, str], JsonValue]]] = {
    "json": _from_json,
    "boolean": _from_boolean,
    "integer": _from_integer,
    "string": _from_string,
}


def _malformed(message: str) -> RefusalError:
    return RefusalError("invalid_request", message)
