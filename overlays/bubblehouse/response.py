"""From an answer's bytes to a model, or to the exception that says what the answer was."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, cast

from bubblehouse.errors import STATUS_CLASSES, APIError, ResponseValidationError
from bubblehouse.jsontext import parse
from bubblehouse.model import DecodeError, Model
from bubblehouse.operation import Operation, OutputT
from bubblehouse.retry import retry_after
from bubblehouse.texts import discreet
from bubblehouse.transport import Response

if TYPE_CHECKING:
    from bubblehouse.dialect import Dialect

_MASK: Final = "[token]"
_LEAST_TOKEN: Final = 16  # a shorter one is a test's, and masking it would garble the text


def read(
    operation: Operation[OutputT],
    response: Response,
    dialect: "Dialect | None" = None,
    *,
    token: str,
    now: Callable[[], float],
) -> OutputT:
    """Return the model of a successful answer.

    Args:
        operation: What was called.
        response: The answer. Its content type is not looked at: gateways get it wrong, and the bytes tell.
        dialect: How the global version differs from what generated code says. JSON objects are given as they came.
        token: The token that was sent; should the answer repeat it, it is masked.
        now: Returns the time as `time.time` does.

    Raises:
        APIError: The answer is no success. Its class is the documented one, or else that of the status.
        ResponseValidationError: The answer is a success that does not fit the contract.
    """
    if not 200 <= response.status < 300:  # noqa: PLR2004 - what HTTP calls a success
        raise _error(operation, _masked(response, token), token, now)
    path: tuple[str | int, ...] = ()
    try:
        # In no variable of this frame, which reports of errors may show: an answer can repeat the token.
        return operation.output.from_dict(_general(parse(response.content), operation, dialect))
    except DecodeError as error:
        problem, path = error.problem, error.path
    except ValueError as error:
        problem = str(error)
    except RecursionError:
        problem = "it is nested too deeply"
    # Out here, or it would have exceptions for its context that hold the content.
    raise ResponseValidationError(problem, response=_masked(response, token), path=path)


def _general(data: object, operation: Operation[OutputT], dialect: "Dialect | None") -> object:
    """Return an answer with the names of generated code."""
    if dialect is None or not issubclass(operation.output, Model):
        return data
    return dialect.incoming(operation.name, data)


def _masked(response: Response, token: str) -> Response:
    """Return an answer as an error keeps it: should it repeat the token, without that."""
    if len(token) < _LEAST_TOKEN:
        return response
    headers = tuple((name, value.replace(token, _MASK)) for name, value in response.headers)
    masked = Response(response.status, headers, response.content.replace(token.encode(), _MASK.encode()))
    return response if masked == response else masked


def _error(operation: Operation[OutputT], response: Response, token: str, now: Callable[[], float]) -> APIError:
    error_id, message = _said(response)
    if len(token) >= _LEAST_TOKEN:
        error_id, message = error_id and error_id.replace(token, _MASK), message.replace(token, _MASK)
    documented = error_id and operation.error_class(response.status, error_id)
    return (documented or STATUS_CLASSES.get(response.status, APIError))(
        response, error_id=error_id, message=discreet(message), retry_after=retry_after(response, now)
    )


def _said(response: Response) -> tuple[str | None, str]:
    """Return the error id, if there is one, and the message: the server's, or else what is known of the answer."""
    try:
        body = parse(response.content)
    except (ValueError, RecursionError):
        body = None
    if isinstance(body, dict):
        fields = cast("dict[str, object]", body)
        error_id, message = fields.get("id"), fields.get("message")
        if isinstance(error_id, str) and error_id:
            return error_id, message if isinstance(message, str) else ""
        if isinstance(message, str) and message:
            return None, message
    if 300 <= response.status < 400:  # noqa: PLR2004 - what HTTP calls a redirection
        return None, "a redirect, and redirects are not followed: does base_url name the right host and scheme?"
    kind = response.header("Content-Type") or "no content type"
    return None, f"not an error of the API's own, but {len(response.content)} bytes of {kind}"
