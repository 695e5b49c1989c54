"""What tests of the comparison share."""

from pathlib import Path

import pytest
from tests.contract_diff.pairs import ROOT
from tests.contract_diff.repository import OVERLAY, Repository


@pytest.fixture(scope="session")
def unchanged(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """Return a repository of this project's files, with one commit and no tag; it is only read."""
    return Repository(tmp_path_factory.mktemp("repositories") / "unchanged")


@pytest.fixture(scope="session")
def _few_assumptions(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    text = (ROOT / OVERLAY).read_text(encoding="utf-8")
    few = text[: text.index("  - target: $.components.schemas['CustomerIdentity1']")]
    repository = Repository(tmp_path_factory.mktemp("repositories") / "small", few)
    repository.git("gc", "--quiet")  # a copy has less to copy
    return repository


@pytest.fixture
def small(_few_assumptions: Repository, tmp_path: Path) -> Repository:
    """Return a repository with few assumptions, to be changed: all of them would take a comparison long."""
    return _few_assumptions.copied(tmp_path / "repository")
