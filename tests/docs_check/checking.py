"""What the tests of scripts/check-docs share: our own pages, the contract, and how a page is checked."""

from functools import cache
from pathlib import Path
from typing import Final

import pytest

from bubblehouse_docs.check import Checked, check
from bubblehouse_docs.contract import Contract
from bubblehouse_docs.differences import Explained, read_differences

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parents[1]
PAGES: Final = HERE / "pages"
COMPLETE: Final = ("customer_balance.md", "unredeem.html")
"""Pages that state what the others have lost, so that nothing of them needs an explanation."""

SEEDS: Final = next((folder / "shared/seeds" for folder in ROOT.parents if (folder / "shared/seeds").is_dir()), None)
"""The vendor's own pages, where they are at hand: they are not part of the repository."""

OF_THE_VENDOR: Final = {
    "use_achievement.txt": "000_*.txt",
    "redeem_points.txt": "001_*.txt",
    "unredeem.txt": "002_*.txt",
    "customer_balance.txt": "003_*.txt",
}
"""Which of our pages says the same as which of theirs."""


@cache
def contract() -> Contract:
    """Return the contract; it is read once."""
    return Contract(ROOT / "spec/openapi.yaml", ROOT / "overlays/spec", ROOT)


@cache
def explained() -> tuple[Explained, ...]:
    """Return the explained differences."""
    return tuple(read_differences(ROOT / "spec/docs-differences.yaml", "spec/docs-differences.yaml"))


def page(name: str) -> str:
    """Return one of our own pages."""
    return (PAGES / name).read_text(encoding="utf-8")


def page_of_the_vendor(name: str) -> str:
    """Return the vendor's page that one of ours says the same as."""
    if SEEDS is None:
        pytest.skip("the vendor's pages are not part of the repository, and ../shared/seeds isn't there")
    (path,) = SEEDS.glob(OF_THE_VENDOR[name])
    return path.read_text(encoding="utf-8")


def check_text(folder: Path, name: str, text: str) -> Checked:
    """Check a text.

    Args:
        folder: Where to put it.
        name: The file's name. That of a page of ours has the text read and explained as that page.
        text: What it says.
    """
    copy = folder / name
    copy.write_text(text, encoding="utf-8")
    return check(copy, contract(), [] if name in COMPLETE else list(explained()))
