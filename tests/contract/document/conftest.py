"""What the tests of the contract document share: the contract without and with its overlays, and the helper modules."""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from bubblehouse_codegen.documents import Document, load, overlays_for, resolve
from bubblehouse_codegen.versions import overlays

HERE = Path(__file__).parent
ROOT = HERE.parents[2]


def _register(name: str) -> None:
    """Load a module of this folder under its full name: test folders are no packages, so an import alone finds none."""
    full_name = f"tests.contract.document.{name}"
    spec = spec_from_file_location(full_name, HERE / f"{name}.py")
    if spec is None or spec.loader is None:
        raise ImportError(full_name)
    sys.modules[full_name] = module_from_spec(spec)
    spec.loader.exec_module(sys.modules[full_name])


for _name in ("reader", "comparison", "tables"):  # each may import those before it
    _register(_name)


@pytest.fixture(scope="session")
def root() -> Path:
    """The top folder of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def facts() -> Document:
    """The contract alone."""
    return load(ROOT / "spec/openapi.yaml")


@pytest.fixture(scope="session")
def overlay_paths() -> list[Path]:
    """The overlays that everybody sees."""
    return overlays_for(ROOT / "overlays/spec", "everybody")


@pytest.fixture(scope="session")
def resolved(facts: Document, overlay_paths: list[Path]) -> Document:
    """The contract with the overlays that everybody sees."""
    return resolve(facts, overlay_paths)


@pytest.fixture(scope="session")
def version_documents(resolved: Document) -> dict[str, Document]:
    """The contracts of the global versions that have one of their own."""
    return overlays.version_documents(resolved, ROOT / "overlays/spec")


_VERSIONS = overlays.version_overlays(load(ROOT / "spec/openapi.yaml"), ROOT / "overlays/spec")


@pytest.fixture(scope="session", params=["facts", "resolved", *_VERSIONS])
def document_of_any_version(request: pytest.FixtureRequest, version_documents: dict[str, Document]) -> Document:
    """The contract without overlays, with them, and in each global version."""
    found: Document = version_documents.get(request.param) or request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="session", params=["facts", "resolved"])
def document(request: pytest.FixtureRequest) -> Document:
    """The contract, without overlays and with them: what must hold for both."""
    found: Document = request.getfixturevalue(request.param)
    return found
