"""Mutants of HTTP: verbs, headers, versions, paths, and what is judged first."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.mutants.door import PLAIN, SHOP, Door
from tests.mutants.mutant import Apply, Family
from tests.mutants.patching import Function, answers, around, asks, ignoring, instead, refuses

from bubblehouse_mock.contract import Contract, Operation
from bubblehouse_mock.messages import Request, Response
from bubblehouse_mock.refusal import RefusalError
from bubblehouse_mock.stages import identity, inputs, routing, versions
from bubblehouse_mock.state import Shop

_BALANCE, _REDEEM = "CustomerBalance3", "RedeemPoints1"
_NAMED = {"customer": {"shopid": PLAIN}}


def _altered(request: Request, **parts: Any) -> Request:
    kept = {name: getattr(request, name) for name in ("method", "path", "query", "headers", "body", "complete")}
    return Request(**{**kept, **parts})


def _without_header(response: Response, name: str) -> Response:
    return replace(response, headers=tuple(pair for pair in response.headers if pair[0] != name))


def _any_verb(find: Function) -> Function:
    def found(contract: Contract, function: str, method: str) -> Operation:
        verbs = contract.functions.get(function, {})
        operation: Operation = find(contract, function, method if method in verbs else "POST")
        return operation

    return found


def _path(change: Callable[[bytes], bytes]) -> Apply:
    return asks(lambda request: _altered(request, path=change(request.path)))


def _known_versions(*extra: str) -> Function:
    def make(check: Function) -> Function:
        return lambda version, contract, settings: None if version in extra else check(version, contract, settings)

    return make


def _one_version(check: Function) -> Function:
    def checked(version: str, contract: Contract, settings: object) -> None:
        if version == contract.versions[1]:
            raise RefusalError("invalid_global_api_version")
        check(version, contract, settings)

    return checked


def _versions_last(request: Request, response: Response) -> Response:
    """Tell of a bad version only whoever has a token."""
    if response.status == 400 and b"global_api_version" in response.body and not request.header("authorization"):
        return Response(status=401, body=b'{"id": "invalid_token"}')
    return response


def _malformed_first(request: Request, response: Response) -> Response:
    """Tell of a body that isn't JSON before the token is looked at."""
    try:
        json.loads(request.body or b"{}")
    except ValueError:
        if response.status == 401:
            return Response(status=400, body=b'{"id": "invalid_request", "message": "malformed"}')
    return response


def _points_first(identify: Function) -> Function:
    def found(shop: Shop, *given: object) -> object:
        if not shop.settings.points_enabled:
            raise RefusalError("points_disabled")
        return identify(shop, *given)

    return found


def _post(body: bytes, function: str = _REDEEM, **more: Any) -> Callable[[Door], object]:
    return lambda it: it.call(function, raw=body, **more)


_of = Family("protocol", "server", "batteries")

