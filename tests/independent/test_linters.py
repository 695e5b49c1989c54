"""Other people's tools take the contract: linters find nothing that hasn't its reason, and TypeScript compiles."""

import copy
import json
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest
from tests.independent import installation
from tests.independent.linters import LINTERS, Allowed, unexplained

from bubblehouse_codegen.documents import Document, load, overlays_for, resolve

pytestmark = pytest.mark.deep

_ROOT = Path(__file__).parents[2]
_UNUSED: Final = {"Redocly CLI": "no-unused-components", "Spectral": "oas3-unused-component"}
_UNPLACED: Final = "The docs have the type inside CustomerBalanceResult3, under a name that could not be read."
_OTHERWISE: Final = {
    "facts": {
        "MarketInput1": "The docs have it as an input of functions; which, the assumptions say.",
        **dict.fromkeys(
            ("TierStatus3", "AvailableReward1", "Source2", "CustomerReferralStats3", "Offer1"),
            "Properties that are known by name have it; which type each has, the assumptions say.",
        ),
    },
    "resolved": {},
}
# Redocly counts only references from where OpenAPI has some, Spectral those in extensions as well.
_BEHIND_EXTENSIONS: Final = {
    "RedemptionConfiguration2",
    "CustomerSubscriptionStatus3",
    "CustomerRollingPointExpiration3",
    "Asset2",
    "Ownership2",
    "MembershipStatus1",
}


def _contract(kind: str) -> Document:
    facts = load(_ROOT / "spec/openapi.yaml")
    return facts if kind == "facts" else resolve(facts, overlays_for(_ROOT / "overlays/spec", "everybody"))


def _allowed(linter: str, kind: str) -> list[Allowed]:
    if linter not in _UNUSED:
        return []
    reasons = {f"/components/schemas/{name}": reason for name, reason in _OTHERWISE[kind].items()}
    if linter == "Redocly CLI":
        reasons |= {f"/components/schemas/{name}": _UNPLACED for name in _BEHIND_EXTENSIONS}
    if kind == "resolved":
        reasons["/components/responses/UnknownFunction"] = "It answers paths that are in no document."
    return [Allowed(_UNUSED[linter], place, reason) for place, reason in reasons.items()]


@pytest.fixture(params=["facts", "resolved"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def _written(document: Document, folder: Path) -> Path:
    path = folder / "openapi.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


@pytest.mark.parametrize("linter", LINTERS)
def test_a_linter_finds_nothing_without_a_reason(linter: str, kind: str, tmp_path: Path) -> None:
    findings = list(LINTERS[linter](_written(_contract(kind), tmp_path)))
    assert unexplained(findings, _allowed(linter, kind)) == ([], [])


@pytest.mark.parametrize("linter", LINTERS)
def test_a_linter_finds_what_is_wrong(linter: str, tmp_path: Path) -> None:
    document = copy.deepcopy(_contract("resolved"))
    operation: dict[str, Any] = document["paths"]["/{shop}/RedeemPoints1"]["post"]
    operation["parameters"] = [{"name": "x", "in": "nowhere", "schema": {"type": "string"}}]
    findings = list(LINTERS[linter](_written(document, tmp_path)))
    assert unexplained(findings, _allowed(linter, "resolved"))[0] != []


def _node(tool: str, *arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    command = (installation.NODE, installation.program(tool), *arguments)
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_typescript_can_be_generated_from_it_and_compiles(kind: str, tmp_path: Path) -> None:
    types = tmp_path / "api.ts"
    made = _node("openapi-typescript", _written(_contract(kind), tmp_path), "--output", types)
    assert made.returncode == 0, made.stdout + made.stderr
    compiled = _node("tsc", "--strict", "--noEmit", types)
    assert compiled.returncode == 0, compiled.stdout
    assert "RedeemPoints1" in types.read_text(encoding="utf-8")


def test_typescript_that_is_wrong_does_not_compile(tmp_path: Path) -> None:
    types = tmp_path / "api.ts"
    _node("openapi-typescript", _written(_contract("resolved"), tmp_path), "--output", types)
    wrong = '\nexport const it: components["schemas"]["RedeemPoints1Input"] = {pts: "1"};\n'
    types.write_text(types.read_text(encoding="utf-8") + wrong, encoding="utf-8")
    assert "'string' is not assignable to type 'number'" in _node("tsc", "--strict", "--noEmit", types).stdout
