"""The main job: the contract, a server and the client agree, proved over HTTP, with a report for people."""

import argparse
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.contract.proof import child, console, junit, page
from tests.contract.proof.control import TargetError, served
from tests.contract.proof.figures import Run, read, scrub
from tests.contract.proof.options import DEFAULT_SEED, at_least
from tests.contract.proof.server import ServerError, mock_process

_ROOT = Path(__file__).parents[2]
TESTS = "tests/contract"
REPORTS = _ROOT / "reports"
_TESTS_OF_THIS_JOB = "tests/contract/test_verify.py"
_EXAMPLES = 100
_STRANGERS_EXAMPLES = 20
_STOPPING = (signal.SIGTERM, signal.SIGHUP)


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
        with _stoppable():
            run = _verify(options, show)
    except (VerifyError, ServerError, TargetError) as error:
        run = _broken(str(error), options)
    except KeyboardInterrupt:
        run = _broken("stopped", options)
    run.seconds = time.monotonic() - started
    page.write(run, REPORTS / "contract.html")
    if not run.broken:
        for line in console.summary(run, show.paint):
            show.line(line)
        show.line("reports/contract.html tells more; reports/contract.xml is for machines")
    text, good = console.verdict(run)
    show.verdict(text, good=good)
    return 0 if run.agrees else 1


@contextmanager
def _stoppable() -> Iterator[None]:
    """Let whoever ends this process break off what is done, so that its children end, too."""
    before = {number: signal.signal(number, signal.default_int_handler) for number in _STOPPING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _verify(options: argparse.Namespace, show: console.Screen) -> Run:
    # What an earlier run said must not be taken for what this one says.
    for kind in ("html", "xml", "json"):
        (REPORTS / f"contract.{kind}").unlink(missing_ok=True)
    with _server(options) as url:
        show.step("The generated client is what the contract says")
        _regenerate()
        show.step(f"Contract tests against {url}")
        return _prove(url, options)


def _broken(message: str, options: argparse.Namespace) -> Run:
    """Return the run that did not come to its end, and write down that it didn't."""
    run = Run(url=options.url or "", seed=options.seed, broken=scrub(message))
    run.write(REPORTS / "contract.json")
    junit.write_broken(run.broken, REPORTS / "contract.xml")
    return run


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
    if child.run([sys.executable, "-m", "bubblehouse_codegen", "--check"], directory=_ROOT) != 0:
        raise VerifyError("generated/ is not what the contract says; run ./scripts/regenerate and look at the changes")


def _prove(url: str, options: argparse.Namespace) -> Run:
    REPORTS.mkdir(exist_ok=True)
    xml, figures = REPORTS / "contract.xml", REPORTS / "contract.json"
    examples = options.examples
    if examples is None:
        examples = _EXAMPLES if options.url is None else _STRANGERS_EXAMPLES
    command = [
        *(sys.executable, "-m", "pytest", TESTS, "--tb=short", "--no-header", "-p", "no:cacheprovider"),
        *(f"--ignore={_TESTS_OF_THIS_JOB}", f"--junitxml={xml}", "-o", "junit_suite_name=contract"),
        *(f"--contract-figures={figures}", f"--target-url={url}"),
        *(f"--contract-seed={options.seed}", f"--contract-examples={examples}"),
        *([f"--target-shop={options.shop}"] if options.shop is not None else []),
        *(["--allow-writes"] if options.allow_writes else []),
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
    parser.add_argument(
        "--seed", type=at_least(0), default=DEFAULT_SEED, help="seed of generated calls (default: %(default)s)"
    )
    parser.add_argument(
        "--examples",
        type=at_least(1),
        help=f"calls to draw per operation (default: {_EXAMPLES}, with --url {_STRANGERS_EXAMPLES})",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
