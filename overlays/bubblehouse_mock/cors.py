"""What lets web pages of any origin call the API from a browser: CORS, as the Fetch standard has it.

Nothing that a browser adds by itself goes along: the page sends the token. The control plane is no part of this, since
any page that somebody opens could drive it then.
"""

import re
from dataclasses import replace
from typing import Final

from bubblehouse_mock.contract import Contract
from bubblehouse_mock.messages import Headers, Request, Response
from bubblehouse_mock.refusal import RefusalError
from bubblehouse_mock.stages import routing

_API: Final = f"/{routing.ROOT}/".encode()
_HEADER_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_MOST_NAMES: Final = 50
_MAX_AGE: Final = 600  # seconds for which a browser needn't ask again

_ANY_ORIGIN: Final = ("access-control-allow-origin", "*")
_ANSWERED: Final[Headers] = (_ANY_ORIGIN, ("access-control-expose-headers", "Retry-After, Allow"))
_ASKED: Final = (
    "origin",
    "access-control-request-method",
    "access-control-request-headers",
    "access-control-request-private-network",
)


def preflight(request: Request, contract: Contract) -> Response | None:
    """Answer a browser that asks whether a page may send a call; None where nothing is asked.

    Args:
        request: The request, whose verb is OPTIONS.
        contract: Its verbs are allowed: those of the function that the path names, or any where it names none, so that
            the page can read why the call is refused.
    """
    method, names, private = (request.header(it) for it in _ASKED[1:])
    if not (method and _crosses(request)):
        return None
    headers: list[tuple[str, str]] = [
        _ANY_ORIGIN,
        ("access-control-allow-methods", ", ".join(sorted(_verbs(request.path, contract)))),
        ("access-control-max-age", str(_MAX_AGE)),
        ("vary", ", ".join(_ASKED)),
    ]
    allowed = [it for it in map(str.strip, ",".join(names).split(",", _MOST_NAMES)) if _HEADER_NAME.fullmatch(it)]
    if allowed:
        headers.append(("access-control-allow-headers", ", ".join(allowed)))
    if private == ["true"]:
        headers.append(("access-control-allow-private-network", "true"))
    return Response(status=204, body=b"", headers=tuple(headers))


def readable(request: Request, response: Response) -> Response:
    """Return an answer as a page of another origin can read it, where one asked.

    Args:
        request: What was asked.
        response: The answer, be it an error.
    """
    return replace(response, headers=(*response.headers, *_ANSWERED)) if _crosses(request) else response


def _crosses(request: Request) -> bool:
    return bool(request.header("origin")) and request.path.startswith(_API)


def _verbs(path: bytes, contract: Contract) -> set[str]:
    try:
        route = routing.split(path)
        return set(contract.of(route.version).functions[route.function])
    except (RefusalError, KeyError):
        return {it.method for it in contract.operations}
