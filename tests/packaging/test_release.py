"""A release is refused where version, changelog and tag don't agree."""

import subprocess
from pathlib import Path

import pytest
from tests.contract_diff.repository import SPEC, Repository
from tests.packaging.readiness import problems

from bubblehouse_diff.cli import main

_UNRELEASED = "# Changelog\n\n## [Unreleased]\n"
_READY = f"{_UNRELEASED}\n## [1.2.0] - 2026-05-20\n\n- All.\n"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A repository that is ready."""
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.2.0"\n')
    (tmp_path / "CHANGELOG.md").write_text(_READY)
    (tmp_path / "CITATION.cff").write_text("version: 1.2.0\n")
    _git(tmp_path, "init", "--quiet")
    _commit(tmp_path)
    return tmp_path


def _git(source: Path, *arguments: str) -> None:
    author = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.com")
    subprocess.run(["git", *author, *arguments], cwd=source, check=True, capture_output=True)  # noqa: S607 - whichever git there is


def _commit(source: Path) -> None:
    _git(source, "add", "--all")
    _git(source, "commit", "--quiet", "--message", "A change")


def test_what_agrees_is_ready(source: Path) -> None:
    assert list(problems(source)) == []
    _git(source, "tag", "v1.2.0")  # as where the tag was pushed
    assert list(problems(source)) == []


@pytest.mark.parametrize(
    ("changelog", "problem"),
    [
        (_UNRELEASED, "has no section [1.2.0]"),
        (_READY.replace("1.2.0", "1.1.0"), "has no section [1.2.0]"),
        (_READY.replace(" - 2026-05-20", ""), "has no day"),
        (_READY.replace("2026-05-20", "20 May"), "has no day"),
        (_READY.replace("## [Unreleased]\n", ""), "does not begin with [Unreleased]"),
        ("", "does not begin with [Unreleased]"),
    ],
)
def test_a_changelog_that_says_otherwise(source: Path, changelog: str, problem: str) -> None:
    (source / "CHANGELOG.md").write_text(changelog)
    _commit(source)
    (told,) = problems(source)
    assert problem in told


def test_a_citation_of_another_version(source: Path) -> None:
    (source / "CITATION.cff").write_text("version: 1.1.0\n")
    _commit(source)
    (told,) = problems(source)
    assert "says version 1.1.0; write 1.2.0" in told


def test_what_is_not_committed(source: Path) -> None:
    (source / "new").write_text("")
    (told,) = problems(source)
    assert told.endswith("new")


def test_a_version_that_was_released(source: Path) -> None:
    _git(source, "tag", "v1.2.0")
    (source / "new").write_text("")
    _commit(source)
    (told,) = problems(source)
    assert "v1.2.0 is the tag of another commit" in told


def test_a_changelog_without_what_changed_since_the_last_release(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repository")
    repository.git("tag", "v0.1.0")
    (repository.root / "CITATION.cff").write_text("version: 0.1.1\n")
    repository.edit("pyproject.toml", "0.1.0", "0.1.1")
    repository.edit(SPEC, "required: [pts]\n", "required: [pts, cart_subtotal]\n")
    repository.edit("CHANGELOG.md", "## [Unreleased]\n", "## [Unreleased]\n\n## [0.1.1] - 2026-06-01\n")
    repository.commit()
    version, changelog = problems(repository.root)
    assert "version 0.1.1; what changed since 0.1.0 asks for 0.2.0 or more" in version
    assert "CHANGELOG.md doesn't say what changed since 0.1.0; run scripts/diff --changelog" in changelog
    for name in ("pyproject.toml", "CITATION.cff", "CHANGELOG.md"):
        repository.edit(name, "0.1.1", "0.2.0")
    assert main(["--changelog", "--root", str(repository.root)]) == 0
    repository.commit()
    assert list(problems(repository.root)) == []
    repository.git("tag", "v0.2.0")  # as where the tag was pushed
    assert list(problems(repository.root)) == []
    (repository.root / SPEC).write_text("a: [")
    repository.commit()
    repository.git("tag", "--force", "v0.2.0")
    (told,) = problems(repository.root)
    assert told.startswith("nobody can tell what changed since the last release: the working tree: ")
