"""How to see again what a call of a run brought: a line for the shell and a few for Python. No secret is in them."""

import shlex
from collections.abc import Iterator

from tests.contract.proof.figures import Reproduction
from tests.contract.proof.watch.exchange import Exchange
from tests.contract.proof.watch.secrets import scrub

VARIABLE = "BUBBLEHOUSE_TOKEN"
_LONGEST = 4000  # characters of a body that are shown
_NOT_REPEATED = {"authorization", "host", "content-length", "accept-encoding", "connection"}


def reproduction(exchange: Exchange) -> Reproduction:
    """Return how to make a call again.

    Args:
        exchange: The call.
    """
    answer = exchange.problem or f"{exchange.status} {exchange.error_id}".strip()
    return Reproduction(
        call=scrub(f"{exchange.method} {exchange.function}"),
        answer=scrub(answer),
        token=scrub(_token(exchange)),
        curl=scrub(_curl(exchange)),
        python=scrub(_python(exchange)),
    )


def _headers(exchange: Exchange) -> Iterator[tuple[str, str]]:
    yield from ((name, value) for name, value in exchange.headers if name.lower() not in _NOT_REPEATED)


def _body(exchange: Exchange) -> tuple[str, int]:
    """Return a body without the spaces at its end, and how many of them there are, where there are many."""
    text = exchange.content.decode("utf-8", "backslashreplace")
    bare = text.rstrip(" ")
    padding = len(text) - len(bare)
    if padding <= _LONGEST:
        bare, padding = text, 0
    return (bare if len(bare) <= _LONGEST else f"{bare[:_LONGEST]}… cut, of {len(bare)} characters"), padding


def _curl(exchange: Exchange) -> str:
    parts = [f"curl -sS -i -X {shlex.quote(exchange.method)} {shlex.quote(exchange.url)}"]
    if exchange.token:
        parts.append(f'-H "Authorization: Bearer ${VARIABLE}"')
    parts += [f"-H {shlex.quote(f'{name}: {value}')}" for name, value in _headers(exchange)]
    if not exchange.content:
        return " \\\n  ".join(parts)
    body, padding = _body(exchange)
    if not padding:
        return " \\\n  ".join([*parts, f"--data-binary {shlex.quote(body)}"])
    width = len(body) + padding
    return f"printf '%-{width}s' {shlex.quote(body)} |\n  " + " \\\n  ".join([*parts, "--data-binary @-"])


def _python(exchange: Exchange) -> str:
    headers = [f"    {name!r}: {value!r}," for name, value in _headers(exchange)]
    if exchange.token:
        headers.append(f'    "Authorization": "Bearer " + os.environ["{VARIABLE}"],')
    body, padding = _body(exchange)
    data = f"{body!r}.encode()" + (f".ljust({len(body) + padding})" if padding else "") if exchange.content else "None"
    lines = [
        "import os, urllib.error, urllib.request",
        "headers = {",
        *headers,
        "}",
        f"request = urllib.request.Request({exchange.url!r}, {data}, headers, method={exchange.method!r})",
        "try:",
        "    answer = urllib.request.urlopen(request, timeout=30)",
        "except urllib.error.HTTPError as error:",
        "    answer = error",
        "print(answer.status, answer.read().decode())",
    ]
    return "\n".join(lines)


def _token(exchange: Exchange) -> str:
    """Return what makes a token like the one that was sent, and puts it where the other two look for it."""
    claims, header = exchange.claims, exchange.token_header
    if not claims:
        return ""
    issued = claims.get("iat")
    told = {name: value for name, value in claims.items() if name not in {"iat", "exp", "nbf"}}
    moments = [
        f"{name!r}: now + {int(claims[name]) - int(issued or 0)}"
        for name in ("iat", "nbf", "exp")
        if isinstance(claims.get(name), int) and isinstance(issued, int)
    ]
    payload = ", ".join([*(f"{name!r}: {value!r}" for name, value in told.items()), *moments])
    program = (
        "import base64, jwt, os, time; now = int(time.time()); "
        f"print(jwt.encode({{{payload}}}, base64.b64decode(os.environ['BUBBLEHOUSE_SECRET']), "
        f"'HS256', {{'kid': {header.get('kid')!r}}}))"
    )
    return f"export {VARIABLE}=$(.venv/bin/python -c {shlex.quote(program)})"
