"""The other direction: each small change to the contract is reported for the page that it no longer agrees with."""

from pathlib import Path

import pytest
from tests.docs_check.checking import COMPLETE, PAGES, ROOT, explained

from bubblehouse_docs.check import check
from bubblehouse_docs.contract import Contract

SPEC = (ROOT / "spec/openapi.yaml").read_text(encoding="utf-8")
GET = SPEC.index("operationId: CustomerBalance3Get")


@pytest.mark.parametrize(
    ("page", "old", "new", "what", "kind"),
    [
        ("redeem_points.txt", "x-bubblehouse-kind: write", "x-bubblehouse-kind: read", "kind", "differs"),
        ("redeem_points.txt", "        - ShopToken: []\n", "", "token ShopToken", "page only"),
        ("redeem_points.txt", "enum: [v2023061, v20230601]", "enum: [v2023061]", "version", "differs"),
        ("redeem_points.txt", "https://app.bubblehouse.com/api/", "https://api.bubblehouse.com/", "url", "differs"),
        ("redeem_points.txt", "required: [pts]", "required: [customer]", "input.pts presence", "differs"),
        (
            "redeem_points.txt",
            "x-bubblehouse-required-with: [ShopToken]",
            "x-old: []",
            "input.customer presence",
            "differs",
        ),
        ("redeem_points.txt", "\n        no_coupon:\n", "\n        without_coupon:\n", "input.no_coupon", "page only"),
        (
            "redeem_points.txt",
            "\n        no_coupon:\n",
            "\n        without_coupon:\n",
            "input.without_coupon",
            "contract only",
        ),
        (
            "redeem_points.txt",
            "items: {type: string}",
            "items: {type: integer}",
            "output.remove_coupon_codes type",
            "differs",
        ),
        ("redeem_points.txt", "const: points_disabled", "const: points_off", "error points_disabled", "page only"),
        ("redeem_points.txt", "const: points_disabled", "const: points_off", "error points_off", "contract only"),
        ("unredeem.html", "const: change_already_reverted", "const: reverted", "error reverted", "contract only"),
        (
            "unredeem.html",
            "schemas/ChangeNotFoundError'\n",
            "schemas/InvalidTokenError'\n",
            "error not_found",
            "page only",
        ),
        (
            "unredeem.html",
            "description: The redemption was undone before.",
            "description: ''",
            "error change_already_reverted reason",
            "page only",
        ),
        ("customer_balance.md", "CustomerBalanceResult3", "Balance4", "output type", "differs"),
    ],
)
def test_a_changed_contract_is_reported(tmp_path: Path, page: str, old: str, new: str, what: str, kind: str) -> None:
    assert old in SPEC
    changed = SPEC.replace(old, new) if old == "CustomerBalanceResult3" else SPEC.replace(old, new, 1)
    assert (kind, what) in _reported(tmp_path, page, changed)


def test_the_second_verb_is_compared_as_well(tmp_path: Path) -> None:
    changed = SPEC[:GET] + SPEC[GET:].replace("        - ShopToken: []\n", "", 1)
    assert _reported(tmp_path, "customer_balance.md", changed) == [("page only", "token ShopToken")]
    changed = SPEC[:GET] + SPEC[GET:].replace("        '401': {$ref: '#/components/responses/InvalidToken'}\n", "", 1)
    assert _reported(tmp_path, "customer_balance.md", changed) == [("page only", "error invalid_token")]


def _reported(folder: Path, page: str, spec: str) -> list[tuple[str, str]]:
    (folder / "openapi.yaml").write_text(spec, encoding="utf-8")
    (folder / "overlays").mkdir(exist_ok=True)
    contract = Contract(folder / "openapi.yaml", folder / "overlays", folder)
    found = check(PAGES / page, contract, [] if page in COMPLETE else list(explained())).unexplained
    assert all(finding.place is not None and finding.place.file == "openapi.yaml" for finding in found)
    return [(finding.kind, finding.what) for finding in found]
