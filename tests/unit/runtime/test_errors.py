"""What exceptions tell, what they keep to themselves, and that they travel."""

import copy
import pickle
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from bubblehouse import errors
from bubblehouse.api import RateLimit
from bubblehouse.texts import one_line
from bubblehouse.transport import Response

if TYPE_CHECKING:
    from tests.unit.runtime import conftest

RESPONSE = Response(422, (("Content-Type", "application/json"),), b'{"email": "ada@example.test"}')

EXAMPLES: dict[str, Callable[[], errors.BubblehouseError]] = {
    "BubblehouseError": lambda: errors.BubblehouseError("it broke"),
    "ConfigurationError": lambda: errors.ConfigurationError("shop", "must not be empty"),
    "ClientClosedError": errors.ClientClosedError,
    "CallError": lambda: errors.CallError("it broke"),
    "InvalidArgumentError": lambda: errors.InvalidArgumentError("pts: must be at least 1"),
    "TokenError": lambda: errors.TokenError("there is none"),
    "ClientRateLimitError": lambda: errors.ClientRateLimitError(
        RateLimit("read", "customer", "day", 1000), retry_after=3600.0
    ),
    "APIConnectionError": lambda: errors.APIConnectionError("refused", sent=False),
    "APITimeoutError": lambda: errors.APITimeoutError("too late", sent=True),
    "ResponseTooLargeError": lambda: errors.ResponseTooLargeError("too large", limit=10),
    "ResponseValidationError": lambda: errors.ResponseValidationError(
        "is missing", response=RESPONSE, path=("a", 0, "b")
    ),
    "OutcomeUnknownError": lambda: errors.OutcomeUnknownError(
        errors.APITimeoutError("too late", sent=True), outcome_read_by="CustomerBalance3"
    ),
}


def _api_error(kind: type[errors.APIError]) -> errors.APIError:
    return kind(RESPONSE, error_id="insufficient_points", message="Not enough", retry_after=2.5)


def _example(name: str) -> errors.BubblehouseError:
    return EXAMPLES[name]() if name in EXAMPLES else _api_error(getattr(errors, name))


def _pickled(error: errors.BubblehouseError) -> errors.BubblehouseError:
    result: errors.BubblehouseError = pickle.loads(pickle.dumps(error))  # noqa: S301 - made a moment ago
    return result


@pytest.mark.parametrize("travel", [_pickled, copy.copy, copy.deepcopy])
@pytest.mark.parametrize("name", errors.__all__)
def test_every_error_survives_travel(
    name: str, travel: Callable[[errors.BubblehouseError], errors.BubblehouseError]
) -> None:
    error = _example(name)
    if isinstance(error, errors.CallError):
        error.operation, error.attempts, error.elapsed = "SpendPoints1", 3, 1.5
    arrived = travel(error)
    assert type(arrived) is type(error)
    assert str(arrived) == str(error)
    assert arrived.args == error.args
    for key, value in vars(error).items():
        assert getattr(arrived, key) == value or repr(getattr(arrived, key)) == repr(value)
    assert vars(arrived).keys() == vars(error).keys()


def test_a_generated_class_survives_travel(bench: "conftest.Bench") -> None:
    client = bench.client(bench.script(Response(422, (), b'{"id": "insufficient_points"}')))
    with pytest.raises(errors.OperationError) as caught:
        bench.call(client)
    arrived = _pickled(caught.value)
    assert type(arrived) is type(caught.value)
    assert isinstance(arrived, errors.UnprocessableEntityError)
    assert (arrived.id, arrived.status, arrived.operation) == ("insufficient_points", 422, "CustomerBalance3")
    assert arrived.response == caught.value.response._replace(content=b""), "a body may hold a customer's data"
    for travel in (copy.copy, copy.deepcopy):
        assert travel(caught.value).response == caught.value.response


def test_an_unknown_outcome_keeps_its_cause_when_it_travels() -> None:
    arrived = _pickled(_example("OutcomeUnknownError"))
    assert isinstance(arrived, errors.OutcomeUnknownError)
    assert isinstance(arrived.__cause__, errors.APITimeoutError)
    assert arrived.__cause__ is arrived.reason
    assert arrived.timed_out


@pytest.mark.parametrize("name", ["ConfigurationError", "InvalidArgumentError"])
def test_bad_arguments_are_value_errors(name: str) -> None:
    assert isinstance(_example(name), ValueError)


@pytest.mark.parametrize(
    "retryable", [errors.APIConnectionError, errors.APITimeoutError, errors.APIError, errors.ResponseValidationError]
)
def test_an_unknown_outcome_is_caught_by_no_handler_that_might_repeat_the_call(retryable: type[Exception]) -> None:
    assert not issubclass(errors.OutcomeUnknownError, retryable)


def test_an_unknown_outcome_names_what_happened_and_what_tells() -> None:
    text = str(_example("OutcomeUnknownError"))
    assert "ask CustomerBalance3 before you send it again" in text
    assert "too late" in text
    assert "may or may not" in text


def test_an_unreadable_success_says_that_it_was_most_likely_applied() -> None:
    reason = errors.ResponseValidationError("it is empty", response=Response(200, (), b""))
    error = errors.OutcomeUnknownError(reason)
    assert error.likely_applied
    assert error.response is reason.response
    assert "most likely applied" in str(error)


def test_the_body_is_in_neither_text_nor_repr() -> None:
    for error in (_api_error(errors.NotFoundError), _example("ResponseValidationError")):
        error.operation = "SpendPoints1"  # type: ignore[attr-defined]
        assert "ada@" not in f"{error} {error!r} {vars(error)}"


def test_the_text_tells_operation_status_id_message_and_effort() -> None:
    error = _api_error(errors.UnprocessableEntityError)
    error.operation, error.attempts, error.elapsed = "SpendPoints1", 3, 2.04
    assert str(error) == "SpendPoints1: 422 insufficient_points: Not enough (3 attempts in 2.0 s)"


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("two\nlines\r\n", "two lines"),
        ("\x1b[31mred\x00", "[31mred"),
        ("half \ud800 pair", "half pair"),
        ("x" * 301, "x" * 299 + "…"),
        ("y" * 300, "y" * 300),
        (" " * 5000 + "far", ""),
    ],
)
def test_server_texts_become_one_printable_line(raw: str, shown: str) -> None:
    assert one_line(raw) == shown


def test_every_class_is_exported_and_documented() -> None:
    classes = {
        name: value for name, value in vars(errors).items() if isinstance(value, type) and issubclass(value, Exception)
    }
    assert set(classes) == set(errors.__all__)
    for name, value in classes.items():
        assert value.__doc__, name
        assert name in (errors.__doc__ or ""), name
