"""A virtual environment with the runtime dependencies of what is measured, and nothing else, all of it compiled.

httpx, for one, loads click, rich and pygments where they happen to be installed, as they are among the development
tools: it would look slower than its users see it.
"""

import compileall
import shutil
import sys
import venv
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path
from sysconfig import get_path
from typing import Final

from packaging.requirements import Requirement

_ROOT = Path(__file__).parents[2]
_SOURCES = (
    _ROOT / "overlays" / "bubblehouse",
    _ROOT / "overlays" / "bubblehouse_mock",
    _ROOT / "generated" / "bubblehouse_loyalty",
)

CLIENT: Final = ("httpx", "bubblehouse-loyalty", "pyreqwest")
MOCK: Final = ("bubblehouse-loyalty[mock]",)


def create(directory: Path, distributions: Iterable[str]) -> Path:
    """Make an environment out of copies of what is installed here, and of this project's packages as they are now.

    Args:
        directory: Where. If it is there already, it is what was made before.
        distributions: What is in it, beside what that requires.

    Returns:
        Its interpreter.
    """
    base = {"base": str(directory), "platbase": str(directory)}
    packages = Path(get_path("purelib", "venv", base))
    python = Path(get_path("scripts", "venv", base)) / Path(sys.executable).name
    if directory.exists():
        return python
    venv.create(directory, symlinks=True)
    for source in {*_SOURCES, *_files(distributions)}:
        if source.is_dir():
            shutil.copytree(source, packages / source.name)
        else:
            shutil.copy2(source, packages)
    compileall.compile_dir(packages, quiet=2)
    return python


def _files(distributions: Iterable[str]) -> Iterator[Path]:
    """Yield what lies at the top of site-packages of distributions and their requirements, as far as installed."""
    waiting, seen = [Requirement(text) for text in distributions], set[str]()
    while waiting:
        wanted = waiting.pop()
        if str(wanted) in seen:
            continue
        seen.add(str(wanted))
        try:
            distribution = metadata.distribution(wanted.name)
        except metadata.PackageNotFoundError:
            continue
        for file in distribution.files or ():
            # This project is installed by a .pth file that leads to its source.
            if file.parts[0] not in {"..", "__pycache__"} and file.suffix != ".pth":
                yield Path(str(distribution.locate_file(file.parts[0])))
        waiting += _required(distribution, wanted.extras)


def _required(distribution: metadata.Distribution, extras: Iterable[str]) -> Iterator[Requirement]:
    for text in distribution.requires or ():
        requirement = Requirement(text)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            yield requirement
