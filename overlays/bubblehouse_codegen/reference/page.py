"""What the reference shows, as plain data."""

import json
import shlex
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode

from bubblehouse_codegen.contract import RATE_LIMITS, SCOPE, VERSIONS, Contract, ErrorClass, Function, follow
from bubblehouse_codegen.documents import Document
from bubblehouse_codegen.python_types import SCALAR
from bubblehouse_codegen.reference import schemas
from bubblehouse_codegen.reference.python import Calls
from bubblehouse_codegen.reference.texts import anchor, assumptions

_JSON: Final = "application/json"
_SHOP: Final = "my-shop"


@dataclass(frozen=True, slots=True)
class Example:
    """One request, in two languages."""

    title: str
    curl: str
    python: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One example of an answer."""

    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb that a function takes."""

    method: str
    url: str
    description: str
    tokens: list[tuple[str, str]]
    parameters: list[schemas.Field]
    curl: str
    assumptions: list[str]


@dataclass(frozen=True, slots=True)
class Error:
    """A documented error."""

    name: str
    anchor: str
    id: str
    status: int | None
    scope: str
    reason: str
    assumptions: list[str]
    methods: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Status:
    """What a function answers with one status beside 200."""

    status: str
    description: str
    assumptions: list[str]
    headers: list[schemas.Field]
    errors: list[Error]


@dataclass(frozen=True, slots=True)
class Operation:
    """A function."""

    function: Function
    anchor: str
    verbs: list[Verb]
    input: list[schemas.Field]
    input_type: schemas.Words
    output: list[schemas.Field]
    output_type: schemas.Words
    output_description: str
    statuses: list[Status]
    examples: list[Example]
    answers: list[Answer]


@dataclass(frozen=True, slots=True)
class Token:
    """A kind of token."""

    name: str
    anchor: str
    description: str
    assumptions: list[str]


@dataclass(frozen=True, slots=True)
class Page:
    """All of it."""

    title: str
    summary: str
    description: str
    version: str
    docs: str
    server: str
    server_description: str
    versions: list[str]
    versions_description: str
    limits: list[tuple[str, str, str, int]]
    money: list[tuple[str, str, str]]
    tokens: list[Token]
    assumptions: list[str]
    operations: list[Operation]
    errors: list[Error]
    loose: list[Status]
    types: list[schemas.Type]


def of(document: Document, view: Document, calls: Calls) -> Page:
    """Collect what the reference shows.

    Args:
        document: The resolved contract.
        view: The contract as reshaped for the generator.
        calls: How a function is called in Python.

    Raises:
        CodegenError: An example names a property that its schema lacks.
    """
    return _Collector(document, Contract(view), calls).page()


