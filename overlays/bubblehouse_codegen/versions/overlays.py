"""The contract of each global version that has an overlay of its own."""

import re
from pathlib import Path
from typing import Final

from bubblehouse_codegen.contract import Contract
from bubblehouse_codegen.documents import Document, resolve
from bubblehouse_codegen.failure import CodegenError
from bubblehouse_codegen.verification import verify
from bubblehouse_codegen.versions.renaming import rename

FOLDER: Final = "versions"
"""Where the overlays of single versions are, in the folder of overlays; and their contracts, in the package."""

REPLACES: Final = "x-bubblehouse-replaces"
"""On an error's schema: ids that aren't answered any more, since this one is in their place."""

_FILE: Final = re.compile(r"(v[0-9]+)\.overlay\.yaml")


def version_documents(contract: Document, overlays: Path) -> dict[str, Document]:
    """Return the contract of each global version that differs from the default one.

    Args:
        contract: The contract of the default version.
        overlays: The folder of overlays; those of single versions are in its folder `versions`.

    Raises:
        CodegenError: An overlay is of no version that the contract names, can't be applied, or what it makes is not a
            contract.
    """
    documents: dict[str, Document] = {}
    for version, path in version_overlays(contract, overlays).items():
        document = version_document(contract, version, path)
        try:
            verify(document, document)
            _check_errors(contract, document)
        except CodegenError as error:
            raise CodegenError("\n".join(f"{path}: {line}" for line in str(error).splitlines())) from None
        documents[version] = document
    return documents


def version_overlays(contract: Document, overlays: Path) -> dict[str, Path]:
    """Return the overlay of each global version that has one.

    Args:
        contract: The contract.
        overlays: The folder of overlays.

    Raises:
        CodegenError: One is of no version that the contract names, or of the default one.
    """
    return {_version(path, contract): path for path in sorted((overlays / FOLDER).glob("*"))}


def version_document(contract: Document, version: str, overlay: Path, *, partly: bool = False) -> Document:
    """Return the contract of a global version: with its overlay, its names, and itself as the default version.

    Args:
        contract: The contract of the default version.
        version: The version.
        overlay: Its overlay.
        partly: Whether the contract lacks some of what the overlay is for: the assumptions.

    Raises:
        CodegenError: The overlay can't be applied.
    """
    document = resolve(contract, [overlay], partly=partly)
    document["servers"][0]["variables"]["version"]["default"] = version
    try:
        rename(contract, document)
    except CodegenError as error:
        raise CodegenError(f"{overlay}: {error}") from None
    return document


def _version(path: Path, contract: Document) -> str:
    name = _FILE.fullmatch(path.name)
    if name is None:
        raise CodegenError(f"{path}: the name must be that of a global version, as in v2027.overlay.yaml")
    server = Contract(contract).server
    if name[1] not in server.versions:
        raise CodegenError(f"{path}: the variable of the first server doesn't name {name[1]} yet; add it there")
    if name[1] == server.version:
        raise CodegenError(f"{path}: {name[1]} is the default: what is true of it stands in the contract itself")
    return name[1]


def _check_errors(contract: Document, document: Document) -> None:
    """Demand that the error in the place of one that is gone names it: something must be answered for that reason."""
    before, after = Contract(contract).functions, Contract(document).functions
    problems: list[str] = []
    schemas = document["components"]["schemas"]
    for method in before.keys() & after.keys():
        ids = {error.error_id for error in after[method].errors}
        replaced = {old for error in after[method].errors for old in schemas[error.name].get(REPLACES, [])}
        problems += [
            f"{before[method].name} doesn't answer {error.error_id} any more: name it in {REPLACES} of the error that "
            "is answered in its place"
            for error in before[method].errors
            if error.error_id not in ids | replaced
        ]
    if problems:
        raise CodegenError("\n".join(sorted(problems)))
