"""Servers behind TLS."""

import socket
import ssl
from pathlib import Path

from tests.unit.runtime.sockets import Handler, Server

LOCALHOST = Path(__file__).with_name("localhost.pem")
STRANGER = Path(__file__).with_name("stranger.pem")


def over_tls(handle: Handler, certificate: Path = LOCALHOST) -> Handler:
    """Shake hands first, as localhost and api.example.test unless told otherwise."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def wrapped(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            handle(secure)

    return wrapped


def https(server: Server) -> str:
    return server.url.replace("http://", "https://")
