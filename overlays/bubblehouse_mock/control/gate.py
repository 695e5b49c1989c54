"""Who may use the control plane over HTTP: it hands out secrets, and changes everything."""

import hmac
import ipaddress
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from bubblehouse_mock.messages import Headers, Request

PREFIX: Final = "/__mock__/"
"""Where the control plane is."""

_OUR_OWN_PAGES: Final = {"same-origin", "none"}  # `none`: a person typed the address


class Access(NamedTuple):
    """How the control plane may be used.

    Attributes:
        token: What whoever uses it must send as `Authorization: Bearer …`; nothing, unless given. An empty one is none
            that anybody has.
        loopback: Whether requests must name this computer. Otherwise a web page elsewhere could point its own name
            here, and be let in by the browser.
    """

    token: str | None = None
    loopback: bool = False


ANYBODY: Final = Access()


class DeniedError(Exception):
    """Somebody may not use the control plane; the message says why."""

    def __init__(self, status: int, error_id: str, message: str, headers: Headers = ()) -> None:
        super().__init__(message)
        self.status = status
        self.error_id = error_id
        self.headers = headers


def admit(request: Request, access: Access) -> None:
    """Pass a request that may use the control plane.

    Raises:
        DeniedError: It may not.
    """
    host = "".join(request.header("host"))
    if access.loopback and host and not is_loopback(_hostname(host)):
        raise DeniedError(403, "forbidden", f"{host!r:.60} is no name of this computer; use 127.0.0.1 or localhost")
    # Browsers let any page send simple requests anywhere, such as the POST that resets all.
    if any(not host or _netloc(origin) != host for origin in request.header("origin")) or any(
        site not in _OUR_OWN_PAGES for site in request.header("sec-fetch-site")
    ):
        raise DeniedError(403, "forbidden", "web pages of other origins may not use the control plane")
    if access.token is not None and not _shows(request, access.token):
        message = "send the control token as Authorization: Bearer <token>"
        raise DeniedError(401, "unauthorized", message, (("www-authenticate", "Bearer"),))


def is_loopback(host: str) -> bool:
    """Tell whether an address can be reached from this computer alone."""
    # Stricter than the client's check on purpose: of all names only `localhost`. The client decides where it may send
    # a token in the clear; here the control plane hands out every secret of the shop to whoever reaches it.
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _hostname(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _netloc(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def _shows(request: Request, token: str) -> bool:
    values = request.header("authorization")
    scheme, _, shown = values[0].partition(" ") if len(values) == 1 else ("", "", "")
    same = hmac.compare_digest(shown.strip().encode("utf-8", "replace"), token.encode())
    return bool(token) and scheme.lower() == "bearer" and same
