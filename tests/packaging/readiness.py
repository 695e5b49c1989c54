"""Whether what is committed can be released: version, changelog and tag agree, and nothing lies about."""

import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from bubblehouse_diff.changelog import UNRELEASED, sections_of
from bubblehouse_diff.failure import DiffError
from bubblehouse_diff.outcome import since_last_release


def project_of(source: Path) -> dict[str, Any]:
    """Return the table `project` of a source's pyproject.toml."""
    project: dict[str, Any] = tomllib.loads((source / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project


def problems(source: Path) -> Iterator[str]:
    """Yield what stands in the way of a release, each with what to do.

    Args:
        source: The repository's working tree.
    """
    if changed := _git(source, "status", "--porcelain"):
        names = ", ".join(line.split(maxsplit=1)[1] for line in changed.splitlines())
        yield f"these files are not committed; commit or remove them: {names}"
    version = str(project_of(source)["version"])
    sections = sections_of((source / "CHANGELOG.md").read_text(encoding="utf-8"))
    if not sections or sections[0].name != UNRELEASED:
        yield f"CHANGELOG.md does not begin with [{UNRELEASED}]; put that section back, empty"
    elif len(sections) == 1 or sections[1].name != version:
        yield f"CHANGELOG.md has no section [{version}] after [{UNRELEASED}]; move what is released there, with its day"
    elif sections[1].day is None:
        yield f"the section [{version}] of CHANGELOG.md has no day; write ## [{version}] - YYYY-MM-DD"
    else:
        try:
            yield from since_last_release(source, besides=tag_of(version)).problems
        except DiffError as error:
            yield f"nobody can tell what changed since the last release: {error}"
    cited = yaml.safe_load((source / "CITATION.cff").read_text(encoding="utf-8"))["version"]
    if str(cited) != version:
        yield f"CITATION.cff says version {cited}; write {version}, as pyproject.toml has it"
    tag = tag_of(version)
    if is_tagged(source, tag) and tag not in _git(source, "tag", "--points-at", "HEAD").split():
        yield f"{tag} is the tag of another commit: that version was released; raise the one in pyproject.toml"


def tag_of(version: str) -> str:
    """Return the tag of a version."""
    return f"v{version}"


def is_tagged(source: Path, tag: str) -> bool:
    """Say whether there is such a tag."""
    return bool(_git(source, "tag", "--list", tag))


def _git(source: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=source, capture_output=True, text=True, check=True)  # noqa: S607 - whichever git there is
    return done.stdout.strip()
