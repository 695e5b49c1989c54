"""Linters of OpenAPI documents, each with all that it recommends, and what they find."""

import json
import os
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final, NamedTuple

from openapi_spec_validator import OpenAPIV31SpecValidator
from tests.independent import installation

_QUIET: Final = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}


class Finding(NamedTuple):
    """What a linter finds wrong.

    Attributes:
        rule: The linter's name of the rule.
        place: Where, as a JSON pointer; empty where the linter doesn't say.
        message: What it says.
    """

    rule: str
    place: str
    message: str


class Allowed(NamedTuple):
    """Findings that are right as they are.

    Attributes:
        rule: The rule's name.
        place: Where; `*` stands for anything.
        reason: Why it stays.
    """

    rule: str
    place: str
    reason: str

    def covers(self, finding: Finding) -> bool:
        """Tell whether a finding is one of these."""
        return finding.rule == self.rule and fnmatchcase(finding.place, self.place)


class LinterError(Exception):
    """A linter didn't come to its end; the message has what it said."""


def unexplained(findings: Sequence[Finding], allowed: Iterable[Allowed]) -> tuple[list[Finding], list[Allowed]]:
    """Return the findings that nothing allows, and what allows nothing."""
    allowed = list(allowed)
    lacking = [it for it in findings if not any(one.covers(it) for one in allowed)]
    return lacking, [one for one in allowed if not any(one.covers(it) for it in findings)]


def _redocly(document: Path) -> Iterator[Finding]:
    ruleset = ("--extends", "recommended", "--format", "json", "--max-problems", "1000")
    for problem in json.loads(_run("redocly", "lint", document, *ruleset))["problems"]:
        place = problem["location"][0]["pointer"].removeprefix("#")
        yield Finding(problem["ruleId"], place, problem["message"])


def _spectral(document: Path) -> Iterator[Finding]:
    ruleset = document.with_name("spectral.json")
    ruleset.write_text('{"extends": [["spectral:oas", "recommended"]]}', encoding="ascii")
    said = _run("spectral", "lint", document, "--ruleset", ruleset, "--format", "json", "--quiet")
    for problem in json.loads(said):
        place = "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in problem["path"])
        yield Finding(problem["code"], place, problem["message"])


def _spec_validator(document: Path) -> Iterator[Finding]:
    content: Any = json.loads(document.read_bytes())
    for error in OpenAPIV31SpecValidator(content).iter_errors():
        yield Finding(type(error).__name__, "", str(error.message))


def _run(tool: str, *arguments: str | Path) -> str:
    """Run a linter: one that ends with a failure has found something, and said so."""
    command = (installation.NODE, installation.program(tool), *arguments)
    done = subprocess.run(command, env=os.environ | _QUIET, capture_output=True, text=True, check=False)
    if not done.stdout.lstrip().startswith(("{", "[")):
        raise LinterError(f"{tool} ended with {done.returncode}: {done.stderr or done.stdout}")
    return done.stdout


LINTERS: Final[dict[str, Callable[[Path], Iterator[Finding]]]] = {
    "openapi-spec-validator": _spec_validator,
    "Redocly CLI": _redocly,
    "Spectral": _spectral,
}
