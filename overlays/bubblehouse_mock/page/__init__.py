"""The page at `/`, for people: files that are the same for everybody. What it shows it asks the control plane for."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Final

from bubblehouse_mock.messages import Headers, Request, Response

_PREFIX: Final = "/__mock__/page/"
_TYPES: Final = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS: Final[Headers] = (
    ("content-security-policy", _POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
)


def _places() -> Iterator[tuple[bytes, str]]:
    yield b"/", "index.html"
    for file in files(__name__).iterdir():
        if file.name.endswith((".css", ".js")):
            yield f"{_PREFIX}{file.name}".encode(), file.name


PLACES: Final = dict(_places())
"""The paths at which the page and what belongs to it are found, with the names of the files."""


def answer(request: Request) -> Response:
    """Answer a request whose path is one of `PLACES`. Servers leave the body of an answer to HEAD out."""
    if request.method not in {"GET", "HEAD"}:
        return Response(status=405, body=b"", content_type="text/plain", headers=(("allow", "GET, HEAD"),))
    name = PLACES[request.path]
    kind = _TYPES[name[name.rindex(".") :]]
    return Response(status=200, body=_content(name), content_type=f"{kind}; charset=utf-8", headers=_HEADERS)


@cache
def _content(name: str) -> bytes:
    return files(__name__).joinpath(name).read_bytes()
