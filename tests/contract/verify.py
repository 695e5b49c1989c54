"""The main job: the contract, a server and the client agree, proved over HTTP, with a report for people."""

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.contract.proof import child, console, junit, page, sarif
from tests.contract.proof.account import AccountError, left_as_found
from tests.contract.proof.control import TargetError, served
from tests.contract.proof.coverage import demands
from tests.contract.proof.figures import Run, TestFailure, read
from tests.contract.proof.options import DEFAULT_SEED, DOCUMENTED_RATE, STORIES_OVER_HTTP, at_least
from tests.contract.proof.server import ServerError, mock_at
from tests.contract.proof.stopping import stoppable
from tests.contract.proof.watch.secrets import scrub

_ROOT = Path(__file__).parents[2]
_ALL_TESTS = ("tests/contract",)
TESTS = _ALL_TESTS
REPORTS = _ROOT / "reports"
_TESTS_OF_THIS_JOB = ("tests/contract/test_verify.py", "tests/contract/verifying")
_ACCOUNT = "scripts/verify::the_test_customer_is_left_as_found"
_COVERAGE = "scripts/verify::everything_is_covered"
_EXAMPLES = 100
_PORT = 8653  # the same one whenever it is free, so that two runs say the same
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
        with stoppable():
            run = _verify(options, show)
    except (VerifyError, AccountError, ServerError, TargetError) as error:
        run = _broken(str(error), options)
    except KeyboardInterrupt:
        run = _broken("stopped", options)
    run.seconds = time.monotonic() - started
    page.write(run, REPORTS / "contract.html")
    sarif.write(run, REPORTS / "contract.sarif")
    if not run.broken:
        for line in console.summary(run, show.paint):
            show.line(line)
        show.line("reports/contract.html tells more; .xml (JUnit) and .sarif beside it are for machines")
    text, good = console.verdict(run)
    show.verdict(text, good=good)
    return 0 if run.agrees else 1


def _verify(options: argparse.Namespace, show: console.Screen) -> Run:
    # What an earlier run said must not be taken for what this one says.
    for kind in ("html", "xml", "json", "sarif"):
        (REPORTS / f"contract.{kind}").unlink(missing_ok=True)
    owed = REPORTS / "owed.json"
    problems: list[str] = []
    try:
        with _server(options, owed, problems) as url:
            show.step("The generated client is what the contract says")
            _regenerate()
            show.step(f"Contract tests against {url}")
            run = _prove(url, options, owed)
    except KeyboardInterrupt:
        raise VerifyError("; ".join(["stopped", *problems])) from None
    run.failures += [TestFailure(_ACCOUNT, scrub(problem)) for problem in problems]
    if options.url is None and TESTS == _ALL_TESTS and run.coverage is not None and not run.failures:
        run.failures += [TestFailure(_COVERAGE, lack) for lack in demands.unmet(run.coverage)]
    if run.failures:
        run.write(REPORTS / "contract.json")
    return run


def _broken(message: str, options: argparse.Namespace) -> Run:
    """Return the run that did not come to its end, and write down that it didn't."""
    run = Run(url=options.url or "", seed=options.seed, broken=scrub(message))
    run.write(REPORTS / "contract.json")
    junit.write_broken(run.broken, REPORTS / "contract.xml")
    return run


@contextmanager
def _server(options: argparse.Namespace, owed: Path, problems: list[str]) -> Iterator[str]:
    if options.url is not None:
        # Opened once to find out early whether it can be tested.
        with served(options.url, options.shop, allow_writes=options.allow_writes, rate=options.rate) as target:
            if target.control is not None:
                yield options.url
                return
            with left_as_found(target, owed, problems):
                yield options.url
        return
    with mock_at(_PORT) as started:
        yield started


def _regenerate() -> None:
    if child.run([sys.executable, "-m", "bubblehouse_codegen", "--check"], directory=_ROOT) != 0:
        raise VerifyError("generated/ is not what the contract says; run ./scripts/regenerate and look at the changes")


def _prove(url: str, options: argparse.Namespace, owed: Path) -> Run:
    REPORTS.mkdir(exist_ok=True)
    xml, figures = REPORTS / "contract.xml", REPORTS / "contract.json"
    examples = options.examples
    if examples is None:
        examples = _EXAMPLES if options.url is None else _STRANGERS_EXAMPLES
    command = [
        *(sys.executable, "-m", "pytest", *TESTS, "--tb=short", "--no-header", "-p", "no:cacheprovider"),
        *(f"--ignore={path}" for path in _TESTS_OF_THIS_JOB),
        *(f"--junitxml={xml}", "-o", "junit_suite_name=contract"),
        *(f"--contract-figures={figures}", f"--target-url={url}"),
        *(f"--contract-seed={options.seed}", f"--contract-examples={examples}"),
        f"--contract-owed={owed}",
        *([f"--model-examples={options.stories}"] if options.stories is not None else []),
        *([f"--target-shop={options.shop}"] if options.shop is not None else []),
        f"--target-rate={options.rate:g}",
        *(["--allow-writes"] if options.allow_writes else []),
        *([f"--contract-record={options.record.resolve()}"] if options.record is not None else []),
    ]
    status = child.run(command, directory=_ROOT, environment=os.environ | {"PYTHONUNBUFFERED": "1"})
    run = read(figures) if figures.exists() else Run()
    if not run.passed + len(run.failures) or (status != 0 and not run.failures):
        raise VerifyError(f"the contract tests did not run (pytest ended with {status}); its output says why")
    xml.write_text(scrub(xml.read_text(encoding="utf-8")), encoding="utf-8")
    return run


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/verify",
        description=(
            "Proves that contract, server and client agree: compares the generated client with the contract, starts "
            "the mock as a process, runs the contract tests over HTTP against it, and writes reports/contract.html "
            "(for people), .xml (JUnit), .sarif and .json. Ends with 0 where everything agrees, and 1 otherwise."
        ),
        epilog=(
            "With --url, credentials come from the environment: BUBBLEHOUSE_KEY_ID, BUBBLEHOUSE_SECRET (base64, as the "
            "API console shows it) and BUBBLEHOUSE_CUSTOMER, the id in the shop system of a customer made for tests."
        ),
    )
    parser.add_argument("--url", help="prove this server instead: https://app.bubblehouse.com/api, for one")
    parser.add_argument("--shop", help="the shop's slug, with --url")
    parser.add_argument("--allow-writes", action="store_true", help="with --url, also send calls that change something")
    parser.add_argument(
        "--seed", type=at_least(0), default=DEFAULT_SEED, help="seed of generated calls (default: %(default)s)"
    )
    parser.add_argument(
        "--examples",
        type=at_least(1),
        help=f"calls to draw per operation (default: {_EXAMPLES}, with --url {_STRANGERS_EXAMPLES})",
    )
    parser.add_argument(
        "--stories",
        type=at_least(1),
        help=f"stories to play with server and model, of some hundred calls each (default: {STORIES_OVER_HTTP})",
    )
    parser.add_argument(
        "--rate",
        type=float,
        default=DOCUMENTED_RATE,
        metavar="CALLS",
        help="with --url, calls per second, where the vendor has raised the shop's limit (default: %(default)g)",
    )
    parser.add_argument(
        "--record", type=Path, metavar="FILE", help="write down every call, without secrets, as a line of JSON each"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
