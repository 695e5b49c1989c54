"""The unit tests need no more than the group `unit` and the extras: `scripts/test-matrix` installs nothing else."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

from tests.packaging.building import ROOT

_OWN = {"bubblehouse", "bubblehouse_loyalty", "bubblehouse_mock", "bubblehouse_pytest", "tests"}


def _name(requirement: str) -> str:
    return re.split(r"[^\w.-]", requirement, maxsplit=1)[0].lower().replace("_", "-")


def _with_what_they_need(names: Iterable[str]) -> set[str]:
    found, waiting = set[str](), list(names)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        try:
            waiting += [_name(it) for it in requires(name) or () if "extra ==" not in it]
        except PackageNotFoundError:  # of another system or Python
            continue
    return found


def _imported(files: Iterable[Path]) -> Iterator[tuple[Path, str]]:
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((file, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield file, node.module


def test_unit_tests_import_nothing_else() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = [it for needed in project["project"]["optional-dependencies"].values() for it in needed]
    wanted = [*project["dependency-groups"]["unit"], *project["project"]["dependencies"], *extras]
    allowed = _with_what_they_need(_name(it) for it in wanted)
    owners = packages_distributions()
    files = [*(ROOT / "tests/unit").rglob("*.py"), ROOT / "tests/conftest.py", ROOT / "tests/mounted.py"]
    lacking = {
        f"{file.relative_to(ROOT)} imports {module}"
        for file, module in _imported(files)
        if (top := module.partition(".")[0]) not in sys.stdlib_module_names | _OWN
        and not {_name(it) for it in owners.get(top, ())} & allowed
    }
    assert lacking == set()
