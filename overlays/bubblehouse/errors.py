"""Every exception that comes out of the runtime.

BubblehouseError
├── ConfigurationError           an argument of the client is wrong (also a ValueError)
├── ClientClosedError            the client was closed before the call (also a RuntimeError)
└── CallError                    a call failed; it knows the operation, the attempts and the time they took
    ├── InvalidArgumentError     an argument can't be sent; nothing was (also a ValueError)
    ├── TokenError               no token could be had; nothing was sent
    ├── ClientRateLimitError     this client's own rate limits leave no room in time; nothing was sent
    ├── APIConnectionError       no answer came, and nothing can have been changed
    │   └── APITimeoutError      … because time ran out
    ├── ResponseTooLargeError    an answer beyond the size that is read
    ├── ResponseValidationError  an answer that doesn't fit the contract
    ├── OutcomeUnknownError      a write that may have been applied: find out before sending it again
    └── APIError                 the server answered with an error
        ├── GlobalError, CustomerIdentityError, OperationError                      by scope
        └── BadRequestError 400, AuthenticationError 401, PermissionDeniedError 403,
            NotFoundError 404, UnprocessableEntityError 422, RateLimitError 429,
            InternalServerError 5xx                                                 by status

A generated class per error id derives from its scope and its status. OutcomeUnknownError derives from neither the
connection errors nor InternalServerError, so that code which repeats a call after one of those never repeats a write
that may have been applied: what happened stands in its `reason`.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from bubblehouse.texts import discreet, one_line, place

if TYPE_CHECKING:
    from bubblehouse.api import RateLimit
    from bubblehouse.transport import Headers, Response

__all__ = [
    "APIConnectionError",
    "APIError",
    "APITimeoutError",
    "AuthenticationError",
    "BadRequestError",
    "BubblehouseError",
    "CallError",
    "ClientClosedError",
    "ClientRateLimitError",
    "ConfigurationError",
    "CustomerIdentityError",
    "GlobalError",
    "InternalServerError",
    "InvalidArgumentError",
    "NotFoundError",
    "OperationError",
    "OutcomeUnknownError",
    "PermissionDeniedError",
    "RateLimitError",
    "ResponseTooLargeError",
    "ResponseValidationError",
    "TokenError",
    "UnprocessableEntityError",
]


def _blank(cls: "type[BubblehouseError]", args: tuple[object, ...]) -> "BubblehouseError":
    return cls.__new__(cls, *args)


def _impersonal(response: "Response") -> "Response":
    headers = tuple((name, discreet(value)) for name, value in response.headers)
    return response._replace(headers=headers, content=b"")


class BubblehouseError(Exception):
    """Anything that goes wrong here. All of them survive pickling and copying, whatever their constructor asks for.

    Pickles lie about in queues and caches. What in an answer may be a customer's data is not in them: the body is left
    out, and addresses and numbers in headers are masked. Copies have all.
    """

    def __reduce__(
        self,
    ) -> "tuple[Callable[..., BubblehouseError], tuple[type[BubblehouseError], tuple[object, ...]], dict[str, object]]":
        return _blank, (type(self), self.args), self._to_pickle()

    def __copy__(self) -> "BubblehouseError":
        return self._with(self.__dict__)

    def __deepcopy__(self, memo: dict[int, object]) -> "BubblehouseError":
        from copy import deepcopy  # noqa: PLC0415 - whoever asks for one has it

        return self._with(deepcopy(self.__dict__, memo))

    def _with(self, state: dict[str, object]) -> "BubblehouseError":
        made = _blank(type(self), self.args)
        made.__setstate__(state)
        return made

    def _to_pickle(self) -> dict[str, object]:
        return self.__dict__


class ConfigurationError(BubblehouseError, ValueError):
    """An argument of the client is wrong.

    Attributes:
        argument: The argument's name.
        problem: What is wrong with it, without its value where that is a secret.
    """

    def __init__(self, argument: str, problem: str) -> None:
        super().__init__(f"{argument}: {problem}")
        self.argument = argument
        self.problem = problem


class ClientClosedError(BubblehouseError, RuntimeError):
    """The client, or the one it came from, was closed."""

    def __init__(self) -> None:
        super().__init__("the client is closed; make a new one")


class CallError(BubblehouseError):
    """A call failed.

    Attributes:
        operation: The function that was called.
        attempts: How often it was sent.
        elapsed: Seconds from the call to the error, waiting included.
        retry_after: Seconds that the server asked to wait, when it last did so in this call; or None.
    """

    operation: str = ""
    attempts: int = 0
    elapsed: float = 0.0
    retry_after: float | None = None

    def __str__(self) -> str:
        text = super().__str__()
        text = f"{self.operation}: {text}" if self.operation else text
        return f"{text} ({self.attempts} attempts in {self.elapsed:.1f} s)" if self.attempts > 1 else text


class InvalidArgumentError(CallError, ValueError):
    """An argument of the call can't be sent. Nothing was."""


class TokenError(CallError):
    """No usable token could be had. Nothing was sent. What the token callable raised is the cause."""


class ClientRateLimitError(CallError):
    """The rate limits that this client keeps would have the call wait for longer than it may. Nothing was sent.

    The server's own refusal is a `RateLimitError`.

    Attributes:
        limit: The limit that has the call wait.
        retry_after: Seconds until there is room.
    """

    def __init__(self, limit: "RateLimit", *, retry_after: float) -> None:
        super().__init__(f"the limit of {limit} leaves no room for {retry_after:,.1f} s; nothing was sent")
        self.limit = limit
        self.retry_after: float | None = retry_after


