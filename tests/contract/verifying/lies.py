"""Servers that lie, each in one way. A run must say so, and neither crash nor hang, nor repeat a secret."""

import gzip
import json
import time
from collections.abc import Callable
from typing import Any

from tests.contract.verifying.relay import Call, Lie, Speaker

from bubblehouse.transport import Response

_HTML = b"<!doctype html><h1>We'll be right back</h1>"
_JSON = {"Content-Type": "application/json"}
_LARGE = 20 * 1024 * 1024
_DEEP = 100_000


def _body(change: Callable[[dict[str, Any]], object], *, when: int = 200) -> Lie:
    """Change the body of answers of one status."""

    def lie(call: Call, speaker: Speaker) -> None:
        if call.truth.status != when:
            speaker.repeat(call.truth)
            return
        body = json.loads(call.truth.content)
        change(body)
        speaker.repeat(call.truth, content=json.dumps(body).encode())

    return lie


def _successes(answer: Callable[[Speaker, Response], None]) -> Lie:
    """Answer what would succeed in another way."""

    def lie(call: Call, speaker: Speaker) -> None:
        if call.truth.status == 200:
            answer(speaker, call.truth)
        else:
            speaker.repeat(call.truth)

    return lie


def _other_status(wrong: dict[int, int]) -> Lie:
    return lambda call, speaker: speaker.repeat(call.truth, status=wrong.get(call.truth.status, call.truth.status))


def _balance_that_changes(call: Call, speaker: Speaker) -> None:
    _body(lambda body: body.update(pts_available=body["pts_available"] + call.number))(call, speaker)


def _everybody_welcome() -> Lie:
    """Answer forged tokens with what a good one got."""
    seen: dict[str, Response] = {}

    def lie(call: Call, speaker: Speaker) -> None:
        if call.truth.status == 200:
            seen[call.function] = call.truth
        forged = call.truth.status == 401 and call.function in seen
        speaker.repeat(seen[call.function] if forged else call.truth)

    return lie


def _never_ending(call: Call, speaker: Speaker) -> None:
    del call
    speaker.send_response(200)
    speaker.send_header("Content-Type", "application/json")
    speaker.send_header("Content-Length", str(_LARGE))
    speaker.end_headers()
    while True:
        speaker.wfile.write(b" ")
        speaker.wfile.flush()
        time.sleep(0.2)


def _silent(call: Call, speaker: Speaker) -> None:
    del call, speaker
    time.sleep(60)


def _hanging_up(call: Call, speaker: Speaker) -> None:
    del call
    speaker.close_connection = True


def _no_http(call: Call, speaker: Speaker) -> None:
    del call
    speaker.wfile.write(b"SSH-2.0-OpenSSH_9.9\r\n")
    speaker.close_connection = True


def _echo(secret: str) -> Lie:
    """Repeat token and secret, in an answer that is wrong, so that it is shown."""

    def lie(call: Call, speaker: Speaker) -> None:
        told = {"id": f"bad token {call.token}", "message": f"{secret} {call.token.rpartition('.')[2]}"}
        headers = {**_JSON, "X-Token": call.token, "X-Secret": secret}
        speaker.say(418, headers, json.dumps({**told, "escaped": call.token.replace(".", "%2E")}).encode())

    return lie


def lies(secret: str) -> dict[str, Lie]:
    """Return every lie by its name.

    Args:
        secret: What one of them repeats.
    """
    return {
        "a number as text": _body(lambda body: body.update(pts_available=str(body["pts_available"]))),
        "money as a float": _body(lambda body: body.update(pts_available_value=1.5)),
        "a required property is missing": _body(lambda body: body.pop("pts_available")),
        "null for a number": _body(lambda body: body.update(pts_available=None)),
        "another 2xx": _other_status({200: 201}),
        "403 for 401": _other_status({401: 403}),
        "errors as 200": _other_status(dict.fromkeys((400, 401, 403, 404, 405, 415, 422), 200)),
        "500 for everything": lambda call, speaker: speaker.repeat(call.truth, status=500),
        "an error id that nobody knows": _body(lambda body: body.update(id="brand_new"), when=404),
        "an HTML page": lambda _, speaker: speaker.say(200, {"Content-Type": "text/html"}, _HTML),
        "an HTML page that says it is JSON": _successes(lambda speaker, _: speaker.say(200, _JSON, _HTML)),
        "JSON that says it is text": _successes(
            lambda speaker, truth: speaker.say(200, {"Content-Type": "text/plain"}, truth.content)
        ),
        "an empty answer": _successes(lambda speaker, _: speaker.say(200, _JSON, b"")),
        "a balance that changes": _balance_that_changes,
        "forged tokens are good": _everybody_welcome(),
        "token and secret come back": _echo(secret),
        "a huge answer": _successes(lambda speaker, _: speaker.say(200, _JSON, b'"' + b"x" * _LARGE + b'"')),
        "a small answer that unpacks to a huge one": _successes(
            lambda speaker, _: speaker.say(
                200, {**_JSON, "Content-Encoding": "gzip"}, gzip.compress(b" " * 10 * _LARGE)
            )
        ),
        "JSON that is very deep": _successes(lambda speaker, _: speaker.say(200, _JSON, b"[" * _DEEP + b"]" * _DEEP)),
        "JSON with Infinity": _successes(lambda speaker, _: speaker.say(200, _JSON, b'{"pts_available": Infinity}')),
        "bytes that are no text": _successes(lambda speaker, _: speaker.say(200, _JSON, b'{"pts": "\xff\xfe"}')),
        "an answer that never ends": _never_ending,
        "no answer": _silent,
        "the connection is closed": _hanging_up,
        "no HTTP": _no_http,
        "it redirects to itself": lambda _, speaker: speaker.say(302, {"Location": speaker.path}, b""),
        "always too many calls": lambda _, speaker: speaker.say(
            429, {**_JSON, "Retry-After": "3600"}, b'{"id": "rate_limit_exceeded"}'
        ),
    }
