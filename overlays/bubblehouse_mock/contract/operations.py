"""The operations of the contract in the form in which the stages ask about them."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal, cast, get_args

from jsonschema_rs import Validator

from bubblehouse_mock.contract.document import ContractError, Document
from bubblehouse_mock.contract.renaming import Renaming, properties_of, renaming_of
from bubblehouse_mock.jsontext import JsonObject, JsonValue

Kind = Literal["read", "write"]
Encoding = Literal["json", "boolean", "integer", "string"]

JSON: Final = "application/json"
ANONYMOUS: Final = "Anonymous"
"""The token kind of a call without any token; an empty security requirement in the contract."""

_PATH_DEPTH: Final = 2  # /{shop}/<Function>


@dataclass(frozen=True, slots=True)
class Parameter:
    """One query parameter.

    Args:
        name: Its name in the query and in the input.
        required: Whether a call without it is refused.
        encoding: How its text is read: `json`, or the JSON type that its schema names.
        validator: What its value must be.
    """

    name: str
    required: bool
    encoding: Encoding
    validator: Validator


@dataclass(frozen=True, slots=True)
class Body:
    """The request body of an operation."""

    required: bool
    media_types: tuple[str, ...]
    validator: Validator


@dataclass(frozen=True, slots=True)
class DocumentedError:
    """An error id, its status, why it comes, whose it is (`global`, `api` or `operation`), and whom it replaces."""

    id: str
    status: int
    reason: str = ""
    scope: str = ""
    replaces: tuple[str, ...] = ()


class Operation:
    """One verb of one function.

    Args:
        document: The contract.
        path: The operation's path in the contract: `/{shop}/RedeemPoints1`.
        method: Its verb, in lower case as OpenAPI has it.

    Raises:
        ContractError: The operation lacks something that the mock needs.
    """

    def __init__(self, document: Document, path: str, method: str) -> None:
        self._document = document
        self._node = document.walk(document.root, "paths", path, method)
        self.function: str = path.rpartition("/")[2]
        self.method: str = method.upper()
        kind = self._node.get("x-bubblehouse-kind")
        if kind not in {"read", "write"}:
            raise ContractError(f"{path}: {method}: x-bubblehouse-kind must be read or write, not {kind!r}")
        self.kind: Kind = cast("Kind", kind)
        self.tokens: frozenset[str] = frozenset(_token_kinds(self._node.get("security", document.root.get("security"))))
        self._answers: dict[int, Validator] = {}
        self.responses: dict[str, JsonObject] = {
            name: document.node(it) for name, it in document.walk(self._node, "responses").items()
        }
        self.errors: dict[str, DocumentedError] = {
            error.id: error
            for status, response in self.responses.items()
            if status.isdecimal()
            for error in documented_errors(document, response, int(status))
        }
        self.replacements: dict[str, DocumentedError] = {
            old: error for error in self.errors.values() for old in error.replaces
        }

    @cached_property
    def body(self) -> Body | None:
        """The request body, or None where input comes in the query."""
        declared = self._document.walk(self._node, "requestBody")
        if not declared:
            return None
        content = self._document.walk(declared, "content")
        if JSON not in content:
            raise ContractError(f"{self.function}: the request body must offer {JSON}")
        return Body(
            required=declared.get("required") is True,
            media_types=tuple(content),
            validator=self._document.validator(self._document.walk(content, JSON, "schema")),
        )

    @cached_property
    def query(self) -> tuple[Parameter, ...]:
        """The query parameters."""
        return tuple(self._parameter(node) for node in self._query_nodes)

    @cached_property
    def takes_customer(self) -> bool:
        """Whether the input names a customer."""
        names = {*self._body_properties, *(parameter.name for parameter in self.query)}
        return "customer" in names or (self.input_names is not None and "customer" in self.input_names.version)

    @cached_property
    def money_inputs(self) -> frozenset[str]:
        """The input properties that are money."""
        return frozenset(name for name, node in self._body_properties.items() if _refers_to(node, "MonetaryInput"))

    @cached_property
    def example(self) -> JsonObject | None:
        """The first example of a successful answer."""
        media = self._media(self.responses.get("200"))
        values = [self._document.node(it).get("value") for it in self._document.walk(media, "examples").values()]
        value = values[0] if values else media.get("example")
        return value if isinstance(value, dict) else None

    @cached_property
    def input_names(self) -> Renaming | None:
        """How the input's properties are called, or None where all have their general names."""
        return renaming_of(self._document, self._inputs)

    @cached_property
    def output_names(self) -> Renaming | None:
        """How the properties of a successful answer are called, or None where all have their general names."""
        schema = self._document.walk(self._media(self.responses.get("200")), "schema")
        return renaming_of(self._document, properties_of(self._document, schema))

    def documented_headers(self, status: int) -> dict[str, str]:
        """Return the headers that a documented answer has, with their examples."""
        declared = self._document.walk(self.responses.get(str(status)), "headers")
        return {name: str(self._document.node(it).get("example", "")) for name, it in declared.items()}

    def media_types(self, status: int) -> tuple[str, ...]:
        """Return what the body of a documented answer may be."""
        return tuple(self._document.walk(self.responses.get(str(status)), "content"))

    def answer_validator(self, status: int) -> Validator:
        """Return what the body of a documented answer must be, with no property that isn't described."""
        if status not in self._answers:
            schema = self._document.walk(self._media(self.responses[str(status)]), "schema")
            self._answers[status] = self._document.validator(schema, closed=True)
        return self._answers[status]

    @cached_property
    def _body_properties(self) -> JsonObject:
        return self._document.walk(self._node, "requestBody", "content", JSON, "schema", "properties")

    @cached_property
    def _inputs(self) -> JsonObject:
        """What the input may have, whether it comes in a body or in a query."""
        query: JsonObject = {str(it["name"]): self._schema(it) | it for it in self._query_nodes}
        return self._body_properties | query

    @cached_property
    def _query_nodes(self) -> list[JsonObject]:
        declared = self._node.get("parameters")
        nodes = [self._document.node(it) for it in declared] if isinstance(declared, list) else []
        return [node for node in nodes if node.get("in") == "query"]

    def _schema(self, parameter: JsonObject) -> JsonObject:
        return self._document.walk(self._media(parameter) or parameter, "schema")

    def _parameter(self, node: JsonObject) -> Parameter:
        schema = self._schema(node)
        encoding = "json" if "content" in node else schema.get("type", "string")
        if encoding not in get_args(Encoding):
            raise ContractError(
                f"{self.function}: the query parameter {node.get('name')} is of the type {encoding!r}; "
                f"those of {', '.join(get_args(Encoding))} can be read"
            )
        return Parameter(
            name=str(node["name"]),
            required=node.get("required") is True,
            encoding=cast("Encoding", encoding),
            validator=self._document.validator(schema),
        )

    def _media(self, node: JsonValue) -> JsonObject:
        return self._document.walk(node, "content", JSON)


