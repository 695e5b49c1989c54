"""What may be said for one call, or for a client made of another, and that nobody else feels it."""

from typing import TYPE_CHECKING, Any

import pytest

from bubblehouse import errors
from bubblehouse.transport import Request, Response, TransportError

if TYPE_CHECKING:
    from tests.unit.runtime.conftest import Bench

OK = Response(200, (), b'{"code": "x", "pts": 1}')
FAILS = TransportError("refused", sent=False)


def _header(request: Request, name: str) -> list[str]:
    return [value for key, value in request.headers if key.lower() == name]


def test_options_hold_for_one_call_alone(bench: "Bench") -> None:
    script = bench.script(OK)
    client = bench.client(script, timeout=20, headers={"X-Region": "eu", "x-team": "one"})
    bench.call(client, timeout=4.0, max_retries=0, headers={"x-region": "us"})
    bench.call(client, max_retries=0)
    assert script.timeouts == [4.0, 20.0]
    assert [_header(request, "x-region") for request in script.requests] == [["us"], ["eu"]]
    assert [_header(request, "x-team") for request in script.requests] == [["one"], ["one"]]


def test_a_call_may_ask_for_no_retries_or_for_more(bench: "Bench") -> None:
    script = bench.script(FAILS)
    client = bench.client(script, max_retries=1)
    for retries, attempts in ((0, 1), (4, 5)):
        with pytest.raises(errors.APIConnectionError) as caught:
            bench.call(client, max_retries=retries)
        assert caught.value.attempts == attempts
    with pytest.raises(errors.APIConnectionError) as caught:
        bench.call(client)
    assert caught.value.attempts == 2


def test_a_client_with_options_leaves_the_first_one_as_it_was(bench: "Bench") -> None:
    script = bench.script(OK)
    client = bench.client(script, timeout=20)
    quick = client.with_options(timeout=2, max_retries=0, headers={"X-Region": "eu"})
    quicker = quick.with_options(timeout=1)
    assert type(quick) is type(client)
    for each in (client, quick, quicker):
        bench.call(each, max_retries=0)
    assert script.timeouts == [20, 2, 1]
    assert [_header(request, "x-region") for request in script.requests] == [[], ["eu"], ["eu"]]
    assert len({_header(request, "authorization")[0] for request in script.requests}) == 1, "one token for all"


def test_closing_a_client_with_options_leaves_the_pool_open(bench: "Bench") -> None:
    script = bench.script(OK)
    client = bench.client(script)
    quick = client.with_options(timeout=2)
    bench.close(quick)
    with pytest.raises(errors.ClientClosedError):
        bench.call(quick)
    assert bench.call(client).pts == 1


@pytest.mark.parametrize(
    ("option", "value", "problem"),
    [
        ("timeout", 0, "above 0"),
        ("timeout", None, "must be a number of seconds, not NoneType"),
        ("timeout", "5", "must be a number of seconds, not str"),
        ("max_retries", -1, "must be 0 or more"),
        ("max_retries", 1.5, "must be an int, not float"),
        ("headers", [("a", "b")], "must be a mapping"),
        ("headers", {"X Region": "eu"}, "not a header's name"),
        ("headers", {1: "eu"}, "not a header's name"),
        ("headers", {"X-Region\r\nX-Evil": "eu"}, "not a header's name"),
        ("headers", {"Authorization": "Bearer hunter2"}, "must not have Authorization"),
        ("headers", {"content-LENGTH": "2"}, "must not have content-LENGTH"),
        ("headers", {"user-agent": "me"}, "must not have user-agent"),
        ("headers", {"X-Key": "hunter2\r\nX-Evil: 1"}, "control characters"),
        ("headers", {"X-Key": "hunter2é"}, "must be ASCII"),
        ("headers", {"X-Key": " hunter2"}, "without a space at its ends"),
        ("headers", {"X-Key": 5}, "must be a string, not int"),
    ],
)
def test_a_wrong_option_is_named_and_nothing_is_sent(bench: "Bench", option: str, value: Any, problem: str) -> None:
    script = bench.script(OK)
    client = bench.client(script)
    options: Any = {option: value}
    for act in (lambda: client.with_options(**options), lambda: bench.call(client, **options)):
        with pytest.raises(errors.ConfigurationError, match=problem) as caught:
            act()
        assert caught.value.argument.startswith(option)
        assert "hunter2" not in str(caught.value)
    assert script.requests == []


def test_an_option_that_does_not_exist_is_an_unexpected_keyword(bench: "Bench") -> None:
    script = bench.script(OK)
    options: Any = {"tmieout": 5}
    with pytest.raises(TypeError, match=r"unexpected keyword argument 'tmieout'.*timeout, max_retries, headers"):
        bench.call(bench.client(script), **options)
    assert script.requests == []


def test_no_header_of_the_user_is_in_a_repr(bench: "Bench") -> None:
    client = bench.client(bench.script(OK), headers={"X-Gateway-Key": "hunter2"})
    assert "hunter2" not in f"{client!r} {vars(client)}"


@pytest.mark.parametrize(("value", "problem"), [("", "empty"), ("a\nb", "control characters"), ("ü", "ASCII")])
def test_a_user_agent_fits_in_a_header(bench: "Bench", value: str, problem: str) -> None:
    with pytest.raises(errors.ConfigurationError, match=problem):
        bench.client(bench.script(OK), user_agent=value)
