"""Drafts the operation of a function that the contract doesn't have yet, from its page."""

import builtins
import re
from collections.abc import Mapping
from typing import Final

from bubblehouse import errors as runtime
from bubblehouse_codegen.contract import SCOPE, SCOPE_BASES
from bubblehouse_docs import wording
from bubblehouse_docs.contract import Contract
from bubblehouse_docs.draft_schemas import TODO, Json, Schemas, example_of, reference
from bubblehouse_docs.draft_yaml import dump
from bubblehouse_docs.findings import NOT_STATED
from bubblehouse_docs.interpretation import AUTHENTICATION, KIND, METHOD, URL
from bubblehouse_docs.page import Page

_FUNCTION: Final = re.compile(r"[A-Z][A-Za-z0-9]*[0-9]")
_STATUS: Final = re.compile(r"[45][0-9][0-9]")
_ERROR_ID: Final = re.compile(r"[a-z][a-z0-9_]*")
_QUERY_TYPES: Final = ("string", "integer", "boolean", "number")


def draft(page: Page, contract: Contract) -> str:
    """Return a draft of a page's function as YAML: a path item, and the schemas that the contract doesn't have yet.

    What the page doesn't state is left out and listed at the top; texts are left to be written.

    Args:
        page: The page.
        contract: The contract that the draft is for.

    Returns:
        The YAML; empty if the page names no function that could be one.
    """
    url = page.facts.get(URL)
    names = (page.function.text if page.function else "", wording.function_in(url.text) if url else "")
    name = next((name for name in names if _FUNCTION.fullmatch(name)), None)
    return _Draft(page, contract, name).text() if name else ""


