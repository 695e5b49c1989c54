"""The main job: the contract, a server and the client agree, proved over HTTP, with a report for people."""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.contract.proof import console, page
from tests.contract.proof.control import TargetError, served
from tests.contract.proof.figures import Run, read, scrub
from tests.contract.proof.options import DEFAULT_SEED
from tests.contract.proof.server import ServerError, mock_process

_ROOT = Path(__file__).parents[2]
_TESTS = "tests/contract"
_REPORTS = _ROOT / "reports"
_EXAMPLES = 100
_STRANGERS_EXAMPLES = 20


class VerifyError(Exception):
    """Verification can't go on; the message says what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify, and report.

    Args:
        arguments: The command line; None for the process's own.

    Returns:
        0 where everything agrees, 1 where something doesn't.
    """
    options = _parser().parse_args(arguments)
    if (options.url is None) and (options.shop is not None or options.allow_writes):
        _parser().error("--shop and --allow-writes belong to --url")
    show = console.Screen(sys.stdout)
    started = time.monotonic()
    try:
        show.step("The generated client is what the contract says")
        _regenerate()
        with _server(options) as url:
            show.step(f"Contract tests against {url}")
            run = _prove(url, options)
    except (VerifyError, ServerError, TargetError) as error:
        show.verdict(f"verify: {error}", good=False)
        return 1
    except KeyboardInterrupt:
        show.verdict("verify: stopped", good=False)
        return 1
    run.seconds = time.monotonic() - started
    page.write(run, _REPORTS / "contract.html")
    for line in console.summary(run, show.paint):
        show.line(line)
    show.line("reports/contract.html tells more; reports/contract.xml is for machines")
    text, good = console.verdict(run)
    show.verdict(text, good=good)
    return 0 if run.agrees else 1


@contextmanager
def _server(options: argparse.Namespace) -> Iterator[str]:
    if options.url is not None:
        # Opened once to find out early whether it can be tested.
        with served(options.url, options.shop, allow_writes=options.allow_writes):
            yield options.url
        return
    with mock_process() as started:
        yield started


def _regenerate() -> None:
    command = [sys.executable, "-m", "bubblehouse_codegen", "--check"]
    if subprocess.run(command, cwd=_ROOT, check=False).returncode != 0:
        raise VerifyError("generated/ is not what the contract says; run ./scripts/regenerate and look at the changes")


def _prove(url: str, options: argparse.Namespace) -> Run:
    _REPORTS.mkdir(exist_ok=True)
    junit, figures = _REPORTS / "contract.xml", _REPORTS / "contract.json"
    figures.unlink(missing_ok=True)
    examples = options.examples or (_EXAMPLES if options.url is None else _STRANGERS_EXAMPLES)
    command = [
        *(sys.executable, "-m", "pytest", _TESTS, "--tb=short", "--no-header", "-p", "no:cacheprovider"),
        *(f"--junitxml={junit}", "-o", "junit_suite_name=contract", f"--contract-figures={figures}"),
        *(f"--target-url={url}", f"--contract-seed={options.seed}", f"--contract-examples={examples}"),
        *([f"--target-shop={options.shop}"] if options.shop is not None else []),
        *(["--allow-writes"] if options.allow_writes else []),
    ]
    status = subprocess.run(command, cwd=_ROOT, check=False, env=os.environ | {"PYTHONUNBUFFERED": "1"}).returncode
    run = read(figures) if figures.exists() else Run()
    if not run.passed + len(run.failures) or (status != 0 and not run.failures):
        raise VerifyError(f"the contract tests did not run (pytest ended with {status}); its output says why")
    junit.write_text(scrub(junit.read_text(encoding="utf-8")), encoding="utf-8")
    return run


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/verify",
        description=(
            "Proves that contract, server and client agree: compares the generated client with the contract, starts "
            "the mock as a process, runs the contract tests over HTTP against it, and writes reports/contract.html "
            "(for people), .xml (JUnit) and .json. Ends with 0 where everything agrees, and 1 otherwise."
        ),
        epilog=(
            "With --url, credentials come from the environment: BUBBLEHOUSE_KEY_ID, BUBBLEHOUSE_SECRET (base64, as the "
            "API console shows it) and BUBBLEHOUSE_CUSTOMER, the id in the shop system of a customer made for tests."
        ),
    )
    parser.add_argument("--url", help="prove this server instead: https://app.bubblehouse.com/api, for one")
    parser.add_argument("--shop", help="the shop's slug, with --url")
    parser.add_argument("--allow-writes", action="store_true", help="with --url, also send calls that change something")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="seed of generated calls (default: %(default)s)")
    parser.add_argument(
        "--examples",
        type=int,
        help=f"calls to draw per operation (default: {_EXAMPLES}, with --url {_STRANGERS_EXAMPLES})",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
