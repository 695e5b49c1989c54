"""What tests of the comparison share."""

from pathlib import Path

import pytest
from tests.contract_diff.repository import OVERLAY, Repository


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Return a repository of this project's files, with one commit and no tag."""
    return Repository(tmp_path / "repository")


@pytest.fixture
def small(repository: Repository) -> Repository:
    """Return a repository with few assumptions: applying all of them is most of what a comparison takes."""
    path = repository.root / OVERLAY
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("  - target: $.components.schemas['CustomerIdentity1']")], encoding="utf-8")
    repository.commit()
    return repository
