"""The HTTP answer stands beside the result, and travels no further."""

import copy
import pickle
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from bubblehouse import errors
from bubblehouse.transport import Response, TransportError

if TYPE_CHECKING:
    from tests.unit.runtime.conftest import Bench

OK = Response(200, (("X-Trace", "t-1"),), b'{"code": "x", "pts": 1}')


def test_a_result_knows_its_answer(bench: "Bench") -> None:
    result = bench.call(bench.client(bench.script(TransportError("refused", sent=False), OK)))
    answer = result.answer
    assert (answer.status, answer.content, answer.header("x-trace")) == (200, OK.content, "t-1")
    assert answer.headers == OK.headers
    assert (answer.operation, answer.attempts) == ("CustomerBalance3", 2)
    assert answer.elapsed == pytest.approx(0.5), "the wait between the attempts"


def test_an_answer_shows_no_body_and_changes_nothing_of_its_result(bench: "Bench") -> None:
    result = bench.call(bench.client(bench.script(OK)))
    other = bench.call(bench.client(bench.script(Response(201, (), OK.content))))
    assert result == other
    assert "t-1" not in repr(result)
    assert "code" not in repr(result.answer)
    assert "answer" not in result.to_dict()


@pytest.mark.parametrize("travel", [copy.copy, copy.deepcopy])
def test_a_copy_was_not_answered(bench: "Bench", travel: Callable[[Any], Any]) -> None:
    result = bench.call(bench.client(bench.script(OK)))
    arrived = travel(result)
    assert arrived == result
    with pytest.raises(AttributeError, match="is not what a call returned"):
        _ = arrived.answer


def test_an_object_that_was_made_by_hand_was_not_answered(bench: "Bench") -> None:
    made = type(bench.call(bench.client(bench.script(OK)))).from_dict({"code": "x", "pts": 1})
    assert not hasattr(made, "answer")
    assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301 - made a moment ago


def test_an_error_has_the_last_wait_that_was_asked_for(bench: "Bench") -> None:
    limited = Response(429, (("Retry-After", "3"),), b'{"id": "rate_limit_exceeded"}')
    client = bench.client(bench.script(limited, TransportError("reset", sent=True)))
    with pytest.raises(errors.APIConnectionError) as caught:
        bench.call(client)
    assert caught.value.retry_after == 3.0
    assert (caught.value.attempts, caught.value.elapsed) == (3, 4.0), "3 s as asked, then 1 s of backoff"


def test_an_api_error_has_headers_and_content(bench: "Bench") -> None:
    response = Response(422, (("X-Trace", "t-2"),), b'{"id": "insufficient_points"}')
    with pytest.raises(errors.APIError) as caught:
        bench.call(bench.client(bench.script(response)))
    assert (caught.value.headers, caught.value.content) == (response.headers, response.content)
