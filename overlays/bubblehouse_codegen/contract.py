"""What templates ask of a verified contract and the generator's model leaves out: kinds, errors, tokens, servers."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from openapi_python_client.strings import PythonIdentifier

from bubblehouse import errors as runtime
from bubblehouse.api import RateLimit
from bubblehouse_codegen.documents import Document
from bubblehouse_codegen.failure import CodegenError

SCOPE = "x-bubblehouse-error-scope"

RATE_LIMITS = "x-bubblehouse-rate-limits"

VERSIONS = "x-bubblehouse-versions"
"""On an operation of the contract of all versions: the versions that have it, where not all do."""

ERROR_NOTES = "x-bubblehouse-error-notes"
"""On an operation of the contract of all versions: error schemas that not all of them answer, and which do."""

SCOPE_BASES = {"global": "GlobalError", "api": "CustomerIdentityError", "operation": "OperationError"}


@dataclass(frozen=True, slots=True)
class ErrorClass:
    """One documented error: (status, id), and the exception class it becomes."""

    name: str
    error_id: str
    status: int
    bases: tuple[str, ...]
    description: str


@dataclass(frozen=True, slots=True)
class Function:
    """One function of the API."""

    name: str
    kind: str
    docs_url: str
    tokens: tuple[str, ...]
    outcome_read_by: str | None
    errors: tuple[ErrorClass, ...]
    summary: str
    description: str
    deprecated: bool
    successor: str | None
    error_notes: Mapping[str, str]

    @property
    def deprecation(self) -> str:
        """What to tell of a function that the vendor has replaced; empty for all others."""
        if not self.deprecated:
            return ""
        instead = f"; call {python_name(self.successor)} in its place" if self.successor else ""
        return f"{self.name} is deprecated{instead}" + (f": {self.docs_url}" if self.docs_url else "")

    @property
    def method(self) -> str:
        """The name of its method on the client."""
        return python_name(self.name)


@dataclass(frozen=True, slots=True)
class Server:
    """Where the API is, and in which global versions."""

    base_url: str
    version: str
    versions: tuple[str, ...]


def python_name(name: str) -> str:
    """Return the identifier that the generator makes of an operationId: `RedeemPoints1` becomes `redeem_points_1`."""
    return PythonIdentifier(name, prefix="field_")


@dataclass(frozen=True)
class Contract:
    """A resolved document, seen as functions, errors and a server. The document doesn't change meanwhile."""

    document: Document

    @property
    def server(self) -> Server:
        """The first server; its URL must end in the global version, as a variable."""
        server = self.document["servers"][0]
        version = server["variables"]["version"]
        return Server(server["url"].removesuffix("/{version}"), version["default"], tuple(version["enum"]))

    @cached_property
    def functions(self) -> dict[str, Function]:
        """Every function by its method's name, in the document's order."""
        found: dict[str, Function] = {}
        for item in self.document["paths"].values():
            for verb in ("get", "post"):
                if verb in item:
                    function = self._function(item[verb])
                    found[function.method] = function
        return found

    @property
    def errors(self) -> list[ErrorClass]:
        """Every documented error once, by class name."""
        found = {error.name: error for function in self.functions.values() for error in function.errors}
        for function in self.functions.values():
            for error in function.errors:
                if found[error.name] != error:
                    raise CodegenError(
                        f"schema {error.name} stands at the statuses {found[error.name].status} and {error.status}: "
                        "one class has one status; give each a schema of its own"
                    )
        return sorted(found.values(), key=lambda error: error.name)

    @property
    def common_errors(self) -> list[ErrorClass]:
        """The errors that any function may answer, a function of tomorrow included."""
        return [error for error in self.errors if SCOPE_BASES["operation"] not in error.bases]

    @property
    def rate_limits(self) -> list[RateLimit]:
        """How many calls are allowed, in the document's order."""
        return [
            RateLimit(kind, scope, period.removeprefix("per_"), calls)
            for kind, periods in self.document.get(RATE_LIMITS, {}).items()
            for period, scopes in periods.items()
            for scope, calls in scopes.items()
        ]

    def _function(self, operation: dict[str, Any]) -> Function:
        name = operation["operationId"]
        return Function(
            name=name,
            kind=operation["x-bubblehouse-kind"],
            docs_url=operation.get("externalDocs", {}).get("url", ""),
            tokens=tuple(scheme for requirement in operation.get("security", []) for scheme in requirement),
            outcome_read_by=operation.get("x-bubblehouse-outcome-read-by"),
            errors=tuple(sorted(self._errors(operation), key=lambda error: error.status)),
            summary=operation.get("summary", name),
            description=operation.get("description", ""),
            deprecated=operation.get("deprecated", False),
            successor=operation.get("x-bubblehouse-successor"),
            error_notes=operation.get(ERROR_NOTES, {}),
        )

    def _errors(self, operation: dict[str, Any]) -> Iterator[ErrorClass]:
        for status, reference in operation["responses"].items():
            if status[0] in "45":
                response = follow(self.document, reference)
                for choice in response["content"]["application/json"]["schema"]["oneOf"]:
                    yield self._error(choice["$ref"].rpartition("/")[2], int(status), follow(self.document, choice))

    def _error(self, name: str, status: int, schema: dict[str, Any]) -> ErrorClass:
        status_base = runtime.STATUS_CLASSES.get(status)
        return ErrorClass(
            name=name,
            error_id=schema["properties"]["id"]["const"],
            status=status,
            bases=(SCOPE_BASES[schema[SCOPE]], *([status_base.__name__] if status_base else [])),
            description=re.sub(r"\s+", " ", schema["description"]).strip(),
        )


def follow(document: Document, node: dict[str, Any]) -> dict[str, Any]:
    """Return what a node is, or refers to.

    Raises:
        CodegenError: It refers to something that isn't there.
    """
    while "$ref" in node:
        found: Any = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            if step not in found:
                raise CodegenError(f"{node['$ref']} refers to nothing")
            found = found[step]
        node = found
    return node