def documented_errors(document: Document, response: JsonObject, status: int) -> Iterator[DocumentedError]:
    """Yield the errors that a response of the contract documents."""
    schema = document.walk(response, "content", JSON, "schema")
    choices = schema.get("oneOf", [schema])
    for choice in choices if isinstance(choices, list) else []:
        node = document.node(choice)
        error_id = document.walk(node, "properties", "id").get("const")
        if isinstance(error_id, str):
            yield DocumentedError(
                id=error_id,
                status=status,
                reason=" ".join(str(node.get("description", "")).split()),
                scope=str(node.get("x-bubblehouse-error-scope", "")),
                replaces=tuple(map(str, cast("list[JsonValue]", node.get("x-bubblehouse-replaces", [])))),
            )


def operations(document: Document) -> Iterator[Operation]:
    """Yield every operation of a contract.

    Raises:
        ContractError: A path isn't of the form `/{shop}/<Function>`, or an operation lacks something.
    """
    for path, item in document.walk(document.root, "paths").items():
        if path.count("/") != _PATH_DEPTH or not path.startswith("/{shop}/"):
            raise ContractError(f"the path {path} is not of the form /{{shop}}/<Function>")
        for method in document.node(item):
            if method in {"get", "put", "post", "delete", "patch"}:
                yield Operation(document, path, method)


def _token_kinds(security: JsonValue) -> Iterator[str]:
    for requirement in security if isinstance(security, list) else []:
        if isinstance(requirement, dict):
            yield from requirement or (ANONYMOUS,)


def _refers_to(node: JsonValue, schema: str) -> bool:
    if isinstance(node, dict):
        return node.get("$ref") == f"#/components/schemas/{schema}" or any(
            _refers_to(node.get(keyword), schema) for keyword in ("anyOf", "oneOf", "allOf")
        )
    return isinstance(node, list) and any(_refers_to(choice, schema) for choice in node)
