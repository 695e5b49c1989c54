"""What a maintainer edits by hand in the drill: each function one sitting at one file."""

import re
import shutil
from pathlib import Path

HERE = Path(__file__).parent

_TEXTS = {
    "      summary: TODO\n      description: TODO": (
        "      summary: Spend points and get a discount code, and say where.\n"
        "      description: As RedeemPoints1, and tells the shop where it was done."
    ),
    "channel: TODO": "channel: web",
    "code: TODO": "code: LOYAL-7F3K9Q2M",
    "channel: {description: TODO": "channel: {description: 'Where it was done: web, app or counter.'",
    "'200':\n          description: TODO": "'200':\n          description: The points are spent.",
    "'422':\n          description: TODO": "'422':\n          description: The shop's rules don't allow it.",
    "pts: {description: TODO, type: integer}\n        channel": (
        "pts: {description: How many points., type: integer, minimum: 1}\n        channel"
    ),
    "pts: 1": "pts: 500",
    "'42.990000'": "'5.000000'",
    "draft:": "checkout:",
}

_LINKS = """          links:
            undo:
              operationId: Unredeem1
              description: Give the points of this redemption back.
              parameters: {shop: $request.path.shop}
              requestBody:
                customer: $request.body#/customer
                change_bhid: $response.body#/change_bhid
"""


def add_version(root: Path) -> None:
    """The new global version: a word in the server variable, and an overlay with its differences."""
    _replace(root / "spec/openapi.yaml", "enum: [v2023061, v20230601]", "enum: [v2023061, v20230601, v2027]")
    folder = root / "overlays/spec/versions"
    folder.mkdir()
    shutil.copy(HERE / "v2027.overlay.yaml", folder)


def add_function(root: Path, draft: str) -> None:
    """The new function: its draft with words in place of every TODO, and what has to be assumed."""
    for before, after in _TEXTS.items():
        assert before in draft, before
        draft = draft.replace(before, after)
    draft = draft.replace("        '400': {$ref", f"{_LINKS}        '400': {{$ref", 1)
    draft = re.sub(r"description: TODO", "description: As in RedeemPoints1.", draft)
    _, paths, schemas = re.split(r"^paths:\n|^components:\n  schemas:\n", draft, flags=re.MULTILINE)
    spec = root / "spec/openapi.yaml"
    _replace(spec, "\ncomponents:\n", f"\n{paths}\ncomponents:\n")
    _replace(spec, "    RedeemPoints1Input:\n", f"{schemas}    RedeemPoints1Input:\n")
    assumptions = root / "overlays/spec/10-assumptions.overlay.yaml"
    assumptions.write_text(assumptions.read_text() + (HERE / "assumptions.yaml").read_text())


def deprecate(root: Path) -> None:
    """The old function stays, and names its successor."""
    spec = root / "spec/openapi.yaml"
    old = "      operationId: RedeemPoints1\n"
    _replace(spec, old, f"{old}      deprecated: true\n      x-bubblehouse-successor: RedeemPoints2\n")


def add_rule(root: Path) -> None:
    """The mock's rule: the same ledger as before."""
    rules = root / "overlays/bubblehouse_mock/rules/__init__.py"
    _replace(rules, '    "Unredeem1":', '    "RedeemPoints2": redeem_points_1.answer,\n    "Unredeem1":')


def add_arguments(root: Path) -> None:
    """What the contract tests call it with."""
    scene = root / "tests/contract/proof/scene.py"
    old = '            "RedeemPoints1": {"pts": self.amount},\n'
    _replace(scene, old, f'{old}            "RedeemPoints2": {{"pts": self.amount, "channel": "web"}},\n')


def _replace(path: Path, before: str, after: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(before) == 1, f"{path}: {before!r} is there {text.count(before)} times"
    path.write_text(text.replace(before, after), encoding="utf-8")
