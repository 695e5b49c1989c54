"""The report for code hosts: what failed, in SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/)."""

import hashlib
import json
from pathlib import Path
from typing import Any

from tests.contract.proof.figures import Run, TestFailure
from tests.contract.proof.watch.secrets import scrub

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_SPEC = "spec/openapi.yaml"
_BROKEN = "scripts/verify"
_LONGEST = 2000  # characters of a message


def write(run: Run, path: Path) -> None:
    """Write the report.

    Args:
        run: The figures.
        path: The file.
    """
    results = [_of_test(failure) for failure in run.failures]
    if run.traffic is not None:
        results += [
            _result(f"schemathesis/{it.check}", f"{it.operation}: {it.title}\n{it.message}\n{it.curl}", _SPEC, 1)
            for it in run.traffic.failures
        ]
    if run.broken:
        results.append(_result(_BROKEN, run.broken, _BROKEN, 1))
    rules = sorted({result["ruleId"] for result in results})
    for result in results:
        result["ruleIndex"] = rules.index(result["ruleId"])
    driver = {
        "name": "bubblehouse-loyalty contract tests",
        "semanticVersion": run.versions.get("bubblehouse-loyalty", "0.0.0"),
        "rules": [{"id": rule, "shortDescription": {"text": rule}} for rule in rules],
    }
    log = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": driver},
                "columnKind": "unicodeCodePoints",
                "invocations": [{"executionSuccessful": not run.broken}],
                "properties": {"seed": run.seed},
                "results": results,
            }
        ],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(scrub(json.dumps(log, indent=1, ensure_ascii=False)), encoding="utf-8")


def _of_test(failure: TestFailure) -> dict[str, Any]:
    file, _, test = failure.name.partition("::")
    name = test.partition("[")[0] or "collection"
    shown = "\n".join([failure.name, failure.message[-_LONGEST:], *(it.curl for it in failure.calls[-1:])])
    return _result(f"{Path(file).stem}/{name}", shown, file, failure.line)


def _result(rule: str, message: str, file: str, line: int) -> dict[str, Any]:
    region = {"startLine": line}
    # Code hosts tell a failure that they know from a new one by this.
    known = hashlib.sha256(f"{rule} {message.partition(chr(10))[0]}".encode()).hexdigest()
    return {
        "ruleId": rule,
        "level": "error",
        "message": {"text": message},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": file}, "region": region}}],
        "partialFingerprints": {"failure/v1": known},
    }
