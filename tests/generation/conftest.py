"""What the tests of regeneration share: private copies of the contract, and the command."""

import json
import re
import shutil
from collections.abc import Callable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from bubblehouse_codegen.cli import main
from bubblehouse_codegen.documents import Document, load, overlays_for, resolve

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
KEPT_FUNCTIONS = ("/{shop}/UseAchievementDiscount1", "/{shop}/EchoNote1")

Regenerate = Callable[..., int]
Edits = Mapping[tuple[str | int, ...], object]
Edited = Callable[[Edits], Document]
Generate = Callable[..., int]


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """A copy of the contract, to change."""
    return Path(shutil.copy(ROOT / "spec/openapi.yaml", tmp_path / "openapi.yaml"))


@pytest.fixture
def regenerate(tmp_path: Path, spec: Path) -> Regenerate:
    """Runs scripts/regenerate on the copy, into a folder of the test's own."""

    def run(*arguments: str) -> int:
        return main(["--spec", str(spec), "--output", str(tmp_path / "out"), *arguments])

    return run


@pytest.fixture(scope="session")
def small_contract() -> Document:
    """Two functions of the resolved contract, one of them made up: all that hostile changes need, and quick to read."""
    document, addition = load(ROOT / "spec/openapi.yaml"), load(HERE / "echo_note.yaml")
    document["paths"] |= addition["paths"]
    document["components"]["schemas"] |= addition["components"]["schemas"]
    for audience in ("everybody", "generator"):
        document = resolve(document, overlays_for(ROOT / "overlays/spec", audience))
    document["paths"] = {path: document["paths"][path] for path in KEPT_FUNCTIONS}
    write = document["paths"][KEPT_FUNCTIONS[0]]["post"]
    write["x-bubblehouse-outcome-read-by"] = "EchoNote1"
    del write["responses"]["200"]["links"]  # they lead to functions that are left out
    return _without_unused_components(document)


@pytest.fixture
def edited(small_contract: Document) -> Edited:
    """Returns a copy of the small contract, with values put at paths, or taken away where the value is `...`."""

    def edit(edits: Edits) -> Document:
        document = deepcopy(small_contract)
        for (*steps, last), value in edits.items():
            place: Any = document
            for step in steps:
                place = place[step]
            if value is ...:
                del place[last]
            elif isinstance(place, list) and last == len(place):
                place.append(deepcopy(value))
            else:
                place[last] = deepcopy(value)
        return document

    return edit


@pytest.fixture(scope="session")
def generate_small() -> Generate:
    """Runs scripts/regenerate on a document as it is: the overlays have been applied to it."""

    def run(document: Document, folder: Path, *more: str) -> int:
        (folder / "overlays").mkdir(exist_ok=True)
        (folder / "openapi.json").write_text(json.dumps(document), encoding="utf-8")
        places = {"spec": folder / "openapi.json", "overlays": folder / "overlays", "output": folder / "out"}
        return main([argument for name, path in places.items() for argument in (f"--{name}", str(path))] + [*more])

    return run


@pytest.fixture
def refusal(
    tmp_path: Path,
    edited: Edited,
    generate_small: Generate,
    capsys: pytest.CaptureFixture[str],
) -> Callable[[Edits], str]:
    """Regenerates from a changed contract, sees that it is refused as it should be, and returns what was said."""

    def run(edits: Edits) -> str:
        old = tmp_path / "out/bubblehouse_loyalty/old.py"
        old.parent.mkdir(parents=True)
        old.write_text("# what was there before\n")
        assert generate_small(edited(edits), tmp_path) == 1
        said = capsys.readouterr()
        assert said.out == ""
        assert [path for path in (tmp_path / "out").rglob("*") if path.is_file()] == [old]
        lines = said.err.splitlines()
        # One line per problem, in words: no traceback, no repr, no quotation of Python that went wrong.
        assert 1 <= len(lines) <= 3, said.err
        assert lines[0].startswith("scripts/regenerate: ")
        assert not re.search(r"Traceback|object at 0x|writes bad Python|^\s", said.err, re.MULTILINE), said.err
        return said.err

    return run


def _without_unused_components(document: Document) -> Document:
    """Leave out components that nothing refers to any more."""
    used: set[str] = set()
    texts = [json.dumps(document["paths"])]
    while texts:
        for kind, name in re.findall(r"#/components/(\w+)/(\w+)", texts.pop()):
            if f"{kind}/{name}" not in used:
                used.add(f"{kind}/{name}")
                texts.append(json.dumps(document["components"][kind].get(name)))  # the generator's view has no Error
    components = {
        kind: {name: part for name, part in parts.items() if f"{kind}/{name}" in used or kind == "securitySchemes"}
        for kind, parts in document["components"].items()
    }
    return {**document, "components": components}
