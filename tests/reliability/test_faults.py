"""Each thing that can go wrong, one at a time: what comes out, what was done, and who was contacted."""

import socket
import ssl
import tracemalloc
from typing import TYPE_CHECKING

import pytest
from tests.reliability.caller import KINDS, READ, WRITE, Caller
from tests.reliability.faults.catalogue import FAULTS, HUGE, SLOW, elsewhere
from tests.reliability.faults.server import FaultyServer, plain_text, resetting
from tests.unit.runtime.sockets import Serve
from tests.unit.transport.wires import CA_FILE

from bubblehouse_loyalty import errors
from bubblehouse_mock import BubblehouseMock

if TYPE_CHECKING:
    from tests.reliability.conftest import ServeFault

LIMIT = 1_000_000
SMALL = {"max_response_bytes": LIMIT}


@pytest.fixture(params=KINDS)
def caller(request: pytest.FixtureRequest, mock: BubblehouseMock) -> Caller:
    return Caller(request.param).of(mock, timeout=10)


def applied(mock: BubblehouseMock) -> int:
    """Count how often the redemption that tests call was done."""
    [customer] = [it for it in mock.customers if it.shopid == "1001"]
    return sum(it.type == "redeemed_towards_order" and it.pts == -5 for it in customer.changes)


@pytest.mark.parametrize("name", FAULTS)
def test_a_write_is_done_or_refused_or_said_to_be_unknown(
    caller: Caller, mock: BubblehouseMock, serve_fault: "ServeFault", name: str
) -> None:
    fault, slow = FAULTS[name], name.startswith(SLOW)
    server = serve_fault(fault)
    given = {"base_url": server.base_url, "wire": SMALL, "timeout": 0.2 if slow else 10}
    if not fault.spoils:
        caller.call(WRITE, **given)
        assert applied(mock) == 1
        return
    error = caller.error(WRITE, **given)
    assert isinstance(error, errors.CallError)
    assert server.received == 1 or slow or error.attempts > 1
    if isinstance(error, errors.OutcomeUnknownError):
        assert error.attempts == 1
        assert applied(mock) == fault.applies or slow  # a busy machine may be too slow to have done it
    else:
        assert not fault.applies or slow
        assert applied(mock) == 0


@pytest.mark.parametrize("name", FAULTS)
def test_a_read_that_cannot_be_had_is_never_said_to_be_unknown(
    caller: Caller, serve_fault: "ServeFault", name: str
) -> None:
    server = serve_fault(FAULTS[name])
    timeout = 0.2 if name.startswith(SLOW) else 10
    given = {"base_url": server.base_url, "wire": SMALL, "max_retries": 0, "timeout": timeout}
    if not FAULTS[name].spoils:
        caller.call(READ, **given)
        return
    error = caller.error(READ, **given)
    assert isinstance(error, errors.CallError)
    assert not isinstance(error, errors.OutcomeUnknownError)


# --- connections --------------------------------------------------------------------------------------------------


def test_a_refused_connection_is_no_unknown_outcome(caller: Caller) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        error = caller.error(WRITE, base_url=f"http://127.0.0.1:{closed.getsockname()[1]}/api")
    assert isinstance(error, errors.APIConnectionError)
    assert not error.sent


def test_a_reset_before_reading(caller: Caller, serve: Serve) -> None:
    error = caller.error(WRITE, base_url=serve(resetting).url.partition("/v1")[0])
    assert isinstance(error, errors.OutcomeUnknownError | errors.APIConnectionError)


def test_no_redirect_is_followed(caller: Caller, serve: Serve, serve_fault: "ServeFault") -> None:
    other = serve(lambda connection: connection.close())
    server = serve_fault(elsewhere(int(other.url.split("/")[2].rpartition(":")[2])))
    for name in (READ, WRITE):
        error = caller.error(name, base_url=server.base_url)
        assert type(error) is errors.APIError
        assert error.status == 308
    assert other.accepted == 0


# --- TLS ----------------------------------------------------------------------------------------------------------


def tls_error(caller: Caller, url: str, context: ssl.SSLContext | None = None) -> errors.APIConnectionError:
    error = caller.error(WRITE, base_url=url, wire={"ssl_context": context}, timeout=3, max_retries=0)
    assert isinstance(error, errors.APIConnectionError)
    assert not error.sent
    return error


def test_a_server_that_cannot_be_trusted_gets_no_request(
    caller: Caller, mock: BubblehouseMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_up = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda _, *rest, **more: look_up("127.0.0.1", *rest, **more))
    server = FaultyServer(mock, tls=True)
    trusting = ssl.create_default_context(cafile=CA_FILE)
    try:
        assert "certificate verify failed" in str(tls_error(caller, server.base_url))
        of_another_name = server.base_url.replace("127.0.0.1", "another.test")
        assert "certificate verify failed" in str(tls_error(caller, of_another_name, trusting))
        assert server.received == 0
        caller.call(WRITE, base_url=server.base_url, wire={"ssl_context": trusting}, timeout=5)  # it does serve
    finally:
        server.stop()
    assert applied(mock) == 1


def test_plain_text_on_the_tls_port(caller: Caller, serve: Serve) -> None:
    url = serve(plain_text).url.partition("/v1")[0]
    assert "could not connect" in str(tls_error(caller, url.replace("http:", "https:")))


# --- memory -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [READ, WRITE])
@pytest.mark.parametrize("fault", ["50 MB before applying", "endless before applying", "gzip bomb before applying"])
def test_memory_is_bounded_by_the_limit(caller: Caller, serve_fault: "ServeFault", fault: str, name: str) -> None:
    server = serve_fault(FAULTS[fault])
    caller.error(name, base_url=server.base_url, wire=SMALL, max_retries=0, timeout=5)  # warmed up
    tracemalloc.start()
    try:
        error = caller.error(name, base_url=server.base_url, wire=SMALL, max_retries=0, timeout=5)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert f"larger than {LIMIT} bytes" in str(error)
    assert peak < 4 * LIMIT < HUGE / 10
