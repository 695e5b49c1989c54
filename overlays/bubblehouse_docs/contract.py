"""Reads the contract: the documented facts, and apart from them what its overlays assume."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, cast

from bubblehouse_codegen.contract import SCOPE
from bubblehouse_codegen.documents import Document, load, overlays_for, resolve
from bubblehouse_codegen.failure import CodegenError
from bubblehouse_codegen.versions.overlays import version_document, version_overlays
from bubblehouse_docs.claims import Body, Claim, ErrorClaim, FieldClaim, Function
from bubblehouse_docs.failure import DocsError
from bubblehouse_docs.places import Place, Places, Pointer

REQUIRED_WITH: Final = "x-bubblehouse-required-with"
WITH_SHOP_TOKEN: Final = "required if using a shop token"  # noqa: S105 - how the docs print it

VALUE_SCHEMAS: Final = {
    "Bubbleflake": "bubbleflake",
    "Date": "date",
    "Monetary": "monetary",
    "MonetaryInput": "monetary",
    "Permyriad": "permyriad",
    "Time": "time",
}
"""Schemas whose type the docs print in another way."""

_SCHEMAS: Final = ("components", "schemas")
_JSON: Final = ("content", "application/json", "schema")


class Contract:
    """A contract, and where everything in it stands.

    Attributes:
        document: The documented facts alone.
    """

    def __init__(self, spec: Path, overlays: Path, root: Path, version: str = "") -> None:
        """Read a contract.

        Args:
            spec: The OpenAPI document.
            overlays: The folder of its overlays.
            root: The folder that files are named relative to, where they are in it.
            version: A global version; the default one unless given, or where this one is no different.

        Raises:
            DocsError: The contract or an overlay can't be read or applied, or is none.
        """
        self._sources = (spec, overlays, root)
        try:
            assumptions = overlays_for(overlays, "everybody")
            self.document = load(spec)
            self._resolved = resolve(self.document, assumptions)
            self._overlays = version_overlays(self.document, overlays)
            if own := self._overlays.get(version):
                self.document = version_document(self.document, version, own, partly=True)
                self._resolved = version_document(self._resolved, version, own)
        except CodegenError as error:
            raise DocsError(str(error)) from error
        facts = [own] if own else []
        files = (spec, *facts, *assumptions)
        names = {path: str(path.relative_to(root)) for path in files if path.is_relative_to(root)}
        self._places = Places(spec, facts, assumptions, names)
        if not self.versions or not {"paths", "components"} <= self.document.keys():
            raise DocsError(f"{spec}: no paths, no components or no global versions in it; is it the contract?")

    def of(self, version: str) -> "Contract":
        """Return the contract of a global version.

        Args:
            version: The version; one that is no different, or not known, has this contract.

        Raises:
            DocsError: Its overlay can't be read or applied.
        """
        return Contract(*self._sources, version) if version in self._overlays else self

    @property
    def beginning(self) -> Place:
        """Where the paths begin."""
        return self._places.documented(("paths",))

    @property
    def versions(self) -> dict[str, Claim]:
        """The global versions that are known."""
        where = ("servers", "0", "variables", "version", "enum")
        known = _at(self.document, where)
        return {version: self._claim(version, (*where, str(at))) for at, version in enumerate(known)}

    def functions(self, name: str) -> list[Function]:
        """Return all that is said of a function, once for each verb, POST first; nothing if the contract lacks it."""
        path = ("paths", f"/{{shop}}/{name}")
        item: Document = self.document["paths"].get(path[1], {})
        verbs = {verb.upper(): self._claim(verb.upper(), (*path, verb)) for verb in ("post", "get") if verb in item}
        url = self._claim(self.document["servers"][0]["url"] + path[1], path)
        return [self._function(name, (*path, verb.lower()), verbs, url) for verb in verbs]

    def _function(self, name: str, here: Pointer, verbs: dict[str, Claim], url: Claim) -> Function:
        operation = _at(self.document, here)
        schemes = [scheme for requirement in operation.get("security", []) for scheme in requirement or ["Anonymous"]]
        return Function(
            name=self._claim(name, (*here, "operationId")),
            verbs=verbs,
            kind=self._claim(operation.get("x-bubblehouse-kind", ""), (*here, "x-bubblehouse-kind")),
            url=url,
            tokens={scheme: self._claim(scheme, (*here, "security", str(at))) for at, scheme in enumerate(schemes)},
            input=self._body((*here, "requestBody", *_JSON)),
            output=self._body((*here, "responses", "200", *_JSON)),
            errors=list(self._errors(here)),
        )

    def error_schemas(self) -> dict[tuple[str, str, str], str]:
        """Return the name of the schema for each documented status, id and scope of an error."""
        found: dict[tuple[str, str, str], str] = {}
        for path, item in self.document["paths"].items():
            for verb in item.keys() & {"get", "post"}:
                for claim, name in self._error_choices(self.document, ("paths", path, verb)):
                    found.setdefault((claim.status, claim.id, claim.scope), name)
        return found

    def error_responses(self) -> dict[frozenset[str], str]:
        """Return the name of each shared response by the schemas of the errors that it answers."""
        return {
            frozenset(choice["$ref"].rpartition("/")[2] for choice in choices): name
            for name, response in self.document["components"]["responses"].items()
            if (choices := _at(response, _JSON).get("oneOf", []))
        }

    def _claim(self, text: str, pointer: Pointer) -> Claim:
        return Claim(text, self._places.documented(pointer))

    def _body(self, pointer: Pointer) -> Body:
        pointer, schema = _follow(self.document, pointer)
        known: dict[str, Any] = schema.get("properties", {})
        fields = {name: self._field(pointer, name, assumed=False) for name in known}
        for name in _follow(self._resolved, pointer)[1].get("properties", {}):
            if name not in known:
                fields[name] = self._field(pointer, name, assumed=True)
        return Body(pointer[-1] if pointer[:2] == _SCHEMAS else "", self._places.documented(pointer), fields)

    def _field(self, owner: Pointer, name: str, *, assumed: bool) -> FieldClaim:
        pointer = (*owner, "properties", name)
        document = self._resolved if assumed else self.document
        owning, schema = _at(document, owner), _at(document, pointer)
        presence = "required" if name in owning.get("required", []) else "optional"
        if "ShopToken" in schema.get(REQUIRED_WITH, []):
            presence = WITH_SHOP_TOKEN
        place = self._places.assumed(pointer) if assumed else self._places.documented(pointer)
        return FieldClaim(_printed(schema), presence, _referred(schema), place, assumed)

    def _errors(self, operation: Pointer) -> Iterator[ErrorClaim]:
        documented = {(claim.status, claim.id): claim for claim, _ in self._error_choices(self.document, operation)}
        yield from documented.values()
        for claim, _ in self._error_choices(self._resolved, operation):
            if (claim.status, claim.id) not in documented:
                yield claim

    def _error_choices(self, document: Document, operation: Pointer) -> Iterator[tuple[ErrorClaim, str]]:
        """Pair each error of an operation with the name of its schema."""
        assumed = document is self._resolved
        find = self._places.assumed if assumed else self._places.documented
        for status in _at(document, operation)["responses"]:
            pointer, schema = _follow(document, (*operation, "responses", status, *_JSON))
            for choice in range(len(schema.get("oneOf", []))):
                error_at, error = _follow(document, (*pointer, "oneOf", str(choice)))
                claim = ErrorClaim(
                    id=str(error.get("properties", {}).get("id", {}).get("const", "")),
                    scope=str(error.get(SCOPE, "")),
                    status=status,
                    reason=bool(str(error.get("description", "")).strip()),
                    place=find(error_at),
                    status_place=self._places.documented((*operation, "responses", status)),
                    assumed=assumed,
                )
                yield claim, error_at[-1]


def _follow(document: Document, pointer: Pointer) -> tuple[Pointer, Document]:
    """Follow a pointer, through references, to where what it leads to really stands."""
    followed: Pointer = ()
    for step in (*pointer, None):
        node = _at(document, followed)
        while isinstance(node, dict) and [*cast("Document", node)] == ["$ref"]:
            followed = tuple(str(cast("Document", node)["$ref"]).removeprefix("#/").split("/"))
            node = _at(document, followed)
        if step is not None:
            followed = (*followed, step)
    return followed, _at(document, followed)


def _at(document: Document, pointer: Pointer) -> Any:  # any JSON value
    node: Any = document
    for step in pointer:
        node = node.get(step, {}) if hasattr(node, "get") else node[int(step)]
    return node


def _referred(schema: Document) -> str:
    """Return the name of the schema that a field refers to, be it an array of it or allowed to be null."""
    if "items" in schema:
        return _referred(schema["items"])
    for choice in schema.get("anyOf", []):
        if name := _referred(choice):
            return name
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    return VALUE_SCHEMAS.get(name, name)


def _printed(schema: Document) -> str:
    """Return a type as the docs would print it; `or null` where the contract allows null."""
    kinds: list[str] = [schema["type"]] if isinstance(schema.get("type"), str) else list(schema.get("type", []))
    nullable = "null" in kinds or {"type": "null"} in schema.get("anyOf", [])
    if kinds[:1] == ["array"]:
        return f"array of {_printed(schema.get('items', {}))}"
    kind = _referred(schema) or next((kind for kind in kinds if kind != "null"), "")
    return f"{kind} or null" if nullable else kind
