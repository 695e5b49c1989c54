"""What a transport is set up with is checked at once, and told by name."""

import ssl
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from tests.unit.transport.wires import CA_FILE

from bubblehouse.errors import ConfigurationError
from bubblehouse.transport import (
    AsyncHttpx2Transport,
    AsyncHttpxTransport,
    AsyncPyreqwestTransport,
    Httpx2Transport,
    HttpxTransport,
    PyreqwestTransport,
)

MANAGED = [Httpx2Transport, AsyncHttpx2Transport, PyreqwestTransport, AsyncPyreqwestTransport]


@pytest.mark.parametrize("transport", MANAGED)
@pytest.mark.parametrize(
    ("argument", "value", "problem"),
    [
        ("proxy", "", "must not be empty"),
        ("proxy", 1, "must be a string, not int"),
        ("proxy", "gopher://ada:hunter2@p.test", "is not a URL of http, https or socks5"),
        ("proxy", "http://ada:hunter2@p.test:99999", "is not a URL of http, https or socks5"),
        ("proxy", "http://ada:hunter2@", "is not a URL of http, https or socks5"),
        ("ca_file", 1, "must be a path, not int"),
        ("ca_file", "/no/such/file", "can't be read: No such file or directory"),
        ("max_connections", 0, "must be 1 or more, not 0"),
        ("max_connections", -1, "must be 0 or more, not -1"),
        ("max_connections", 1.5, "must be an int, not float"),
        ("max_connections", None, "must be an int, not NoneType"),
        ("max_keepalive", -1, "must be 0 or more, not -1"),
        ("max_keepalive", True, "must be an int, not bool"),
        ("keepalive_seconds", 0, "must be a finite number of seconds, above 0 and at most 10**9, not 0"),
        ("keepalive_seconds", "5", "must be a number of seconds, not str"),
        ("max_response_bytes", 0, "must be 1 or more, not 0"),
        ("max_response_bytes", "1", "must be an int, not str"),
    ],
)
def test_a_wrong_one_is_named(transport: Callable[..., object], argument: str, value: object, problem: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        transport(**{argument: value})
    assert (caught.value.argument, caught.value.problem) == (argument, problem)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("transport", [Httpx2Transport, AsyncHttpx2Transport])
def test_two_ways_to_verify_are_one_too_many(transport: Callable[..., object]) -> None:
    with pytest.raises(ConfigurationError, match="ssl_context: does not go with ca_file"):
        transport(ca_file=CA_FILE, ssl_context=ssl.create_default_context())
    with pytest.raises(ConfigurationError, match=r"ssl_context: must be an ssl\.SSLContext, not bool"):
        transport(ssl_context=False)


@pytest.mark.parametrize("transport", MANAGED)
def test_nothing_of_it_shows_a_password(transport: Callable[..., Any]) -> None:
    made = transport(proxy="http://ada:hunter2@p.test")
    assert "hunter2" not in repr(made)
    assert "hunter2" not in repr(vars(made))


@pytest.mark.parametrize("transport", [HttpxTransport, AsyncHttpxTransport])
def test_a_client_has_to_be_one(transport: Callable[..., object]) -> None:
    with pytest.raises(ConfigurationError, match=r"client: object has no build_request\(\), which is needed"):
        transport(object())
    other = httpx.AsyncClient() if transport is HttpxTransport else httpx.Client()
    with pytest.raises(ConfigurationError, match=r"client: \w+ has no (aclose|close)\(\), which is needed"):
        transport(other)
    right = httpx.Client() if transport is HttpxTransport else httpx.AsyncClient()
    with pytest.raises(ConfigurationError, match="max_response_bytes: must be 1 or more"):
        transport(right, max_response_bytes=0)
