"""From bytes to a model or the right exception, whatever the bytes are."""

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bubblehouse import errors
from bubblehouse.response import read
from bubblehouse.transport import Response

if TYPE_CHECKING:
    from tests.unit.runtime.conftest import Output

    from bubblehouse.operation import Operation

TOKEN = "header.claims.signature"


def raised(operation: "Operation[Output]", response: Response) -> errors.BubblehouseError:
    with pytest.raises(errors.BubblehouseError) as caught:
        read(operation, response, token=TOKEN, now=lambda: 0.0)
    return caught.value


# --- successes ----------------------------------------------------------------------------------------------------


def test_an_answer_becomes_its_model_and_keeps_what_is_new(operation: "Operation[Output]") -> None:
    content = '{"code": "é", "pts": 123456789012345678901234567890, "new": [1.5, null]}'.encode()
    answer = read(operation, Response(200, (), content), token=TOKEN, now=lambda: 0.0)
    assert (answer.code, answer.pts) == ("é", 123456789012345678901234567890)
    assert answer.additional_properties == {"new": [1.5, None]}


@pytest.mark.parametrize("status", [200, 201, 299])
@pytest.mark.parametrize("kind", [(), (("Content-Type", "text/html"),)])
def test_the_bytes_tell_not_the_content_type(
    operation: "Operation[Output]", status: int, kind: tuple[tuple[str, str], ...]
) -> None:
    assert read(operation, Response(status, kind, b'{"code": "x", "pts": 1}'), token=TOKEN, now=lambda: 0.0).pts == 1


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "it is empty"),
        (b"<html>", "not JSON"),
        (b'{"code": "x", "pts": 1', "not JSON"),
        (b'{"code": "x", "pts": 1} x', "not JSON"),
        (b'{"code": "\xff", "pts": 1}', "not UTF-8"),
        (b'\xef\xbb\xbf{"code": "x", "pts": 1}', "not JSON"),
        (b'{"code": "x", "pts": NaN}', "JSON has no NaN"),
        (b'{"code": "x", "pts": -Infinity}', "JSON has no -Infinity"),
        (b'{"code": "x", "pts": 1e999}', "too large"),
        (b'{"code": "x", "pts": 1, "pts": 2}', "same key twice"),
        (b'{"code": "x", "pts": 1, "y": {"z": 1, "z": 1}}', "same key twice"),
        (b'{"pts": ' + b"9" * 5000 + b"}", "digits"),
        (b"[" * 100_000, "nested too deeply"),
        (b"[]", "expected an object, got list"),
        (b"null", "expected an object, got null"),
        (b'"text"', "expected an object, got str"),
        (b'{"pts": 1}', "at code: is required"),
        (b'{"code": 5, "pts": 1}', "at code: expected a string, got int"),
        (b'{"code": null, "pts": 1}', "at code: expected a string, got null"),
    ],
)
def test_a_success_that_does_not_fit_says_where_and_why(
    operation: "Operation[Output]", content: bytes, problem: str
) -> None:
    error = raised(operation, Response(200, (), content))
    assert isinstance(error, errors.ResponseValidationError)
    assert problem in str(error)
    assert error.response.content == content


def test_where_is_data_too(operation: "Operation[Output]") -> None:
    error = raised(operation, Response(200, (), b'{"pts": 1}'))
    assert isinstance(error, errors.ResponseValidationError)
    assert (error.path, error.problem) == (("code",), "is required, and missing")


