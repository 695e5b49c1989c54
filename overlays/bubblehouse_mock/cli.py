"""The command `bubblehouse-mock`."""

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NoReturn

_EXTRA: Final = {"jsonschema_rs", "jwt", "uvicorn", "yaml"}


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
        if error.name not in _EXTRA:
            raise
        return _fail(f"{error.name} is not installed; run: pip install 'bubblehouse-loyalty[mock]'")


def _run(options: argparse.Namespace) -> int:
    from bubblehouse_mock.contract import ContractError  # noqa: PLC0415 - needs the [mock] extra; --help doesn't
    from bubblehouse_mock.control.gate import is_loopback  # noqa: PLC0415 - as above
    from bubblehouse_mock.mock import BubblehouseMock  # noqa: PLC0415 - as above
    from bubblehouse_mock.server import ServerError, serve  # noqa: PLC0415 - as above
    from bubblehouse_mock.state import FixtureError  # noqa: PLC0415 - as above

    def announce() -> None:
        print(mock.base_url, flush=True)
        control = mock.base_url.removesuffix("/api") + "/__mock__/config"
        place = control if is_loopback(options.host) else "no control plane beyond loopback"
        print(f"shop {mock.shop}; {place}; Ctrl-C stops it", file=sys.stderr, flush=True)

    try:
        mock = BubblehouseMock(contract=options.contract, fixture=options.fixture, strict=options.strict)
        serve(mock, host=options.host, port=options.port, log=options.log, on_ready=announce)
    except (ContractError, FixtureError, ServerError) as error:
        return _fail(str(error))
    return 0


def _fail(message: str) -> int:
    print(f"bubblehouse-mock: {message}", file=sys.stderr)
    return 2


def _stop(_number: int, _frame: object) -> NoReturn:
    # The server stops gracefully first and raises the signal again when it is done.
    raise SystemExit(0)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bubblehouse-mock",
        description=(
            "A stateful mock of the Bubblehouse Loyalty API. Prints its base URL on standard output when it is ready. "
            "GET /__mock__/config tells the shop, its keys and its customers; POST /__mock__/reset starts over."
        ),
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8642, help="port; 0 for any that is free (default: %(default)s)")
    parser.add_argument(
        "--fixture", type=Path, metavar="FILE", help="shop to start from, in YAML (default: a demo shop)"
    )
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
