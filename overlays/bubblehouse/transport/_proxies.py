"""Which proxy an address is reached by, and with which password."""

from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from bubblehouse.transport._protocol import TransportError


class Proxy(NamedTuple):
    """A proxy. Its repr and its URL show no password.

    Attributes:
        url: Its scheme, host and port.
        auth: A user name and a password, or None.
    """

    url: str
    auth: tuple[str, str] | None

    def __repr__(self) -> str:
        return f"Proxy(url={self.url!r})"


def parse_proxy(address: str) -> Proxy:
    """Take a proxy's URL apart. The password is not in any error.

    Args:
        address: `http://user:password@host:port`; or https, socks5 or socks5h. http, unless a scheme is given.

    Raises:
        ValueError: It is no such URL.
    """
    problem = "is not a URL of http, https or socks5"
    try:
        parts = urlsplit(address if "://" in address else f"http://{address}")
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError(problem) from None  # the original text has the address
    if not host or parts.scheme not in {"http", "https", "socks5", "socks5h"}:
        raise ValueError(problem)
    auth = None if parts.username is None else (unquote(parts.username), unquote(parts.password or ""))
    return Proxy(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}", auth)


def proxy_from_environment(scheme: str, host: str) -> Proxy | None:
    """Return the proxy of `HTTPS_PROXY`, `HTTP_PROXY` or `ALL_PROXY`, unless `NO_PROXY` names the host.

    Args:
        scheme: `https` or `http`.
        host: The host's name or address.

    Raises:
        TransportError: The variable is not a URL.
    """
    from urllib.request import getproxies, proxy_bypass  # noqa: PLC0415 - a slow import, and loopback does without

    proxies = {} if proxy_bypass(host) else getproxies()
    address = proxies.get(scheme) or proxies.get("all")
    if not address:
        return None
    try:
        return parse_proxy(address)
    except ValueError as error:
        raise TransportError(f"the proxy that the environment sets for {scheme} {error}", sent=False) from None