# --- errors -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "content", "kind", "error_id"),
    [
        (422, {"id": "insufficient_points"}, "InsufficientPointsError", "insufficient_points"),
        (429, {"id": "rate_limit_exceeded"}, "RateLimitExceededError", "rate_limit_exceeded"),
        (404, {"id": "insufficient_points"}, "NotFoundError", "insufficient_points"),
        (422, {"id": "brand_new"}, "UnprocessableEntityError", "brand_new"),
        (404, {"id": "order not found"}, "NotFoundError", "order not found"),
        (404, {}, "NotFoundError", None),
        (400, {"id": 5}, "BadRequestError", None),
        (400, {"id": ""}, "BadRequestError", None),
        (401, [], "AuthenticationError", None),
        (403, "no", "PermissionDeniedError", None),
        (429, None, "RateLimitError", None),
        (500, {"id": "insufficient_points"}, "InternalServerError", "insufficient_points"),
        (520, {}, "InternalServerError", None),
        (599, {}, "InternalServerError", None),
        (418, {"id": "teapot"}, "APIError", "teapot"),
        (999, {}, "APIError", None),
        (0, {}, "APIError", None),
        (304, {}, "APIError", None),
    ],
)
def test_status_and_id_choose_the_class(
    operation: "Operation[Output]", status: int, content: object, kind: str, error_id: str | None
) -> None:
    error = raised(operation, Response(status, (), json.dumps(content).encode()))
    assert isinstance(error, errors.APIError)
    assert (type(error).__name__, error.id, error.status) == (kind, error_id, status)


def test_the_servers_words_come_through_on_one_line(operation: "Operation[Output]") -> None:
    error = raised(operation, Response(404, (), b'{"id": "x", "message": "Nobody\\n  here"}'))
    assert isinstance(error, errors.APIError)
    assert error.message == "Nobody here"
    assert str(error) == "404 x: Nobody here"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_said_to_be_one(operation: "Operation[Output]", status: int) -> None:
    headers = (("Location", "https://elsewhere.test/?token=hunter2"),)
    error = raised(operation, Response(status, headers, b"<a href=..."))
    assert type(error) is errors.APIError
    assert "redirects are not followed" in str(error)
    assert "hunter2" not in str(error)


def test_a_gateways_page_is_said_to_be_one_without_repeating_it(operation: "Operation[Output]") -> None:
    error = raised(operation, Response(502, (("content-type", "text/html"),), b"<h1>Bad Gateway for ada@x.test</h1>"))
    assert isinstance(error, errors.InternalServerError)
    assert str(error) == "502: not an error of the API's own, but 35 bytes of text/html"


def test_an_error_that_is_nested_too_deeply_is_still_one(operation: "Operation[Output]") -> None:
    error = raised(operation, Response(500, (), b"[" * 100_000))
    assert isinstance(error, errors.InternalServerError)


def test_what_the_server_asks_to_wait_is_on_the_error(operation: "Operation[Output]") -> None:
    error = raised(operation, Response(429, (("Retry-After", "3"),), b"{}"))
    assert isinstance(error, errors.APIError)
    assert error.retry_after == 3


def test_a_token_that_the_server_repeats_is_masked(operation: "Operation[Output]") -> None:
    body = {"id": f"bad {TOKEN}", "message": f"Bearer {TOKEN} is no good"}
    error = raised(operation, Response(401, (), json.dumps(body).encode()))
    assert TOKEN not in f"{error} {error!r} {vars(error)}"
    assert "[token]" in str(error)


# --- whatever the bytes are ---------------------------------------------------------------------------------------

json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["id", "message", "code", "pts"]) | st.text(), inner)
    ),
).map(lambda value: json.dumps(value).encode())
headers = st.lists(
    st.tuples(st.sampled_from(["Retry-After", "Date", "Content-Type", "Location"]) | st.text(), st.text()), max_size=4
)


@settings(max_examples=300)
@given(st.integers(0, 999), headers, st.binary() | json_like)
@example(200, [], b'{"code": "\\ud800", "pts": 1e400}')
@example(500, [("Retry-After", "Mon, 99 Foo 99999999999 99:99:99 +9999")], b'{"id": "\\ud800", "message": "\\ud800"}')
def test_only_our_errors_come_out(
    operation: "Operation[Output]", status: int, headers: list[tuple[str, str]], content: bytes
) -> None:
    outcome: object
    try:
        outcome = read(operation, Response(status, headers, content), token=TOKEN, now=lambda: 0.0)
    except errors.BubblehouseError as error:
        outcome = error
    if isinstance(outcome, operation.output):
        assert 200 <= status < 300
    else:
        assert isinstance(outcome, errors.APIError | errors.ResponseValidationError)
        assert str(outcome).isprintable()