MUTANTS = [
    _of.mutant(
        "any-verb",
        "Verbs that a function doesn't take are answered like POST.",
        around(routing, "find", _any_verb),
        lambda it: it.call(_BALANCE, _NAMED, method="PUT"),
        layer="matrix",
        anchor=11,
    ),
    _of.mutant(
        "no-allow",
        "A verb that isn't taken is refused without Allow.",
        answers(lambda _, response: _without_header(response, "allow")),
        lambda it: it.call(_REDEEM, method="PUT"),
        layer="matrix",
        anchor=12,
    ),
    _of.mutant(
        "wrong-allow",
        "Allow lists a verb that isn't taken.",
        answers(
            lambda _, response: (
                replace(_without_header(response, "allow"), headers=(("allow", "DELETE"),))
                if response.status == 405
                else response
            )
        ),
        lambda it: it.call(_REDEEM, method="PUT"),
    ),
    _of.mutant(
        "any-media-type",
        "A body of any media type is read as JSON.",
        instead(inputs, "_check_media_type", lambda *_: None),
        lambda it: it.call(_BALANCE, _NAMED, media_type="text/plain"),
        layer="matrix",
        anchor=13,
    ),
    _of.mutant(
        "encoded",
        "A Content-Encoding is ignored.",
        asks(
            lambda request: _altered(
                request, headers=tuple(pair for pair in request.headers if pair[0] != "content-encoding")
            )
        ),
        lambda it: it.call(_BALANCE, _NAMED, headers=(("content-encoding", "gzip"),)),
    ),
    _of.mutant(
        "charset",
        "A body in another character set is read as UTF-8.",
        asks(
            lambda request: _altered(
                request,
                headers=tuple((name, value.partition(";")[0]) for name, value in request.headers),
            )
        ),
        lambda it: it.call(_BALANCE, _NAMED, media_type="application/json; charset=latin-1"),
    ),
    _of.mutant(
        "charset-refused",
        "A Content-Type with its usual charset is refused.",
        around(
            inputs,
            "_check_media_type",
            lambda check: (
                lambda request, accepted: check(
                    _altered(
                        request, headers=tuple((name, value.replace("; ", "/")) for name, value in request.headers)
                    ),
                    accepted,
                )
            ),
        ),
        lambda it: it.call(_BALANCE, _NAMED, media_type="application/json; charset=utf-8"),
    ),
    _of.mutant(
        "no-get",
        "A function that reads can't be read with GET.",
        around(
            routing,
            "find",
            lambda find: (
                lambda contract, function, method: find(contract, function, "TRACE" if method == "GET" else method)
            ),
        ),
        lambda it: it.get("", token=it.token(PLAIN)),
        layer="matrix",
    ),
    _of.mutant(
        "any-version",
        "A global version that never existed works.",
        around(versions, "check", ignoring("invalid_global_api_version")),
        lambda it: it.call(_BALANCE, _NAMED, version="v19990101"),
        layer="matrix",
    ),
    _of.mutant(
        "obsolete",
        "A global version that is obsolete works.",
        around(versions, "check", ignoring("obsolete_global_api_version")),
        lambda it: (it.configure(obsolete_versions=["v20230601"]), it.call(_BALANCE, _NAMED, version="v20230601")),
        layer="matrix",
    ),
    _of.mutant(
        "inaccessible",
        "A global version that isn't enabled works.",
        around(versions, "check", ignoring("inaccessible_global_api_version")),
        lambda it: (it.configure(inaccessible_versions=["v20230601"]), it.call(_BALANCE, _NAMED, version="v20230601")),
        layer="matrix",
    ),
    _of.mutant(
        "one-version",
        "The second of the documented global versions doesn't work.",
        around(versions, "check", _one_version),
        lambda it: it.call(_BALANCE, _NAMED, version="v20230601"),
    ),
    _of.mutant(
        "version-after-token",
        "A bad global version is told only to whoever has a token.",
        answers(_versions_last),
        lambda it: it.call(_BALANCE, _NAMED, version="v19990101", token=None),
    ),
    _of.mutant(
        "version-latest",
        "The version `latest` works, though nobody documented it.",
        around(versions, "check", _known_versions("latest")),
        lambda it: it.call(_BALANCE, _NAMED, version="latest"),
    ),
    _of.mutant(
        "shop-case",
        "Shops are told apart without regard to upper and lower case.",
        _path(lambda path: path.replace(SHOP.upper().encode(), SHOP.encode())),
        lambda it: it.call(_BALANCE, _NAMED, path=f"/api/v2023061/{SHOP.upper()}/{_BALANCE}"),
    ),
    _of.mutant(
        "function-case",
        "Functions are found without regard to upper and lower case.",
        _path(lambda path: path.replace(b"customerbalance3", _BALANCE.encode())),
        lambda it: it.call("customerbalance3", _NAMED),
    ),
    _of.mutant(
        "trailing-slash",
        "A path with a slash at its end works, too.",
        _path(lambda path: path.rstrip(b"/")),
        lambda it: it.call(f"{_BALANCE}/", _NAMED),
    ),
    _of.mutant(
        "invalid-is-500",
        "Malformed input is answered as the server's own fault.",
        refuses("invalid_request", status=500),
        lambda it: it.redeem("many"),
        layer="matrix",
    ),
    _of.mutant(
        "input-before-token",
        "Malformed input is told to whoever has no token.",
        answers(_malformed_first),
        _post(b'{"pts": ', token=None),
    ),
    _of.mutant(
        "rules-before-identity",
        "That points are off is told before whom the call is about.",
        around(identity, "identify", _points_first),
        lambda it: [it.configure(points_enabled=False), it.redeem(100, "nobody")],
        layer="model",
    ),
]
