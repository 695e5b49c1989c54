"""The control plane over HTTP: one request, one action."""

import re
from typing import cast
from urllib.parse import parse_qsl

from bubblehouse_mock.control.document import document
from bubblehouse_mock.control.gate import PREFIX, Access, DeniedError, admit
from bubblehouse_mock.control.plane import ControlPlane
from bubblehouse_mock.control.routes import ROUTES, Route
from bubblehouse_mock.control.shops import NotFoundError
from bubblehouse_mock.faults import FaultError
from bubblehouse_mock.jsontext import JsonObject, MalformedJsonError, dump, parse
from bubblehouse_mock.messages import MAX_CONTROL_BODY, Request, Response
from bubblehouse_mock.state import FixtureError, LedgerError, encode


def handle(plane: ControlPlane, request: Request, access: Access) -> Response:
    """Answer one request whose path begins with `PREFIX`.

    Args:
        plane: Whose actions are asked for.
        request: The request.
        access: Who may ask.
    """
    try:
        admit(request, access)
        return _answer(plane, request)
    except DeniedError as error:
        return _refusal(error)
    except NotFoundError as error:
        return _refusal(DeniedError(404, "not_found", str(error)))
    except (FixtureError, FaultError, LedgerError) as error:
        return _refusal(_invalid(str(error)))


def _refusal(error: DeniedError) -> Response:
    body: JsonObject = {"id": error.error_id, "message": str(error)}
    return Response(status=error.status, body=dump(body), headers=error.headers)


def _answer(plane: ControlPlane, request: Request) -> Response:
    path = request.path.decode("ascii", "replace").removeprefix(PREFIX)
    if path == "openapi.json" and request.method == "GET":
        return Response(status=200, body=dump(document()))
    route, names = _find(path, request.method)
    given: dict[str, object] = {**names, **_query(route, request.query)}
    if route.body is not None:
        given["data"] = _body(request)
    answer = route.action(plane, **given)
    if isinstance(answer, str):
        return Response(status=200, body=answer.encode(), content_type=route.media_type)
    # Objects are JSON already, and long where they are all that there is.
    return Response(status=200, body=dump(cast("JsonObject", answer) if isinstance(answer, dict) else encode(answer)))


def _find(path: str, method: str) -> tuple[Route, dict[str, str]]:
    found = [(route, names) for route in ROUTES if (names := route.match(path)) is not None]
    if not found:
        raise DeniedError(404, "not_found", f"there is no such place; {PREFIX}openapi.json has those that there are")
    for route, names in found:
        if route.method == method:
            return route, names
    allowed = ", ".join(sorted(route.method for route, _ in found))
    raise DeniedError(405, "method_not_allowed", f"this place takes {allowed}", (("allow", allowed),))


def _query(route: Route, query: bytes) -> dict[str, str | int]:
    found: dict[str, str | int] = {}
    try:
        pairs = parse_qsl(query.decode("utf-8"), keep_blank_values=True, errors="strict")
    except ValueError:
        raise _invalid("the query is not URL-encoded UTF-8") from None
    for name, text in pairs:
        if name not in route.query:
            raise _invalid(f"there is no {name!r} here; there are {', '.join(route.query) or 'no parameters'}")
        if name in found:
            raise _invalid(f"{name} is given twice")
        found[name] = _whole(name, text) if route.query[name] is int else text
    return found


def _whole(name: str, text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise _invalid(f"{name}={text!r:.60} is not a whole number from 0 up")
    return int(text)


def _body(request: Request) -> JsonObject:
    if len(request.body) > MAX_CONTROL_BODY or not request.complete:
        message = f"the body is larger than {MAX_CONTROL_BODY} bytes, or did not arrive in full"
        raise DeniedError(413, "request_too_large", message)
    try:
        value = parse(request.body or b"{}")
    except MalformedJsonError as error:
        raise _invalid(f"the body is not JSON as expected: {error}") from None
    if not isinstance(value, dict):
        raise _invalid("the body is not a JSON object")
    return value


def _invalid(message: str) -> DeniedError:
    return DeniedError(400, "invalid_request", message)
