"""A release is refused where version, changelog and tag don't agree."""

import subprocess
from pathlib import Path

import pytest
from tests.packaging.readiness import problems

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
