"""The release, as a command."""

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.packaging.building import ROOT, Built, build, clone
from tests.packaging.extras import tried
from tests.packaging.readiness import is_tagged, problems, project_of, tag_of


def main(arguments: Sequence[str] | None = None) -> int:
    """Build and try a release, and tag it.

    Args:
        arguments: The command line; None for the process's own.

    Returns:
        0 where it is tagged or, in a dry run, could be; 1 where something stands in the way.
    """
    options = _parser().parse_args(arguments)
    version = str(project_of(ROOT)["version"])
    lacking = list(problems(ROOT))
    if not lacking:
        print(f"{version} is ready: version, changelog, citation and tag agree, and all is committed", flush=True)
    if options.dry_run or not lacking:
        with tempfile.TemporaryDirectory() as place:
            lacking += _tried(Path(place))
    for problem in lacking:
        print(f"not ready: {problem}")
    if lacking:
        return 1
    if options.dry_run:
        print(f"{version} could be released; nothing was tagged")
        return 0
    return _tagged(version)


def _tried(place: Path) -> list[str]:
    """Build and try what is committed, and return what stands in the way; what is good is kept."""
    wrong: list[str] = []
    print("comparing generated/ with what the contract gives", flush=True)
    if subprocess.run([ROOT / "scripts" / "regenerate", "--check"], check=False).returncode != 0:
        wrong.append("generated/ is not what the contract gives; run scripts/regenerate, and commit")
    print("building twice, from clones in different places", flush=True)
    folders = [place / "one", place / "another" / "deeper"]
    for folder in folders:
        folder.mkdir(parents=True)
    built, again = (build(clone(folder), folder) for folder in folders)
    for name, digest in built.digests().items():
        print(f"  {digest}  {name}")
    if built.digests() != again.digests():
        wrong.append(f"the builds differ: {again.digests()} the second time; find what isn't the same everywhere")
    print("installing the wheel and making a call", flush=True)
    for name, problem in tried(built.wheel, project_of(ROOT), place):
        print(f"  {name}: {'works' if problem is None else problem}", flush=True)
        if problem is not None:
            wrong.append(f"the wheel doesn't work with {name}; what it said stands above")
    print("running the unit tests against the wheel", flush=True)
    if subprocess.run([ROOT / "scripts" / "test-matrix"], check=False).returncode != 0:
        wrong.append("unit tests fail against the wheel; which ones stands above")
    if not wrong:
        _keep(built, ROOT / "dist")
    return wrong


def _tagged(version: str) -> int:
    """Tag the commit, unless it is tagged already, and say how it is published."""
    tag = tag_of(version)
    if not is_tagged(ROOT, tag):
        command = ["git", "tag", "--annotate", tag, "--message", f"Version {version}"]
        if subprocess.run(command, cwd=ROOT, check=False).returncode != 0:
            print(f"not ready: git can't make the tag {tag}; what it said stands above")
            return 1
    print(f"tagged {tag}; publish it with: git push origin {tag}")
    return 0


def _keep(built: Built, folder: Path) -> None:
    """Leave what was built, and nothing that was built before."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for path in built:
        shutil.copy(path, folder)
    print(f"{folder.relative_to(ROOT)}/ has {' and '.join(path.name for path in built)}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/release",
        description=(
            "Sees that version, changelog, citation and tag agree, with what changed since the last release, too, "
            "and that all is committed and generated anew; builds archive and wheel twice, from clean clones, to the "
            "same bytes; installs the wheel with each extra, alone and with all, at the lowest and at the latest "
            "versions of what they need; makes a call; runs the unit tests against it on each Python. Leaves both in "
            "dist/, and tags the commit: the workflow `release` publishes what is pushed with such a tag."
        ),
    )
    parser.add_argument("--dry-run", action="store_true", help="do all that, and tag nothing")
    return parser


if __name__ == "__main__":
    sys.exit(main())
