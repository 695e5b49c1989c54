"""Whatever a server, a transport, a middleware or a token callable does, nothing but a BubblehouseError comes out."""

import builtins
import json
import socket
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.contract.proof import contract as contracts
from tests.reliability.caller import CALLS, KINDS, READ, WRITE, Caller
from tests.reliability.shapes import complete
from tests.unit.runtime.sockets import Serve, receive

from bubblehouse.flow import Timing
from bubblehouse.transport import Request, Response
from bubblehouse_loyalty import errors

OPTIONS: Mapping[str, Any] = {"shop": "my-shop", "token": "a.token", "timing": Timing(jitter=lambda: 0.0)}
CONTRACT = contracts.load()
KIND_OF = {it.python_name: it.kind for it in CONTRACT.operations.values()}
WHOLE = {
    it.python_name: complete(CONTRACT, CONTRACT.response(it.id, 200)["content"]["application/json"]["schema"])
    for it in CONTRACT.operations.values()
}


class Transport:
    """Does what a test says, for clients of one kind."""

    def __init__(self, kind: str, behave: Callable[[], Any]) -> None:
        self._behave = behave
        self.send = self._send if kind == "sync" else self._asend

    def _send(self, _: Request, *, timeout: float) -> Any:
        del timeout
        return self._behave()

    async def _asend(self, _: Request, *, timeout: float) -> Any:  # noqa: ASYNC109 - the protocol's
        del timeout
        return self._behave()

    def close(self) -> None:
        """Nothing is open."""

    async def aclose(self) -> None:
        """Nothing is open."""


@pytest.fixture(params=KINDS)
def caller(request: pytest.FixtureRequest) -> Caller:
    return Caller(request.param, dict(OPTIONS))


def outcome(caller: Caller, name: str, behave: Callable[[], Any]) -> Any:
    """Return what a call returns or raises on a transport that behaves so."""
    try:
        return caller.call(name, transport=Transport(caller.kind, behave))
    except errors.BubblehouseError as error:
        return error


# --- answers ------------------------------------------------------------------------------------------------------

_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
_ids = st.sampled_from(sorted({error.id for error in CONTRACT.errors})) | st.text()
_errors = st.fixed_dictionaries({}, optional={"id": _ids | _json, "message": st.text() | _json})
_statuses = st.sampled_from([200, 201, 204, 302, 400, 401, 404, 413, 422, 429, 500, 502, 520]) | st.integers(-5, 10_000)
_headers = st.lists(
    st.tuples(
        st.sampled_from(["Retry-After", "Date", "Content-Type", "Location"]) | st.text(max_size=9),
        st.sampled_from(["0", "9" * 400, "-1", "1e9", "Wed, 21 Oct 2015 07:28:00 GMT", "nan", "Mon, 99"]) | st.text(),
    ),
    max_size=3,
)


@st.composite
def _near_answers(draw: st.DrawFn, name: str) -> bytes:
    """Real answers with something else in one place, or with bytes missing or turned."""
    body = json.loads(json.dumps(WHOLE[name]))
    place = body
    while isinstance(place, dict) and place:
        key = draw(st.sampled_from(sorted(place)))
        if not isinstance(place[key], dict) or draw(st.booleans()):
            place[key] = draw(_json)
            break
        place = place[key]
    raw = json.dumps(body).encode()
    if draw(st.booleans()):
        at = draw(st.integers(0, len(raw)))
        raw = raw[:at] + draw(st.binary(max_size=3)) + raw[draw(st.integers(at, len(raw))) :]
    return raw


def _contents(name: str) -> st.SearchStrategy[bytes]:
    return st.binary() | _near_answers(name) | (_errors | _json).map(lambda it: json.dumps(it).encode())


def _must_hold(name: str, status: int, result: Any) -> None:
    if not isinstance(result, errors.BubblehouseError):
        assert 200 <= status < 300
        assert result.answer.status == status
    elif isinstance(result, errors.OutcomeUnknownError):
        assert KIND_OF[name] == "write"
    else:
        assert KIND_OF[name] == "read" or 300 <= status < 500
    assert "a.token" not in str(result)


