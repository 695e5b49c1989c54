"""Transports over TLS."""

import socket
import ssl
import time
from pathlib import Path

import pytest
from tests.unit.runtime.sockets import PLAIN, Serve, Server, answering, receive, request
from tests.unit.transport.servers import STRANGER, https, over_tls
from tests.unit.transport.wires import CA_FILE, Wire

from bubblehouse.errors import ConfigurationError


def test_a_server_that_can_be_verified_is_talked_to(wire: Wire, serve: Serve) -> None:
    wire.options["ca_file"] = CA_FILE
    assert wire.send(request(https(serve(over_tls(answering(PLAIN)))))).status == 200


def test_so_is_one_that_the_environment_trusts(managed: Wire, serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CA_FILE))
    assert managed.send(request(https(serve(over_tls(answering(PLAIN)))))).status == 200


@pytest.mark.parametrize("is_async", [False, True])
def test_a_context_decides_in_place_of_a_file(serve: Serve, *, is_async: bool) -> None:
    wire = Wire("httpx2", is_async, {"ssl_context": ssl.create_default_context(cafile=CA_FILE)})
    assert wire.send(request(https(serve(over_tls(answering(PLAIN)))))).status == 200


def test_one_that_cannot_is_sent_nothing(wire: Wire, serve: Serve) -> None:
    server = serve(over_tls(answering(PLAIN)))
    error = wire.failure(https(server))
    assert not error.sent
    assert str(error).startswith("could not connect: ")
    assert "certificate" in str(error)
    assert server.accepted == 1


def test_one_of_another_name_is_sent_nothing(wire: Wire, serve: Serve) -> None:
    wire.options["ca_file"] = CA_FILE
    server = serve(over_tls(answering(PLAIN), STRANGER))
    error = wire.failure(https(server))
    assert not error.sent
    assert str(error).startswith("could not connect: ")
    assert server.accepted == 1


def test_one_that_does_not_speak_it_is_sent_nothing(wire: Wire, serve: Serve) -> None:
    error = wire.failure(https(serve(answering(PLAIN))), timeout=1)
    assert error.sent is wire.counts_as_sent


def test_a_server_that_drips_over_tls(wire: Wire, serve: Serve) -> None:
    server: Server

    def drip(connection: socket.socket) -> None:
        receive(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while not server.wait(0.1):
            connection.sendall(b"x")

    server = serve(over_tls(drip))
    wire.options["ca_file"] = CA_FILE
    started = time.monotonic()
    error = wire.failure(https(server), timeout=0.5)
    assert time.monotonic() - started < 2.5  # it would drip for ever
    assert error.timed_out
    assert error.sent


def test_a_connection_over_tls_that_breaks_may_have_carried_the_request(wire: Wire, serve: Serve) -> None:
    def close(connection: socket.socket) -> None:
        receive(connection)

    wire.options["ca_file"] = CA_FILE
    error = wire.failure(https(serve(over_tls(close))))
    assert error.sent
    assert not error.timed_out


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "can't be read: No such file"),
        ("nonsense", "has no certificate in PEM"),
        ("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", "has a certificate that can't be read"),
    ],
    ids=["missing", "nonsense", "broken"],
)
def test_a_file_without_certificates_is_said_to_be_wrong(
    managed: Wire, tmp_path: Path, content: str | None, problem: str
) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content)
    managed.options["ca_file"] = file
    with pytest.raises(ConfigurationError, match=f"ca_file: {problem}"):
        managed.send(request("https://127.0.0.1/"))
