"""Says of each part of the contract of all versions which of them have it, where not all do."""

from collections.abc import Iterable, Mapping

from bubblehouse_codegen.contract import ERROR_NOTES, VERSIONS, Contract, follow
from bubblehouse_codegen.documents import Document
from bubblehouse_codegen.versions.shapes import Shapes, functions


def annotate(everything: Document, documents: Mapping[str, Document], compared: Mapping[str, Shapes]) -> None:
    """Write into a contract of all versions what is not the same in all.

    Args:
        everything: The contract of all versions.
        documents: The contract of each.
        compared: How each differs from the one of all.
    """
    answered = {version: _errors(document) for version, document in documents.items()}
    errors = _errors(everything)
    for name, operation in functions(everything).items():
        having = [version for version, document in documents.items() if name in functions(document)]
        _describe(everything, operation, [_whose(having, documents)])
        if len(having) < len(documents):
            operation[VERSIONS] = having
        answering = {
            error: [version for version in having if error in answered[version][name]] for error in errors[name]
        }
        notes = {error: note for error, them in sorted(answering.items()) if (note := _whose(them, having))}
        if notes:
            operation[ERROR_NOTES] = notes
    for name in dict.fromkeys(name for shapes in compared.values() for name in shapes.pairs):
        pairs = {version: shapes.pairs[name] for version, shapes in compared.items() if name in shapes.pairs}
        for prop, schema in next(iter(pairs.values())).properties.items():
            having = [version for version, pair in pairs.items() if prop not in pair.shape.absent]
            requiring = [version for version, pair in pairs.items() if prop in pair.shape.required]
            names = {version: pair.shape.names[prop] for version, pair in pairs.items() if prop in pair.shape.names}
            notes_of_it = [
                _whose(having, pairs),
                f"Required in {_listed(requiring)}." if requiring else "",
                *(f"Called `{name}` in {version}." for version, name in names.items()),
            ]
            _describe(everything, schema, notes_of_it)


def _errors(document: Document) -> dict[str, set[str]]:
    """Return the names of the errors that each function answers, with whatever verb."""
    found: dict[str, set[str]] = {}
    for function in Contract(document).functions.values():
        found.setdefault(function.name, set()).update(error.name for error in function.errors)
    return found


def _whose(having: list[str], of: Iterable[str]) -> str:
    """Say which versions have something; nothing where all do."""
    lacking = [version for version in of if version not in having]
    if not lacking:
        return ""
    return f"Not in {_listed(lacking)}." if len(lacking) < len(having) else f"Only in {_listed(having)}."


def _listed(versions: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(versions[:-1]), versions[-1]]))


def _describe(document: Document, node: Document, notes: list[str]) -> None:
    added = " ".join(filter(None, notes))
    if added:
        told = node.get("description") or follow(document, node).get("description", "")
        node["description"] = f"{told} {added}".strip()
