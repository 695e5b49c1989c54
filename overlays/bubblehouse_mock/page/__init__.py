"""The pages for people: files that are the same for everybody. The one at `/` asks the control plane for the rest."""

import base64
import hashlib
import re
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
REFERENCE: Final = b"/reference"
"""The path of the API reference of the installed client."""


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
    return Response(status=200, body=_content(name), content_type=f"{kind}; charset=utf-8", headers=_headers(_POLICY))


def reference(request: Request, *, own: bool) -> Response:
    """Answer a request for the API reference, which is one file: it may have its own style, and nothing else.

    Args:
        request: The request.
        own: Whether the mock serves the contract of the installed client. The reference describes no other one.
    """
    if request.method not in {"GET", "HEAD"}:
        return Response(status=405, body=b"", content_type="text/plain", headers=(("allow", "GET, HEAD"),))
    if not own:
        return _missing("This mock serves another contract; scripts/docs --spec builds the reference of that one.")
    try:
        content, policy = _reference()
    except OSError:
        return _missing("The installed client has no reference; run ./scripts/regenerate.")
    return Response(status=200, body=content, content_type="text/html; charset=utf-8", headers=_headers(policy))


def _missing(text: str) -> Response:
    return Response(status=404, body=f"{text}\n".encode(), content_type="text/plain; charset=utf-8")


def _headers(policy: str) -> Headers:
    return (
        ("content-security-policy", policy),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
    )


@cache
def _reference() -> tuple[bytes, str]:
    content = files("bubblehouse_loyalty").joinpath("reference.html").read_bytes()
    styles = (hashlib.sha256(it).digest() for it in re.findall(rb"<style>(.*?)</style>", content, re.DOTALL))
    sources = " ".join(f"'sha256-{base64.b64encode(it).decode()}'" for it in styles)
    policy = f"default-src 'none'; style-src {sources}; img-src data:; "
    return content, policy + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


@cache
def _content(name: str) -> bytes:
    return files(__name__).joinpath(name).read_bytes()
