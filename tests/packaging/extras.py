"""Installs the wheel with each extra, alone and with all, at the lowest and at the latest versions, and tries it."""

import itertools
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

_REQUIREMENT: Final = re.compile(r"(?P<name>[\w.-]+)(?P<bounds>[^;\[]*)(?P<rest>.*)")
_SMOKE: Final = Path(__file__).with_name("smoke.py")


def combinations(extras: Iterable[str]) -> list[tuple[str, ...]]:
    """Return no extra, each alone, and all."""
    extras = tuple(sorted(extras))
    return [(), *((it,) for it in extras), extras]


def lowest(requirements: Iterable[str]) -> Iterator[str]:
    """Turn requirements into the lowest versions that they allow.

    Raises:
        ValueError: One has no lower bound.
    """
    for requirement in requirements:
        parts = _REQUIREMENT.fullmatch(requirement)
        if parts is None or not parts["bounds"].strip():
            if parts is not None and "sys_platform == 'win32'" in parts["rest"]:
                continue  # data for a system that has none of its own: any version will do
            raise ValueError(f"{requirement!r} has no lower bound; write name>=version")
        bound = next((it.strip() for it in parts["bounds"].split(",") if it.strip().startswith(">=")), None)
        if bound is None:
            raise ValueError(f"{requirement!r} has no lower bound; write name>=version")
        yield f"{parts['name']}=={bound.removeprefix('>=').strip()}{parts['rest']}"


def tried(wheel: Path, project: Mapping[str, Any], folder: Path) -> Iterator[tuple[str, str | None]]:
    """Install and run the wheel in every combination, and yield each one's name and what went wrong, if anything.

    Args:
        wheel: The wheel.
        project: The table `project` of its pyproject.toml.
        folder: Where environments are made.
    """
    optional: dict[str, list[str]] = project["optional-dependencies"]
    for number, (extras, at) in enumerate(itertools.product(combinations(optional), ("lowest", "latest"))):
        needed = [*project["dependencies"], *(it for extra in extras for it in optional[extra])]
        pins = list(lowest(needed)) if at == "lowest" else []
        name = f"{' and '.join(extras) or 'no extra'}, {at} versions"
        yield name, _try(wheel, extras, pins, folder / f"environment-{number}")


def _try(wheel: Path, extras: Sequence[str], pins: Sequence[str], environment: Path) -> str | None:
    """Install and run; return what went wrong."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    python = environment / "bin" / "python"
    constraints = environment / "constraints.txt"
    constraints.write_text("\n".join(pins), encoding="ascii")
    wanted = f"{wheel}[{','.join(extras)}]" if extras else str(wheel)
    pip = (sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check")
    commands: tuple[tuple[str | Path, ...], ...] = (
        (*pip, "install", "--quiet", "--constraint", constraints, wanted),
        (python, "-I", _SMOKE, *extras),
    )
    for command in commands:
        done = subprocess.run(command, cwd=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            return (done.stderr or done.stdout).strip()[-1000:]
    return None
