"""Every way for a call to fail, each with somebody's data and the server's indiscretion on the way."""

import asyncio
import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from tests.contract.proof import contract as contracts
from tests.reliability.caller import READ, WRITE, Caller
from tests.reliability.faults.catalogue import FAULTS, Genuine
from tests.unit.runtime.sockets import Handler, Serve, receive

from bubblehouse.api import RateLimit
from bubblehouse.transport import Request, Response, TransportError
from bubblehouse_loyalty import CustomerIdentity1

EMAIL: Final = "ada.lovelace@example.test"
PHONE: Final = "+15550123456"
TOKEN: Final = "planted-token-Zm9yIHRlc3RzIG9ubHk"

CUSTOMER: Final = CustomerIdentity1(shopid="1001", email=EMAIL, additional_properties={"phone": PHONE})
_ARGUMENTS: Final[Mapping[str, Mapping[str, Any]]] = {
    READ: {"customer": CUSTOMER},
    WRITE: {"customer": CUSTOMER, "pts": 5},
}
_DATA: Final = {"email": EMAIL, "phone": PHONE}
_DOCUMENTED: Final = sorted({(error.status, error.id) for error in contracts.load().errors})

Path = Callable[[Caller, Serve], BaseException]
"""Goes one way to an error, with a client of a caller's, and returns the error."""


def _call(caller: Caller, name: str, more: Mapping[str, Any] | None = None, **options: Any) -> BaseException:
    def work(client: Any) -> Any:
        return getattr(client, name)(**{**_ARGUMENTS[name], **(more or {})})

    try:
        caller.run(work, **options)
    except Exception as error:  # noqa: BLE001 - what is looked at
        return error
    raise AssertionError(f"{name} raised nothing")


# --- answers ------------------------------------------------------------------------------------------------------


@dataclass
class Scripted:
    """A transport of both kinds that answers as told. It may look at the request, as a server does."""

    is_async: bool
    answer: Callable[[Request], Any]

    def send(self, request: Request, *, timeout: float) -> Any:
        del timeout
        return self._later(request) if self.is_async else self.answer(request)

    async def _later(self, request: Request) -> Any:
        await asyncio.sleep(0)
        return self.answer(request)

    def close(self) -> None:
        """Nothing is open."""

    async def aclose(self) -> None:
        """Nothing is open."""


def _answered(name: str, answer: Callable[[Request], Any]) -> Path:
    def go(caller: Caller, _: Serve) -> BaseException:
        return _call(caller, name, transport=Scripted(caller.kind == "async", answer))

    return go


def _says(status: int, content: bytes, *headers: tuple[str, str]) -> Callable[[Request], Response]:
    return lambda _: Response(status, headers, content)


def _repeats(status: int, request: Request) -> Response:
    """Answer with all that was sent, in headers and body, as a careless debug page does."""
    head = "\n".join(f"{name}: {value}" for name, value in request.headers).encode()
    return Response(status, (("X-Debug", request.headers[0][1]),), head + b"\n" + request.content)


def _repeats_in_json(status: int, request: Request) -> Response:
    body = {"id": "odd", "message": f"No customer has {EMAIL} or {PHONE}; you sent {request.headers[0][1]}"}
    return Response(status, (), json.dumps(body).encode())


def _raises(error: Exception) -> Callable[[Request], Response]:
    def fail(_: Request) -> Response:
        raise error

    return fail


_TORN: Final = json.dumps(_DATA).encode()[:-1]
_WRONG: Final = json.dumps({**_DATA, "pts": EMAIL, "code": {"phone": PHONE}, "pts_available": PHONE}).encode()
_PAGE: Final = f"<html>{EMAIL} {PHONE}</html>".encode()


def _answers() -> Iterator[tuple[str, Path]]:
    for status, error_id in _DOCUMENTED:
        body = json.dumps({"id": error_id, "message": "Not possible", "customer": _DATA}).encode()
        yield f"{status} {error_id}", _answered(WRITE, _says(status, body))
    for name in (READ, WRITE):
        for status in (200, 302, 400, 401, 403, 404, 418, 422, 429, 500):
            yield f"{name} {status} torn", _answered(name, _says(status, _TORN))
            yield f"{name} {status} not UTF-8", _answered(name, _says(status, _TORN + b"\xff"))
            yield f"{name} {status} wrong", _answered(name, _says(status, _WRONG))
            yield f"{name} {status} page", _answered(name, _says(status, _PAGE, ("Content-Type", "text/html")))
            yield f"{name} {status} repeats", _answered(name, partial(_repeats, status))
            yield f"{name} {status} repeats in JSON", _answered(name, partial(_repeats_in_json, status))
        yield f"{name} no answer", _answered(name, _raises(TransportError("broken", sent=True)))
        yield f"{name} not sent", _answered(name, _raises(TransportError("broken", sent=False)))
        yield f"{name} odd failure", _answered(name, _raises(KeyError("broken")))
        yield f"{name} no Response", _answered(name, lambda _: None)


# --- sockets ------------------------------------------------------------------------------------------------------


def _on_a_socket(name: str, handle: Handler, **options: Any) -> Path:
    def go(caller: Caller, serve: Serve) -> BaseException:
        base_url = serve(handle).url.partition("/v1")[0]
        if options.get("tls"):
            return _call(caller, name, base_url=base_url.replace("http:", "https:"))
        return _call(caller, name, base_url=base_url, **options)

    return go