@pytest.mark.parametrize("name", CALLS)
@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_answer(caller: Caller, name: str, data: st.DataObject) -> None:
    status, headers, content = data.draw(_statuses), data.draw(_headers), data.draw(_contents(name))
    _must_hold(name, status, outcome(caller, name, lambda: Response(status, tuple(headers), content)))


@pytest.mark.parametrize("name", [READ, WRITE])
@pytest.mark.parametrize("status", [200, 400, 500])
@pytest.mark.parametrize(
    "content",
    [b"[" * 100_000, b'{"a":' * 50_000, b'{"pts":' + b"9" * 5000 + b"}", b'{"id":"\\ud800"}', b'{"id":"x","id":"y"}'],
    ids=["deep array", "deep object", "long number", "half a pair", "twice"],
)
def test_hostile_json(caller: Caller, name: str, status: int, content: bytes) -> None:
    result = outcome(caller, name, lambda: Response(status, (), content))
    assert isinstance(result, errors.BubblehouseError)
    str(result).encode()  # can be printed anywhere


@pytest.fixture(params=[READ, WRITE])
def raw(request: pytest.FixtureRequest, serve: Serve) -> Callable[[str, bytes], Any]:
    """Calls a server that answers with the given bytes, whatever they are, and closes the connection."""
    answer = b""

    def handle(connection: socket.socket) -> None:
        receive(connection)
        connection.sendall(answer)

    server = serve(handle)

    def call(kind: str, said: bytes) -> Any:
        nonlocal answer
        answer = said
        try:
            base_url = server.url.partition("/v1")[0]
            return Caller(kind, dict(OPTIONS)).call(request.param, base_url=base_url, max_retries=0, timeout=2)
        except errors.BubblehouseError as error:
            return error

    return call


