"""A page of a function that the contract doesn't have becomes a draft, which is valid in the contract and generates."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from openapi_spec_validator import validate
from tests.docs_check.checking import COMPLETE, HERE, PAGES, ROOT, check_text, contract, page

from bubblehouse_codegen.cli import main as regenerate
from bubblehouse_codegen.documents import Document, load
from bubblehouse_docs.check import check
from bubblehouse_docs.cli import main
from bubblehouse_docs.contract import Contract

REFUND = HERE / "unknown/refund_points.txt"


def _drafted(text: str, folder: Path) -> Document:
    """Return the contract with a draft put into it, and leave it in a file."""
    draft: Document = yaml.safe_load(text)
    document = load(ROOT / "spec/openapi.yaml")
    document["paths"] |= draft["paths"]
    assert not draft["components"]["schemas"].keys() & document["components"]["schemas"].keys()
    document["components"]["schemas"] |= draft["components"]["schemas"]
    (folder / "openapi.json").write_text(json.dumps(document), encoding="utf-8")
    return document


def test_it_has_what_the_page_states() -> None:
    checked = check(REFUND, contract(), [])
    post: Any = yaml.safe_load(checked.draft)["paths"]["/{shop}/RefundPoints2"]["post"]
    schemas: Any = yaml.safe_load(checked.draft)["components"]["schemas"]
    assert [(finding.kind, finding.what) for finding in checked.findings] == [("page only", "function")]
    assert (post["operationId"], post["x-bubblehouse-kind"]) == ("RefundPoints2", "write")
    assert post["security"] == [{"CustomerToken": []}, {"ShopToken": []}, {}]
    assert schemas["RefundPoints2Input"]["required"] == ["pts", "weight"]
    fields = schemas["RefundPoints2Input"]["properties"]
    assert fields["customer"]["x-bubblehouse-required-with"] == ["ShopToken"]
    assert fields["price"]["$ref"].endswith("/MonetaryInput")
    assert fields["note"]["type"] == ["string", "null"]
    assert fields["reasons"]["items"]["$ref"].endswith("/RefundReason1")
    assert schemas["RefundPoints2Output"]["properties"]["paid"]["$ref"].endswith("/Monetary")
    assert post["responses"]["401"] == {"$ref": "#/components/responses/InvalidToken"}
    scopes = {name: schema["x-bubblehouse-error-scope"] for name, schema in schemas.items() if name.endswith("Error")}
    assert scopes == {
        "RefundTooLateError": "operation",
        "RefundPoints2RefundTooLateError": "operation",  # one class has one status
        "RefundPoints2InvalidTokenError": "global",
    }


def test_it_says_what_the_page_does_not_state() -> None:
    lines = check(REFUND, contract(), []).draft.splitlines()
    notes = " ".join(line.removeprefix("# ") for line in lines if line.startswith("#"))
    for note in (
        "a field of line 50, whose name is not stated",
        "The type of input weight, line 40: decimal is not known",
        "Whether input since, line 44, is required: mandatory",
        "The contract has no RefundReason1",
        "status not stated, id refund_forbidden",
        "no security scheme for 'Admin Token'",
    ):
        assert note in notes


def test_it_is_valid_and_its_examples_fit(tmp_path: Path) -> None:
    document = _drafted(check(REFUND, contract(), []).draft, tmp_path)
    validate(document)
    post = document["paths"]["/{shop}/RefundPoints2"]["post"]
    for media in (post["requestBody"], post["responses"]["200"], post["responses"]["404"]):
        content = media["content"]["application/json"]
        schema = {**content["schema"], "components": document["components"]}
        for example in content["examples"].values():
            jsonschema_rs.validator_for(schema).validate(example["value"])


def test_it_generates(tmp_path: Path) -> None:
    _drafted(check(REFUND, contract(), []).draft, tmp_path)
    assert regenerate(["--spec", str(tmp_path / "openapi.json"), "--output", str(tmp_path / "out")]) == 0
    client = "import bubblehouse_loyalty as made"
    program = f"{client}; print(made.LoyaltyClient.refund_points_2, made.errors.RefundTooLateError)"
    path = {"PYTHONPATH": f"{tmp_path / 'out'}:{ROOT / 'overlays'}"}
    done = subprocess.run([sys.executable, "-c", program], env=path, capture_output=True, text=True, check=True)
    assert "refund_points_2" in done.stdout


@pytest.mark.parametrize("name", sorted(path.name for path in PAGES.iterdir()))
def test_a_page_agrees_with_its_own_draft(name: str, tmp_path: Path) -> None:
    old = next(word for word in ("UseAchievementDiscount1", "RedeemPoints1", "CustomerBalance3") if word in page(name))
    old = "Unredeem1" if name.startswith("unredeem") else old
    text = page(name).replace(old, f"{old}7")
    _drafted(check_text(tmp_path, name, text).draft, tmp_path)
    with_draft = Contract(tmp_path / "openapi.json", ROOT / "overlays/spec", ROOT)
    found = check(tmp_path / name, with_draft, []).unexplained
    lost = () if name in COMPLETE else ("not stated", "page only")
    assert [finding for finding in found if finding.kind not in lost] == []


def test_a_page_without_verb_kind_and_tokens_gets_no_guesses(tmp_path: Path) -> None:
    checked = check_text(tmp_path, "bare.txt", "Loyalty API\nGiveAway1\nInput\nOutput\n")
    operation = yaml.safe_load(checked.draft)["paths"]["/{shop}/GiveAway1"]["post"]
    assert not operation.keys() & {"x-bubblehouse-kind", "security"}
    for note in ("Not stated: the kind", "Not stated: the kinds of token", "Not stated: the input", "no verb"):
        assert note in checked.draft


def test_it_is_written_to_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "draft.yaml"
    assert main([str(REFUND), "--draft", str(file)]) == 1
    assert yaml.safe_load(file.read_text(encoding="utf-8")).keys() == {"paths", "components"}
    said = capsys.readouterr()
    assert "operationId" not in said.out
    assert str(file) in said.err


def test_it_is_printed_and_stands_in_the_report(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(REFUND)]) == 1
    assert "operationId: RefundPoints2" in capsys.readouterr().out
    assert main([str(REFUND), "--json"]) == 1
    assert "operationId: RefundPoints2" in json.loads(capsys.readouterr().out)["pages"][0]["draft"]


def test_a_file_that_cant_be_written_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(REFUND), "--draft", str(tmp_path)]) == 2
    assert f"{tmp_path}: can't be written" in capsys.readouterr().err
