"""Which proxy the environment wants for an address."""

from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpcore2

from bubblehouse.checks import is_loopback


def proxy_for(scheme: str, host: str) -> httpcore2.Proxy | None:
    """Return the proxy of `HTTPS_PROXY`, `HTTP_PROXY` or `ALL_PROXY`, unless `NO_PROXY` names the host.

    This machine itself is never reached by a proxy: only to it do tokens travel in clear text without being asked for.

    Args:
        scheme: `https` or `http`.
        host: The host's name or address.

    Raises:
        ValueError: The variable is not a URL.
    """
    if is_loopback(host) or proxy_bypass(host):
        return None
    proxies = getproxies()
    address = proxies.get(scheme) or proxies.get("all")
    if not address:
        return None
    parts = urlsplit(address if "://" in address else f"http://{address}")
    if parts.scheme not in {"http", "https", "socks5", "socks5h"} or not parts.hostname:
        raise ValueError(f"the proxy that the environment sets for {scheme} is not a URL of http, https or socks5")
    auth = (
        None if parts.username is None else (unquote(parts.username).encode(), unquote(parts.password or "").encode())
    )
    return httpcore2.Proxy(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}", auth=auth)
