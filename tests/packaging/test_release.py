"""A release is refused where version, changelog and tag don't agree."""

import subprocess
from pathlib import Path

import pytest
from tests.contract_diff.repository import SPEC, Repository
from tests.packaging import cli
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
    (source / "CITATION.cff").write_text("version: '1.2.0'\n")
    (told,) = problems(source)
    assert told.endswith("remove them: CITATION.cff, new")


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


def test_what_is_not_ready_is_neither_built_nor_tagged(
    source: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (source / "new").write_text("")
    monkeypatch.setattr(cli, "ROOT", source)
    assert cli.main([]) == 1
    assert capsys.readouterr().out == "not ready: these files are not committed; commit or remove them: new\n"


@pytest.mark.parametrize(
    ("arguments", "wrong", "code", "said", "tags"),
    [
        ([], [], 0, "tagged v1.2.0; publish it with: git push origin v1.2.0", "v1.2.0"),
        (["--dry-run"], [], 0, "1.2.0 could be released; nothing was tagged", ""),
        ([], ["it breaks"], 1, "not ready: it breaks", ""),
        (["--dry-run"], ["it breaks"], 1, "not ready: it breaks", ""),
    ],
)
def test_only_what_works_is_tagged(
    arguments: list[str],
    wrong: list[str],
    code: int,
    said: str,
    tags: str,
    source: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def tried(_: Path) -> list[str]:  # what it says for real takes minutes
        return wrong

    monkeypatch.setattr(cli, "ROOT", source)
    monkeypatch.setattr(cli, "_tried", tried)
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "Somebody")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "somebody@example.com")
    for _ in range(2):  # whoever asks twice is told the same
        assert cli.main(arguments) == code
        assert capsys.readouterr().out.splitlines()[-1] == said
        listed = subprocess.run(["git", "tag"], cwd=source, check=True, capture_output=True, text=True)  # noqa: S607 - as above
        assert listed.stdout.strip() == tags


def test_a_tag_that_git_refuses_to_make(
    source: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def tried(_: Path) -> list[str]:
        return []

    monkeypatch.setattr(cli, "ROOT", source)
    monkeypatch.setattr(cli, "_tried", tried)
    _git(source, "config", "tag.gpgSign", "true")
    _git(source, "config", "gpg.program", "false")
    assert cli.main([]) == 1
    assert capsys.readouterr().out.endswith("not ready: git can't make the tag v1.2.0; what it said stands above\n")
