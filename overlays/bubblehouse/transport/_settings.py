"""What a transport is set up with, checked once. The defaults are written here alone."""

import os
from typing import Final, NamedTuple

from bubblehouse import checks
from bubblehouse.errors import ConfigurationError
from bubblehouse.transport._proxies import Proxy, parse_proxy, proxy_from_environment

MAX_RESPONSE: Final = 16 * 1024 * 1024
MAX_CONNECTIONS: Final = 100
MAX_KEEPALIVE: Final = 20
# A server may close an idle connection just as a write is sent on it, and then nobody knows whether it was applied. So
# they are not kept for long.
KEEPALIVE_SECONDS: Final = 5.0


class Settings(NamedTuple):
    """A transport's checked arguments.

    Attributes:
        proxy: The one that was given, or None.
        max_connections: The most connections to one host.
        max_keepalive: The most of them that are kept while idle.
        keepalive_seconds: How long they are.
        max_response_bytes: The largest answer that is read, compressed or not.
    """

    proxy: Proxy | None
    max_connections: int
    max_keepalive: int
    keepalive_seconds: float
    max_response_bytes: int

    def proxy_for(self, scheme: str, host: str) -> Proxy | None:
        """Return the proxy for an address, or None. This machine itself is never reached by one.

        Only to this machine do tokens travel in clear text without being asked for.

        Args:
            scheme: `https` or `http`.
            host: The host's name or address.

        Raises:
            TransportError: The environment's proxy is not a URL.
        """
        if checks.is_loopback(host):
            return None
        return self.proxy or proxy_from_environment(scheme, host)


def configure(
    *, proxy: str | None, max_connections: int, max_keepalive: int, keepalive_seconds: float, max_response_bytes: int
) -> Settings:
    """Check a transport's arguments.

    Raises:
        ConfigurationError: One of them is wrong.
    """
    return Settings(
        None if proxy is None else _proxy("proxy", proxy),
        positive("max_connections", max_connections),
        checks.count("max_keepalive", max_keepalive),
        checks.seconds("keepalive_seconds", keepalive_seconds),
        positive("max_response_bytes", max_response_bytes),
    )


def positive(argument: str, value: object) -> int:
    """Check a number of things.

    Args:
        argument: The argument's name.
        value: What was given.

    Raises:
        ConfigurationError: It is no whole number from one up.
    """
    number = checks.count(argument, value)
    if number == 0:
        raise ConfigurationError(argument, "must be 1 or more, not 0")
    return number


def _proxy(argument: str, value: object) -> Proxy:
    address = checks.text(argument, value)
    try:
        return parse_proxy(address)
    except ValueError as error:
        raise ConfigurationError(argument, str(error)) from None


def read_ca_file(argument: str, value: str | os.PathLike[str]) -> str:
    """Read a file of certificates in PEM.

    Args:
        argument: The argument's name.
        value: Where the file is.

    Raises:
        ConfigurationError: There is none.
    """
    try:
        with open(os.fspath(value), encoding="ascii", errors="replace") as file:  # noqa: PTH123 - pathlib is a slow import
            text = file.read()
    except OSError as error:
        raise ConfigurationError(argument, f"can't be read: {error.strerror}") from None
    except TypeError:
        raise ConfigurationError(argument, f"must be a path, not {type(value).__name__}") from None
    if "-----BEGIN CERTIFICATE-----" not in text:
        raise ConfigurationError(argument, "has no certificate in PEM")
    return text