class APIConnectionError(CallError):
    """No answer came. The call was a read, or it is certain that the server never saw it: it may be repeated.

    As the `reason` of an `OutcomeUnknownError` it was a write, and may have been applied.

    Attributes:
        sent: Whether the server may have seen the request.
    """

    def __init__(self, text: str, *, sent: bool) -> None:
        super().__init__(text)
        self.sent = sent


class APITimeoutError(APIConnectionError):
    """No answer came in time. As for every `APIConnectionError`, the call may be repeated."""


class ResponseTooLargeError(CallError):
    """A read's answer is larger than the transport reads; raise its `max_response_bytes` if that is to be expected.

    Attributes:
        limit: The most bytes that are read.
    """

    def __init__(self, text: str, *, limit: int) -> None:
        super().__init__(text)
        self.limit = limit


class ResponseValidationError(CallError):
    """A read's answer does not fit the contract.

    Attributes:
        response: The answer; without its body in a pickle.
        path: Where in its JSON the problem is.
        problem: What the problem is.
    """

    def __init__(self, problem: str, *, response: "Response", path: tuple[str | int, ...] = ()) -> None:
        where = f" at {one_line(place(path), 80)}" if path else ""
        super().__init__(f"the answer ({response.status}) does not fit the contract{where}: {problem}")
        self.response = response
        self.path = path
        self.problem = problem

    def _to_pickle(self) -> dict[str, object]:
        return {**self.__dict__, "response": _impersonal(self.response)}


class OutcomeUnknownError(CallError):
    """A write that may have been applied. Don't send it again before you know.

    Attributes:
        reason: What happened: an `APIConnectionError` (no answer), an `InternalServerError` (the server failed on the
            way), a `ResponseTooLargeError` or a `ResponseValidationError` (a success that can't be read). It is the
            cause, too.
        outcome_read_by: The read function that tells whether the write was applied, where there is one.
    """

    __cause__: BaseException | None

    def __init__(self, reason: CallError, *, outcome_read_by: str | None = None) -> None:
        self.reason = reason
        self.outcome_read_by = outcome_read_by
        certainty = "was most likely applied" if self.likely_applied else "may or may not have been applied"
        if outcome_read_by is None:
            advice = "find out before you send it again"
        else:
            advice = f"ask {outcome_read_by} before you send it again"
        super().__init__(f"the call {certainty}; {advice}. What happened: {reason}")
        self.__cause__ = reason

    @property
    def response(self) -> "Response | None":
        """The answer, or None where none came."""
        return self.reason.response if isinstance(self.reason, APIError | ResponseValidationError) else None

    @property
    def likely_applied(self) -> bool:
        """True where the server reported a success, though one that can't be read."""
        return isinstance(self.reason, ResponseValidationError)

    @property
    def timed_out(self) -> bool:
        """True where time ran out."""
        return isinstance(self.reason, APITimeoutError)

    def __setstate__(self, state: dict[str, object] | None) -> None:
        super().__setstate__(state)
        self.__cause__ = self.reason  # pickle leaves causes out


class APIError(CallError):
    """The server answered with an error. The request is not kept: it holds the token.

    Attributes:
        response: The answer. Its body may hold a customer's data, so it is in neither the text, the repr nor a
            pickle. Should the answer repeat the token, it is masked here, too.
        id: The error id, exactly as the server sent it, or None where it sent none.
        message: What the server said, on one line and cut to a readable length, with email addresses and telephone
            numbers masked; else what is known of the answer.
    """

    def __init__(
        self,
        response: "Response",
        *,
        error_id: str | None = None,
        message: str = "",
        retry_after: float | None = None,
    ) -> None:
        shown = [str(response.status), *([discreet(error_id, 80)] if error_id else [])]
        super().__init__(" ".join(shown) + (f": {message}" if message else ""))
        self.response = response
        self.id = error_id
        self.message = message
        self.retry_after = retry_after

    def _to_pickle(self) -> dict[str, object]:
        return {**self.__dict__, "response": _impersonal(self.response)}

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.response.status

    @property
    def headers(self) -> "Headers":
        """The answer's headers."""
        return self.response.headers

    @property
    def content(self) -> bytes:
        """The answer's body."""
        return self.response.content


class GlobalError(APIError):
    """An error that any function of any API may answer: token, rate limit, global version."""


class CustomerIdentityError(APIError):
    """An error that any function of the Loyalty API may answer: whom the call is about."""


class OperationError(APIError):
    """An error of one function: the API understood the call and refused it."""


class BadRequestError(APIError):
    """Status 400."""


class AuthenticationError(APIError):
    """Status 401."""


class PermissionDeniedError(APIError):
    """Status 403."""


class NotFoundError(APIError):
    """Status 404."""


class UnprocessableEntityError(APIError):
    """Status 422."""


class RateLimitError(APIError):
    """Status 429. The call was not applied."""


class InternalServerError(APIError):
    """Any status from 500 to 599, on a read. On a write it is the reason of an `OutcomeUnknownError`."""


STATUS_CLASSES: Final[Mapping[int, type[APIError]]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    422: UnprocessableEntityError,
    429: RateLimitError,
    **dict.fromkeys(range(500, 600), InternalServerError),
}
"""Status to the class that all errors of that status share."""