def _plays(fault: str) -> Handler:
    def handle(connection: socket.socket) -> None:
        receive(connection)
        FAULTS[f"{fault} before applying"].play(connection, Genuine(200, json.dumps(_DATA).encode()))

    return handle


def _echo(connection: socket.socket) -> None:
    connection.sendall(receive(connection))


def _echo_in_the_status(connection: socket.socket) -> None:
    head = receive(connection).replace(b"\r\n", b" ")
    connection.sendall(b"HTTP/1.1 500 " + head[:900] + b"\r\n\r\n")


def _echo_as_a_bad_header(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n" + receive(connection))


def _not_taken(caller: Caller, serve: Serve) -> BaseException:
    over = threading.Event()

    def deaf(connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        over.wait(5)

    base_url = serve(deaf).url.partition("/v1")[0]
    more = {"note": "x" * 8_000_000}  # than the system takes in
    customer = CustomerIdentity1(shopid="1001", email=EMAIL, additional_properties={**more})
    try:
        return _call(caller, WRITE, {"customer": customer}, base_url=base_url, log_bodies=False)
    finally:
        over.set()


def _refused(caller: Caller, _: Serve) -> BaseException:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        return _call(caller, WRITE, base_url=f"http://127.0.0.1:{closed.getsockname()[1]}/api")


def _sockets() -> Iterator[tuple[str, Path]]:
    faults = ("reset", "close", "hang", "half an answer", "half an answer, hang", "garbage", "torn gzip", "drip")
    for name in (READ, WRITE):
        for fault in faults:
            yield f"{name} {fault}", _on_a_socket(name, _plays(fault))
        yield f"{name} too large", _on_a_socket(name, _plays("endless"), wire={"max_response_bytes": 100_000})
        yield f"{name} echo", _on_a_socket(name, _echo)
        yield f"{name} echo in the status", _on_a_socket(name, _echo_in_the_status)
        yield f"{name} echo as a header", _on_a_socket(name, _echo_as_a_bad_header)
        yield f"{name} no TLS", _on_a_socket(name, _echo, tls=True)
    yield "refused", _refused
    yield "not taken", _not_taken


# --- what never leaves --------------------------------------------------------------------------------------------


def _token_fails() -> str:
    raise KeyError("vault")


def _with(name: str = WRITE, more: Mapping[str, Any] | None = None, **options: Any) -> Path:
    def go(caller: Caller, _: Serve) -> BaseException:
        minting = {"key_id": None, "secret": None} if "token" in options else {}
        return _call(
            caller, name, more, **{"transport": Scripted(caller.kind == "async", lambda _: None), **minting, **options}
        )

    return go


def _closed(caller: Caller, _: Serve) -> BaseException:
    client = caller.client()
    if caller.kind == "sync":
        client.close()
    else:
        asyncio.run(client.aclose())
    return _raised(lambda: _now(client.redeem_points_1(**_ARGUMENTS[WRITE])))


def _now(result: Any) -> Any:
    return asyncio.run(result) if asyncio.iscoroutine(result) else result


def _raised(work: Callable[[], object]) -> BaseException:
    try:
        work()
    except Exception as error:  # noqa: BLE001 - as above
        return error
    raise AssertionError("nothing was raised")


def _twice(caller: Caller, _: Serve) -> BaseException:
    answered = Scripted(caller.kind == "async", _says(404, b"{}"))
    client = caller.client(transport=answered, rate_limits=[RateLimit("write", "shop", "day", 1)])
    _raised(lambda: _now(client.redeem_points_1(**_ARGUMENTS[WRITE])))
    return _raised(lambda: _now(client.redeem_points_1(**_ARGUMENTS[WRITE])))


def _layer(*_: object) -> Any:
    raise KeyError("a middleware's own")


def _inside() -> Iterator[tuple[str, Path]]:
    yield "token fails", _with(token=_token_fails)
    yield "token is none", _with(token=lambda: f"{TOKEN} {TOKEN}")
    yield "token is bytes", _with(token=TOKEN.encode)
    yield "fixed token is none", _with(token=f"Bearer {TOKEN}")
    yield "points are none", _with(more={"pts": 0})
    yield "points are a text", _with(more={"pts": EMAIL})
    yield "customer is a text", _with(more={"customer": EMAIL})
    yield "email is no text", _with(more={"customer": CustomerIdentity1(email=[EMAIL, PHONE])})  # type: ignore[arg-type]
    yield "email is half a pair", _with(more={"customer": CustomerIdentity1(email=f"{EMAIL}\ud800")})
    yield "more is no JSON", _with(more={"customer": CustomerIdentity1(additional_properties={"x": {EMAIL}})})
    yield "middleware fails", _with(middleware=[_layer])
    yield "closed", _closed
    yield "beyond our own limit", _twice
    yield "no time", _with(timeout=1e-9)
    yield "timeout is a text", _with(timeout=TOKEN)
    yield "password in the URL", _with(base_url=f"https://ada:{TOKEN}@example.test/api")
    yield "header is none", _with(headers={"X-Key": f"{TOKEN}\n"})
    yield "token and key", _with(token=TOKEN, secret=TOKEN)


PATHS: Final[Mapping[str, Path]] = dict([*_answers(), *_sockets(), *_inside()])