@dataclass(frozen=True, slots=True)
class _Collector:
    document: Document
    contract: Contract
    calls: Calls

    def page(self) -> Page:
        info, server = self.document["info"], self.document["servers"][0]
        variable = server["variables"]["version"]
        security: dict[str, Any] = self.document["components"].get("securitySchemes", {})
        responses: dict[str, Any] = self.document["components"].get("responses", {})
        used = json.dumps(self.document["paths"])
        all_schemas = self.document["components"].get("schemas", {})
        return Page(
            title=info["title"],
            summary=info.get("summary", ""),
            description=info.get("description", ""),
            version=info["version"],
            docs=self.document.get("externalDocs", {}).get("url", ""),
            server=server["url"],
            server_description=server.get("description", ""),
            versions=variable["enum"],
            versions_description=variable.get("description", ""),
            limits=[
                (kind, scope, period.removeprefix("per_"), calls)
                for kind, periods in self.document.get(RATE_LIMITS, {}).items()
                for period, scopes in periods.items()
                for scope, calls in scopes.items()
            ],
            money=[
                (name, f"#{anchor('type', name)}", all_schemas[name].get("description", ""))
                for name, it in self.contract.document["components"]["schemas"].items()
                if it.get(SCALAR, {}).get("annotation") == "Decimal"
            ],
            tokens=[
                Token(name, anchor("token", name), it.get("description", ""), assumptions(it))
                for name, it in security.items()
            ],
            assumptions=assumptions(self.document),
            operations=[self._operation(it) for it in self.contract.functions.values()],
            errors=[self._error(name, it) for name, it in sorted(all_schemas.items()) if SCOPE in it],
            loose=[
                self._status("", it) for name, it in responses.items() if f'"#/components/responses/{name}"' not in used
            ],
            types=schemas.types(self.document),
        )

    def _operation(self, function: Function) -> Operation:
        path, item = next(
            (path, item)
            for path, item in self.document["paths"].items()
            if any(item.get(verb, {}).get("operationId") == function.name for verb in ("post", "get"))
        )
        verbs = {verb: item[verb] for verb in ("post", "get") if verb in item}
        main = next(it for it in verbs.values() if it["operationId"] == function.name)
        body = main.get("requestBody", {}).get("content", {}).get(_JSON, {})
        answer = follow(self.document, main["responses"]["200"])
        content = answer["content"][_JSON]
        return Operation(
            function=function,
            anchor=anchor(function.name),
            verbs=[self._verb(path, item, verb, it) for verb, it in verbs.items()],
            input=schemas.fields(self.document, body.get("schema", {})),
            input_type=schemas.words(body.get("schema", {})),
            output=schemas.fields(self.document, content["schema"]),
            output_type=schemas.words(content["schema"]),
            output_description=answer.get("description", ""),
            statuses=[
                self._status(status, it)
                for status, it in sorted(main["responses"].items())
                if not status.startswith("2")
            ],
            examples=[
                Example(title, _curl(self._url(path), body=value), self._python(path, function.method, value))
                for title, value in _examples(body)
            ],
            answers=[
                Answer(title, json.dumps(value, indent=2, ensure_ascii=False)) for title, value in _examples(content)
            ],
        )

    def _verb(self, path: str, item: dict[str, Any], verb: str, operation: dict[str, Any]) -> Verb:
        given = [follow(self.document, it) for it in (*item.get("parameters", []), *operation.get("parameters", []))]
        query = {it["name"]: it for it in given if it["in"] == "query"}
        return Verb(
            method=verb.upper(),
            url=f"{self.document['servers'][0]['url']}{path}",
            description=operation.get("description", ""),
            tokens=[(name, f"#{anchor('token', name)}") for it in operation.get("security", []) for name in it],
            parameters=[self._parameter(it) for it in given],
            curl=_curl(self._url(path), query=query) if verb == "get" else "",
            assumptions=assumptions(operation),
        )

    def _parameter(self, parameter: dict[str, Any]) -> schemas.Field:
        schema = parameter.get("schema") or parameter.get("content", {}).get(_JSON, {}).get("schema", {})
        about = {key: value for key, value in parameter.items() if key == "description" or key.startswith("x-")}
        name, required = parameter["name"], parameter.get("required", False)
        return schemas.field(self.document, name, {**schema, **about}, required=required)

    def _status(self, status: str, reference: dict[str, Any]) -> Status:
        response = follow(self.document, reference)
        schema = response.get("content", {}).get(_JSON, {}).get("schema", {})
        names = [it["$ref"].rpartition("/")[2] for it in schema.get("oneOf", [])]
        headers = {name: follow(self.document, it) for name, it in response.get("headers", {}).items()}
        return Status(
            status=status,
            description=response.get("description", ""),
            assumptions=assumptions(response),
            headers=[self._parameter({"name": name, **it}) for name, it in headers.items()],
            errors=[self._error(name, self.document["components"]["schemas"][name]) for name in names],
        )

    def _error(self, name: str, schema: dict[str, Any]) -> Error:
        raised: dict[str, list[ErrorClass]] = {
            method: [it for it in function.errors if it.name == name]
            for method, function in self.contract.functions.items()
        }
        return Error(
            name=name,
            anchor=anchor("error", name),
            id=schema["properties"]["id"]["const"],
            status=next((it.status for found in raised.values() for it in found), None),
            scope=schema[SCOPE],
            reason=schema.get("description", ""),
            assumptions=assumptions(schema),
            methods=[
                (self.contract.functions[method].name, f"#{anchor(self.contract.functions[method].name)}")
                for method, found in raised.items()
                if found
            ],
        )

    def _python(self, path: str, method: str, value: Any) -> str:
        version = self._version(path)
        setting = f"# The global version is set by BUBBLEHOUSE_API_VERSION={version}.\n"
        return ("" if version == self.contract.server.version else setting) + self.calls.snippet(method, value)

    def _url(self, path: str) -> str:
        url: str = self.document["servers"][0]["url"] + path
        return url.replace("{version}", self._version(path)).replace("{shop}", _SHOP)

    def _version(self, path: str) -> str:
        """Return a global version that has a function: the default one, if it does."""
        default = self.contract.server.version
        having: list[str] = self.document["paths"][path]["post"].get(VERSIONS, [default])
        return default if default in having else having[0]


def _examples(media: dict[str, Any]) -> list[tuple[str, Any]]:
    if "example" in media:
        return [("", media["example"])]
    return [(it.get("summary", name), it["value"]) for name, it in media.get("examples", {}).items() if "value" in it]


def _curl(url: str, *, body: dict[str, Any] | None = None, query: dict[str, Any] | None = None) -> str:
    asked: dict[str, str] = {}
    for name, parameter in (query or {}).items():
        media = parameter.get("content", {}).get(_JSON, parameter)
        for _, value in _examples(media)[:1]:
            asked[name] = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
    lines = ['curl -H "Authorization: Bearer $TOKEN"']
    if body is not None:
        lines.append("-H 'Content-Type: application/json'")
        written = json.dumps(body, ensure_ascii=False, indent=2).replace("\n", "\n  ")  # texts in it have no line ends
        lines.append(f"-d {shlex.quote(written)}")
    lines.append(shlex.quote(url + ("?" + urlencode(asked, quote_via=quote) if asked else "")))
    return " \\\n  ".join(lines)
