"""All that is generated from, gathered in one place: the contract, its versions, and what they differ in."""

from pathlib import Path
from typing import NamedTuple

from bubblehouse.dialect import Dialect
from bubblehouse_codegen.contract import Contract, python_name
from bubblehouse_codegen.documents import Document, load, overlays_for, resolve
from bubblehouse_codegen.verification import verify
from bubblehouse_codegen.versions.merging import merge
from bubblehouse_codegen.versions.notes import annotate
from bubblehouse_codegen.versions.overlays import version_documents
from bubblehouse_codegen.versions.shapes import Shapes, functions


class Gathered(NamedTuple):
    """A contract in all its versions.

    Attributes:
        contract: The contract of the default version.
        versions: The contracts of the versions that differ from it.
        dialects: How each version differs from the client; none where none does.
        everything: The contract of all versions at once, which says of each part what has it.
        view: The same as reshaped for the generator.
    """

    contract: Document
    versions: dict[str, Document]
    dialects: list[Dialect]
    everything: Document
    view: Document


def gather(spec: Path, overlays: Path) -> Gathered:
    """Read the contract, and apply the overlays.

    Args:
        spec: The contract.
        overlays: The folder of overlays.

    Raises:
        CodegenError: It can't be made into a client that does what it says.
    """
    contract = resolve(load(spec), overlays_for(overlays, "everybody"))
    for_generator = overlays_for(overlays, "generator")
    verify(contract, resolve(contract, for_generator))
    versions = version_documents(contract, overlays)
    everything = merge(contract, versions)
    documents = {name: versions.get(name, contract) for name in Contract(contract).server.versions}
    compared = {name: Shapes(everything, document) for name, document in documents.items()} if versions else {}
    dialects = [_dialect(name, everything, documents[name], shapes) for name, shapes in compared.items()]
    annotate(everything, documents, compared)
    view = resolve(everything, for_generator)
    if versions:
        verify(everything, view)
    return Gathered(contract, versions, [it for it in dialects if it != Dialect(it.version)], everything, view)


def _dialect(version: str, everything: Document, document: Document, shapes: Shapes) -> Dialect:
    there = functions(document)
    missing = {name: operation for name, operation in functions(everything).items() if name not in there}
    tables, other_names = shapes.tables(), shapes.with_other_names()
    return Dialect(
        version,
        missing={
            name: python_name(successor) if (successor := operation.get("x-bubblehouse-successor")) in there else ""
            for name, operation in missing.items()
        },
        shapes=tables,
        inputs={name: shape for name, shape in shapes.inputs.items() if shape in tables},
        outputs={name: shape for name, shape in shapes.outputs.items() if shape in other_names},
    )