class _Draft:
    """Builds the parts, and notes what is missing on the way."""

    def __init__(self, page: Page, contract: Contract, name: str) -> None:
        self._page = page
        self._contract = contract
        self._name = name
        self._notes: list[str] = []
        self._schemas = Schemas(contract.document, self._notes)

    def text(self) -> str:
        body = self._schemas.body(f"{self._name}Input", self._page.input, "input", sent=True)
        answer = self._schemas.body(f"{self._name}Output", self._page.output, "output", sent=False)
        responses: dict[str, Json] = {
            "200": {
                "description": TODO,
                "content": {"application/json": self._media(answer)},
            },
            **self._errors(),
        }
        if "UndocumentedError" in self._contract.document["components"]["responses"]:
            responses["default"] = reference("responses", "UndocumentedError")
        item: dict[str, Json] = {"parameters": [reference("parameters", "Shop")]}
        verbs = self._verbs()
        if "POST" in verbs:
            content: Json = {"application/json": self._media(body)}
            post = {**self._head(), "requestBody": {"required": True, "content": content}, "responses": responses}
            item["post"] = post
        if "GET" in verbs:
            twin = f"{self._name}Get" if "POST" in verbs else self._name
            parameters = {"parameters": self._query(body)}
            item["get"] = {**self._head(), "operationId": twin, **parameters, "responses": responses}
        document: dict[str, Json] = {
            "paths": {f"/{{shop}}/{self._name}": item},
            "components": {"schemas": self._schemas.added},
        }
        title = f"A draft of {self._name}, made of a docs page. Say in your own words what stands as {TODO}."
        return dump(document, [title, *dict.fromkeys(self._notes)])

    def _verbs(self) -> list[str]:
        method = self._page.facts.get(METHOD)
        verbs = wording.verbs_of(method.text) if method else []
        if not {"GET", "POST"} & set(verbs):
            self._notes.append(
                "The page states no verb that the contract has: POST is what the docs recommend for every function."
            )
            return ["POST"]
        return verbs

    def _head(self) -> dict[str, Json]:
        head: dict[str, Json] = {"operationId": self._name}
        api = self._page.api.removesuffix(" API").lower()
        if any(tag["name"] == api for tag in self._contract.document.get("tags", [])):
            head |= {"tags": [api]}
        head |= {"summary": TODO, "description": TODO}
        docs = self._contract.document.get("externalDocs", {}).get("url")
        if api and docs:
            head |= {"externalDocs": {"url": f"{docs}/apis/{api.replace(' ', '-')}/{self._name}"}}
        said = self._page.facts.get(KIND) or self._page.heading_kind
        kind = wording.KINDS.get(said.text) if said else None
        if kind:
            head |= {"x-bubblehouse-kind": kind}
        else:
            self._notes.append(
                "Not stated: the kind. Set x-bubblehouse-kind to read or write: it decides about retries."
            )
        return head | self._security()

    def _security(self) -> dict[str, Json]:
        known = self._contract.document["components"]["securitySchemes"]
        said = self._page.facts.get(AUTHENTICATION)
        security: list[Json] = []
        for token in wording.tokens_of(said.text) if said else []:
            scheme = wording.scheme_of(token)
            if scheme in known or token == wording.ANONYMOUS:
                security.append({} if token == wording.ANONYMOUS else {scheme: []})
            else:
                self._notes.append(
                    f"The contract has no security scheme for {token!r}: add one, then name it in security."
                )
        if not security:
            self._notes.append("Not stated: the kinds of token. List them in security.")
        return {"security": security} if security else {}

    def _media(self, schema: dict[str, Json]) -> dict[str, Json]:
        value = example_of(schema, {**self._contract.document["components"]["schemas"], **self._schemas.added})
        return {"schema": schema, "examples": {"draft": {"value": value}}}

    def _query(self, body: dict[str, Json]) -> list[Json]:
        name = str(body["$ref"]).rpartition("/")[2]
        properties = self._schemas.added.get(name, {}).get("properties")
        return [
            {
                "name": field,
                "in": "query",
                "description": TODO,
                "schema": {"type": given["type"]},
                "example": example_of(given, {}),
            }
            for field, given in (properties.items() if isinstance(properties, Mapping) else ())
            if isinstance(given, Mapping) and given.get("type") in _QUERY_TYPES
        ]

    def _errors(self) -> dict[str, Json]:
        by_status: dict[str, dict[str, str]] = {}
        for row in self._page.errors:
            status, error_id, scope = row.status.text, row.id.text, wording.SCOPES.get(row.scope, "")
            if _STATUS.fullmatch(status) and _ERROR_ID.fullmatch(error_id) and scope in SCOPE_BASES:
                errors = by_status.setdefault(status, {})
                errors[error_id] = errors.get(error_id) or self._error_schema(status, error_id, scope)
            else:
                said = f"status {status or NOT_STATED}, id {error_id or NOT_STATED}, below {row.scope}"
                self._notes.append(f"Left out: an error of line {row.id.line}: {said}.")
        shared = self._contract.error_responses()
        return {
            status: reference("responses", shared[frozenset(errors.values())])
            if frozenset(errors.values()) in shared
            else _refusal(errors)
            for status, errors in sorted(by_status.items())
        }

    def _error_schema(self, status: str, error_id: str, scope: str) -> str:
        known = self._contract.error_schemas().get((status, error_id, scope))
        if known:
            return known
        words = "".join(part.capitalize() for part in error_id.split("_"))
        known_schemas = self._contract.document["components"]["schemas"]
        taken = {*known_schemas, *self._schemas.added, *dir(builtins), *runtime.__all__}
        choices = (f"{words}Error", f"{self._name}{words}Error", f"{self._name}{words}{status}Error")
        name = next((choice for choice in choices if choice not in taken), choices[-1])
        self._schemas.added[name] = {
            "description": TODO,
            "type": "object",
            "required": ["id"],
            "properties": {"id": {"type": "string", "const": error_id}, "message": {"type": "string"}},
            SCOPE: scope,
            "examples": [{"id": error_id}],
        }
        return name


def _refusal(errors: dict[str, str]) -> dict[str, Json]:
    """Return the answer of one status, with an example for each of its errors."""
    choices: list[Json] = [reference("schemas", name) for name in errors.values()]
    mapping: dict[str, Json] = {error_id: f"#/components/schemas/{name}" for error_id, name in errors.items()}
    examples: dict[str, Json] = {error_id: {"value": {"id": error_id}} for error_id in errors}
    schema: Json = {"oneOf": choices, "discriminator": {"propertyName": "id", "mapping": mapping}}
    return {"description": TODO, "content": {"application/json": {"schema": schema, "examples": examples}}}
