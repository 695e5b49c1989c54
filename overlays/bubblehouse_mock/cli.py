"""The command `bubblehouse-mock`."""

import argparse
import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

if TYPE_CHECKING:
    from bubblehouse_mock.mock import BubblehouseMock
    from bubblehouse_mock.serving.recipe import Recipe

_CONTROL_TOKEN: Final = "BUBBLEHOUSE_MOCK_CONTROL_TOKEN"  # noqa: S105 - a name
_MOST_WORKERS: Final = 64


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the mock until it is told to stop.

    Args:
        arguments: The command line; None for the process's own.

    Returns:
        The exit status: 0 after Ctrl-C or SIGTERM, 2 where the mock can't start.
    """
    options = _parser().parse_args(arguments)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    try:
        return _run(options)
    except ModuleNotFoundError as error:
        if (error.name or "bubblehouse").startswith("bubblehouse"):
            raise
        return _fail(f"{error.name} is not installed; run: pip install 'bubblehouse-loyalty[mock]'")


def _run(options: argparse.Namespace) -> int:
    from bubblehouse_mock.contract import ContractError  # noqa: PLC0415 - needs the [mock] extra; --help doesn't
    from bubblehouse_mock.serving.recipe import Recipe  # noqa: PLC0415 - as above
    from bubblehouse_mock.state import Fixture, FixtureError  # noqa: PLC0415 - as above
    from bubblehouse_mock.state.schema import fixture_schema  # noqa: PLC0415 - as above
    from bubblehouse_mock.storage import DatabaseError  # noqa: PLC0415 - as above

    if options.schema:
        print(json.dumps(fixture_schema(Fixture), indent=2))
        return 0
    if options.workers > 1 and options.db is None:
        return _fail("--workers needs --db: what workers share stands there")
    recipe = Recipe(contract=options.contract, fixture=options.fixture, db=options.db, strict=options.strict)
    try:
        mock = recipe.build()
        if options.export:
            print(mock.control.export(), end="")
            return 0
        _serve(mock, recipe, options)
    except (ContractError, DatabaseError, FixtureError) as error:
        return _fail(str(error))
    return 0


def _serve(mock: "BubblehouseMock", recipe: "Recipe", options: argparse.Namespace) -> None:
    from bubblehouse_mock.serving.server import Served, ServerError, access_from, listening, run  # noqa: PLC0415 - as in `_run`
    from bubblehouse_mock.serving.workers import serve_with_workers  # noqa: PLC0415 - as in `_run`

    access = access_from(options.host, options.control_token)

    def announce() -> None:
        print(mock.base_url, flush=True)
        root = mock.base_url.removesuffix("api")
        place = "no control plane beyond loopback without --control-token" if access is None else root
        print(f"{', '.join(shops)}; {place}; Ctrl-C stops it", file=sys.stderr, flush=True)

    shops = list(mock.shops)
    try:
        with listening(options.host, options.port) as (listener, base_url):
            mock.base_url, served = base_url, Served(base_url, access, options.log)
            if options.workers == 1:
                run(mock, served, listener, announce)
            else:
                mock.close()
                serve_with_workers(recipe, served, listener, options.workers, announce)
    except ServerError as error:
        raise SystemExit(_fail(str(error))) from None


def _fail(message: str) -> int:
    print(f"bubblehouse-mock: {message}", file=sys.stderr)
    return 2


def _stop(_number: int, _frame: object) -> NoReturn:
    # The server stops gracefully first and raises the signal again when it is done.
    raise SystemExit(0)


def _token(text: str) -> str:
    if not text:
        raise argparse.ArgumentTypeError("the token is empty")
    return text


def _count(text: str) -> int:
    count = int(text)
    if not 1 <= count <= _MOST_WORKERS:
        raise argparse.ArgumentTypeError(f"{text} is not from 1 to {_MOST_WORKERS}")
    return count


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bubblehouse-mock",
        description=(
            "A stateful mock of the Bubblehouse Loyalty API. Prints its base URL on standard output when it is ready. "
            "There is a page for people at its root, and the API reference at /reference. GET /__mock__/openapi.json "
            "describes the control plane: "
            "/__mock__/config tells shops, keys and customers, POST /__mock__/reset starts over."
        ),
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8642, help="port; 0 for any that is free (default: %(default)s)")
    parser.add_argument(
        "--fixture", type=Path, metavar="FILE", help="shops to start from, in YAML or JSON (default: a demo shop)"
    )
    parser.add_argument(
        "--db",
        type=Path,
        metavar="FILE",
        help="keep all state in this SQLite file (default: in memory)",
    )
    parser.add_argument(
        "--workers", type=_count, default=1, metavar="N", help="processes that share --db (default: %(default)s)"
    )
    parser.add_argument(
        "--control-token",
        type=_token,
        default=os.environ.get(_CONTROL_TOKEN) or None,
        metavar="TOKEN",
        help="ask for this token at /__mock__/, which is served beyond loopback only with one; better given as "
        f"{_CONTROL_TOKEN} in the environment, where other users can't see it",
    )
    parser.add_argument("--schema", action="store_true", help="print the JSON Schema of fixtures, and stop")
    parser.add_argument("--export", action="store_true", help="print the state as a fixture in YAML, and stop")
    parser.add_argument(
        "--contract", type=Path, metavar="FILE", help="resolved OpenAPI document in JSON (default: the client's own)"
    )
    parser.add_argument("--strict", action="store_true", help="answer 500 where an answer would not fit the contract")
    parser.add_argument(
        "--log",
        choices=("critical", "error", "warning", "info", "debug"),
        default="warning",
        help="level of the log on standard error; info has a line for each request (default: %(default)s)",
    )
    return parser
