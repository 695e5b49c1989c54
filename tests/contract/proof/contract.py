"""What the resolved contract documents, in the form in which the proof asks about it."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

import jsonschema_rs
import yaml

Json = dict[str, Any]

BUSINESS_SCOPE = "operation"
IDENTITY_SCOPE = "api"

_SPEC = Path(__file__).parents[3] / "spec" / "openapi.yaml"  # without the assumptions
_VERBS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, order=True, slots=True)
class DocumentedError:
    """An error id that an operation may answer.

    Attributes:
        operation: The operationId.
        status: The HTTP status it comes with.
        id: The error id.
        scope: `global`, `api` or `operation`, as the docs' tables have it.
        assumed: Whether the id is a choice of the assumptions overlay rather than a documented fact.
        schema: The component schema that describes it, which also names its exception class.
    """

    operation: str
    status: int
    id: str
    scope: str
    assumed: bool
    schema: str

    def __str__(self) -> str:
        return f"{self.operation}-{self.status}-{self.id}"


@dataclass(frozen=True, order=True, slots=True)
class Link:
    """A value of one operation's success that feeds another operation."""

    source: str
    name: str
    target: str

    def __str__(self) -> str:
        return f"{self.source}.{self.name} → {self.target}"


@dataclass(frozen=True, slots=True)
class Operation:
    """One verb of one function."""

    id: str
    function: str
    method: str
    kind: str
    tokens: tuple[str, ...]
    customer_required_with: tuple[str, ...]
    errors: tuple[DocumentedError, ...]
    links: tuple[Link, ...]

    @property
    def python_name(self) -> str:
        """The client's method."""
        return "_".join(re.findall(r"[A-Z][a-z]+|[0-9]+", self.function)).lower()

    @property
    def label(self) -> str:
        """The name by which schemathesis knows the operation."""
        return f"{self.method} /{{shop}}/{self.function}"


@dataclass(frozen=True, slots=True)
class Contract:
    """The resolved document and its operations, by operationId."""

    document: Json
    operations: Mapping[str, Operation]

    @property
    def errors(self) -> tuple[DocumentedError, ...]:
        """Every error of every operation."""
        return tuple(error for operation in self.operations.values() for error in operation.errors)

    @property
    def links(self) -> tuple[Link, ...]:
        """Every link of every operation."""
        return tuple(link for operation in self.operations.values() for link in operation.links)

    @property
    def version(self) -> str:
        """The global API version that is called unless told otherwise."""
        return str(self.document["servers"][0]["variables"]["version"]["default"])

    def by_label(self, label: str) -> Operation:
        """Return the operation that schemathesis calls by this name."""
        return next(operation for operation in self.operations.values() if operation.label == label)

    def node(self, operation: str) -> Json:
        """Return what the document says of an operation."""
        found = self.operations[operation]
        return cast("Json", self.document["paths"][f"/{{shop}}/{found.function}"][found.method.lower()])

    def example(self, operation: str, real: Mapping[str, Any] = MappingProxyType({})) -> Json:
        """Return what an operation can't be called without, as its first example has it; nothing for a GET.

        Args:
            operation: The operationId.
            real: Values that a server has, in place of the example's.
        """
        body = self.node(operation).get("requestBody")
        if body is None:
            return {}
        content = self.resolve(body)["content"]["application/json"]
        given = next(iter(content["examples"].values()))["value"]
        needed = self.resolve(content["schema"]).get("required", [])
        return {name: real.get(name, given[name]) for name in needed}

    def responses(self, operation: str) -> Json:
        """Return an operation's responses by status."""
        return cast("Json", self.node(operation)["responses"])

    def response(self, operation: str, status: int) -> Json:
        """Return what an operation documents of a status."""
        return self.resolve(self.responses(operation)[str(status)])

    def validator(self, schema: Json) -> jsonschema_rs.Validator:
        """Compile a schema of the document."""
        whole = {"allOf": [schema], "components": self.document["components"]}
        return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)

    def resolve(self, node: Json) -> Json:
        """Follow a reference to its end."""
        while "$ref" in node:
            found: Any = self.document
            for step in node["$ref"].removeprefix("#/").split("/"):
                found = found[step]
            node = cast("Json", found)
        return node


def versions() -> list[str]:
    """List the global versions that have a contract of their own beside the default one."""
    folder = files("bubblehouse_loyalty").joinpath("versions")
    names = [it.name for it in folder.iterdir()] if folder.is_dir() else []
    return sorted(name.removesuffix(".json") for name in names if name.endswith(".json"))


@cache
def load(version: str = "") -> Contract:
    """Read a contract that the generated client carries.

    Args:
        version: A global version that has one of its own; the default one unless given.
    """
    name = f"versions/{version}.json" if version else "openapi.json"
    document = cast("Json", json.loads(files("bubblehouse_loyalty").joinpath(name).read_bytes()))
    contract = Contract(document, {})
    operations = {
        node["operationId"]: _operation(contract, path, verb, node)
        for path, item in document["paths"].items()
        for verb, node in item.items()
        if verb in _VERBS
    }
    return Contract(document, operations)


def _operation(contract: Contract, path: str, verb: str, node: Json) -> Operation:
    operation_id = str(node["operationId"])
    responses = {status: contract.resolve(response) for status, response in node["responses"].items()}
    return Operation(
        id=operation_id,
        function=path.rpartition("/")[2],
        method=verb.upper(),
        kind=node["x-bubblehouse-kind"],
        tokens=tuple(kind for requirement in node["security"] for kind in requirement),
        customer_required_with=_customer_required_with(contract, node),
        errors=tuple(sorted(_errors(contract, operation_id, responses))),
        links=tuple(
            Link(operation_id, name, link["operationId"])
            for response in responses.values()
            for name, link in response.get("links", {}).items()
        ),
    )


def _customer_required_with(contract: Contract, node: Json) -> tuple[str, ...]:
    if "requestBody" in node:
        body = contract.resolve(node["requestBody"]["content"]["application/json"]["schema"])
        customer = body["properties"]["customer"]
    else:
        customer = next(it for it in map(contract.resolve, node["parameters"]) if it["name"] == "customer")
    return tuple(customer["x-bubblehouse-required-with"])


def _errors(contract: Contract, operation: str, responses: Mapping[str, Json]) -> Iterator[DocumentedError]:
    for status, response in responses.items():
        if not status.isdecimal() or int(status) < 400:
            continue
        for choice in response["content"]["application/json"]["schema"]["oneOf"]:
            schema = contract.resolve(choice)
            yield DocumentedError(
                operation=operation,
                status=int(status),
                id=schema["properties"]["id"]["const"],
                scope=schema["x-bubblehouse-error-scope"],
                assumed=choice["$ref"].rpartition("/")[2] not in _documented_schemas(),
                schema=choice["$ref"].rpartition("/")[2],
            )


@cache
def _documented_schemas() -> frozenset[str]:
    return frozenset(yaml.safe_load(_SPEC.read_text(encoding="utf-8"))["components"]["schemas"])
