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
from tests.packaging.readiness import problems, project_of, tag_of


def main(arguments: Sequence[str] | None = None) -> int:
    """Build and try a release, and tag it.

    Args:
        arguments: The command line; None for the process's own.

    Returns:
        0 where it is tagged or, in a dry run, could be; 1 where something stands in the way.
    """
    options = _parser().parse_args(arguments)
    lacking = list(problems(ROOT))
    for problem in lacking:
        print(f"not ready: {problem}")
    if lacking and not options.dry_run:
        return 1
    with tempfile.TemporaryDirectory() as place:
        built = _built_twice(Path(place))
        if built is None:
            return 1
        if not _works(built, Path(place)):
            return 1
        _keep(built, ROOT / "dist")
    if lacking:
        return 1
    version = project_of(ROOT)["version"]
    if options.dry_run:
        print(f"{version} could be released; nothing was tagged")
        return 0
    tag = tag_of(version)
    subprocess.run(["git", "tag", "--annotate", tag, "--message", f"Version {version}"], cwd=ROOT, check=True)  # noqa: S607 - whichever git there is
    print(f"tagged {tag}; publish it with: git push origin {tag}")
    return 0


def _built_twice(place: Path) -> Built | None:
    print("building twice, from clones in different places", flush=True)
    folders = [place / "one", place / "another" / "deeper"]
    for folder in folders:
        folder.mkdir(parents=True)
    first, second = (build(clone(folder), folder) for folder in folders)
    if first.digests() != second.digests():
        print(f"the builds differ: {first.digests()} and {second.digests()}")
        return None
    for name, digest in first.digests().items():
        print(f"  {digest}  {name}")
    return first


def _works(built: Built, place: Path) -> bool:
    good = True
    for name, problem in tried(built.wheel, project_of(ROOT), place):
        print(f"  {name}: {'works' if problem is None else problem}", flush=True)
        good &= problem is None
    print("unit tests against the wheel", flush=True)
    return good and subprocess.run([ROOT / "scripts" / "test-matrix"], check=False).returncode == 0


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
            "Sees that version, changelog and tag agree and all is committed; builds archive and wheel twice, from "
            "clean clones, to the same bytes; installs the wheel with each extra, alone and with all, at the lowest "
            "and at the latest versions of what they need, and makes a call; runs the unit tests against it on each "
            "Python. Leaves both in dist/, and tags the commit: the workflow `release` publishes what is pushed with "
            "such a tag."
        ),
    )
    parser.add_argument("--dry-run", action="store_true", help="do all that, and tag nothing")
    return parser


if __name__ == "__main__":
    sys.exit(main())
