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

from packaging.requirements import Requirement

_ROOT = Path(__file__).parents[2]
_DISTRIBUTIONS = ("httpx", "bubblehouse-loyalty", "pyreqwest")
_SOURCES = (_ROOT / "overlays" / "bubblehouse", _ROOT / "generated" / "bubblehouse_loyalty")


def create(directory: Path) -> Path:
    """Make the environment out of copies of what is installed here, and of this project's packages as they are now.

    Args:
        directory: Where; it must not exist.

    Returns:
        Its interpreter.
    """
    venv.create(directory, symlinks=True)
    base = {"base": str(directory), "platbase": str(directory)}
    packages = Path(get_path("purelib", "venv", base))
    for source in {*_SOURCES, *_files(_DISTRIBUTIONS)}:
        if source.is_dir():
            shutil.copytree(source, packages / source.name)
        else:
            shutil.copy2(source, packages)
    compileall.compile_dir(packages, quiet=2)
    return Path(get_path("scripts", "venv", base)) / Path(sys.executable).name


def _files(distributions: Iterable[str]) -> Iterator[Path]:
    """Yield what lies at the top of site-packages of distributions and their requirements, as far as installed."""
    waiting, seen = list(distributions), set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        for file in distribution.files or ():
            # This project is installed by a .pth file that leads to its source.
            if file.parts[0] not in {"..", "__pycache__"} and file.suffix != ".pth":
                yield Path(str(distribution.locate_file(file.parts[0])))
        waiting += _required(distribution)


def _required(distribution: metadata.Distribution) -> Iterator[str]:
    for text in distribution.requires or ():
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield requirement.name