_lines = st.sampled_from(
    [
        b"HTTP/1.1 200 OK",
        b"HTTP/1.1 100 Continue",
        b"HTTP/1.1 101 Switching Protocols",
        b"HTTP/1.0 204 No Content",
        b"HTTP/1.1 999 \xff",
        b"Content-Length: 5",
        b"Content-Length: -1",
        b"Content-Length: 5, 6",
        b"Transfer-Encoding: chunked",
        b"Transfer-Encoding: gzip",
        b"Content-Encoding: gzip",
        b"Content-Type: \xff",
        b"Connection: upgrade",
        b"5;x=y",
        b"0",
        b"{}",
        b"",
        b"",
    ]
)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.binary(max_size=60) | st.lists(_lines, max_size=9).map(b"\r\n".join))
@example(said=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nx")
@example(said=b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n{}")
def test_any_bytes_below_http(raw: Callable[[str, bytes], Any], kind: str, said: bytes) -> None:
    assert isinstance(raw(kind, said), errors.BubblehouseError)  # none of them is a good answer


# --- transports and middleware ------------------------------------------------------------------------------------


class Unprintable(Exception):  # noqa: N818 - what matters is what it does
    """Breaks whoever looks at it."""

    def __str__(self) -> str:
        raise ValueError("no text")

    __repr__ = __str__


def _made(kind: type[Exception]) -> Exception:
    for arguments in (
        (),
        ("x",),
        ("utf-8", b"", 0, 1, "x"),
        ("", 0, 1, "x"),
        ("utf-8", "", 0, 1, "x"),
        ("x", [ValueError()]),
    ):
        try:
            return kind(*arguments)
        except TypeError:
            pass
    raise TypeError(kind)


EXCEPTIONS = [
    *(
        _made(it)
        for it in vars(builtins).values()
        if isinstance(it, type) and issubclass(it, Exception) and it is not AssertionError
    ),
    Unprintable(),
    errors.ConfigurationError("x", "y"),
]


@pytest.mark.parametrize("name", [READ, WRITE])
@pytest.mark.parametrize("where", ["transport", "middleware"])
def test_whatever_a_transport_or_a_middleware_raises(caller: Caller, name: str, where: str) -> None:
    for raised in EXCEPTIONS:

        def fail(*_: object, raised: Exception = raised) -> Any:
            raise raised

        if where == "transport":
            result = outcome(caller, name, fail)
        else:
            result = caller.error(name, transport=Transport(caller.kind, fail), middleware=[fail])
        expected = errors.OutcomeUnknownError if (where, name) == ("transport", WRITE) else errors.APIConnectionError
        assert isinstance(result, expected), raised


STRANGE = [
    None,
    5,
    "text",
    b"bytes",
    object(),
    Response,
    Response("200", (), b"{}"),  # type: ignore[arg-type]
    Response(None, (), b"{}"),  # type: ignore[arg-type]
    Response(200, None, b"{}"),  # type: ignore[arg-type]
    Response(500, None, b"{}"),  # type: ignore[arg-type]
    Response(500, ((b"Retry-After", b"0"),), b"{}"),  # type: ignore[arg-type]
    Response(429, (("Retry-After", 1),), b"{}"),  # type: ignore[arg-type]
    Response(429, (1, 2), b"{}"),  # type: ignore[arg-type]
    Response(200, (), None),  # type: ignore[arg-type]
    Response(200, (), "{}"),  # type: ignore[arg-type]
    Response(404, (), None),  # type: ignore[arg-type]
    Response(404, (), {"id": "not_found"}),  # type: ignore[arg-type]
]


@pytest.mark.parametrize("name", [READ, WRITE])
@pytest.mark.parametrize("strange", STRANGE, ids=lambda it: "object" if type(it) is object else repr(it))
def test_whatever_a_transport_returns(caller: Caller, name: str, strange: object) -> None:
    assert isinstance(outcome(caller, name, lambda: strange), errors.BubblehouseError)


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_what_is_no_error_goes_through(error: type[BaseException]) -> None:
    def stop() -> None:
        raise error

    with pytest.raises(error):
        outcome(Caller("sync", dict(OPTIONS)), WRITE, stop)


# --- token callables ----------------------------------------------------------------------------------------------


class Awaitable:
    """What can be awaited, and then does as it likes."""

    def __init__(self, behave: Callable[[], Any]) -> None:
        self._behave = behave

    def __await__(self) -> Iterator[Any]:
        yield self._behave()


def test_whatever_a_token_callable_raises(caller: Caller) -> None:
    for raised in EXCEPTIONS:

        def fail(raised: Exception = raised) -> str:
            raise raised

        result = caller.error(WRITE, token=fail, transport=Transport(caller.kind, lambda: None))
        assert isinstance(result, errors.TokenError), raised


@pytest.mark.parametrize(
    "strange",
    [None, 5, b"a.token", "", " ", "a token", "token\n", "tök", "\ud800", ["a.token"], object(), Response, ...],
    ids=lambda it: ascii(it) if isinstance(it, str) else type(it).__name__,  # object's repr is its address
)
def test_whatever_a_token_callable_returns(caller: Caller, strange: object) -> None:
    result = caller.error(WRITE, token=lambda: strange, transport=Transport(caller.kind, lambda: None))
    assert isinstance(result, errors.TokenError)


def test_whatever_an_async_token_callable_does() -> None:
    async def fail() -> str:
        raise Unprintable

    async def strange() -> Any:
        return object()

    def explode() -> None:
        raise KeyError

    for token in (fail, strange, lambda: Awaitable(explode), lambda: Awaitable(object)):
        result = Caller("async", dict(OPTIONS)).error(WRITE, token=token)
        assert isinstance(result, errors.TokenError)
    for token in (strange, partial(strange), lambda: Awaitable(explode)):
        result = Caller("sync", dict(OPTIONS)).error(WRITE, token=token)
        assert isinstance(result, errors.TokenError | errors.ConfigurationError)
