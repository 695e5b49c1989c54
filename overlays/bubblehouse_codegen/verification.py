"""What a contract must keep to, so that the client made of it means what the contract says."""

import builtins
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from bubblehouse import errors as runtime
from bubblehouse.client import AsyncClient, SyncClient
from bubblehouse_codegen.contract import RATE_LIMITS, SCOPE, SCOPE_BASES, follow, python_name
from bubblehouse_codegen.documents import Document
from bubblehouse_codegen.failure import CodegenError

_JSON: Final = "application/json"
_FUNCTION: Final = re.compile(r"[A-Z][A-Za-z0-9]*[0-9]")
_ERROR: Final = re.compile(r"[A-Z][A-Za-z0-9]*Error")
_CLIENT_METHODS: Final = frozenset({*dir(SyncClient), *dir(AsyncClient)})


def verify(contract: Document, view: Document) -> None:
    """Check a contract before anything is made of it.

    Args:
        contract: The resolved contract.
        view: The contract as reshaped for the generator.

    Raises:
        CodegenError: It can't be made into a client that does what it says. Each problem is a line of the message.
    """
    problems = [*_servers(contract), *_rate_limits(contract), *_paths(contract), *_error_names(view), *_functions(view)]
    if problems:
        raise CodegenError("\n".join(dict.fromkeys(" ".join(problem.split()) for problem in problems)))


def _servers(document: Document) -> Iterator[str]:
    servers: list[dict[str, Any]] = document.get("servers") or [{}]
    url: str = servers[0].get("url", "")
    variables: dict[str, Any] = servers[0].get("variables", {})
    if not re.fullmatch(r"https?://[^/{}]+(/[^{}]*)?/\{version\}", url) or set(variables) != {"version"}:
        yield f"servers: the first one's URL must be absolute and end in /{{version}}, its only variable; it is {url!r}"
    elif not variables["version"].get("enum"):
        yield "servers: the variable version must list the global versions in its enum"
    elif variables["version"].get("default") not in variables["version"]["enum"]:
        yield "servers: the default of the variable version must be one of its enum"


def _rate_limits(document: Document) -> Iterator[str]:
    for kind, periods in document.get(RATE_LIMITS, {}).items():
        for period, scopes in periods.items():
            for scope, calls in scopes.items():
                known = (kind in {"read", "write"}, period in {"per_second", "per_day"}, scope in {"customer", "shop"})
                if not all(known) or type(calls) is not int or calls < 1:
                    yield (
                        f"{RATE_LIMITS}: {kind}.{period}.{scope} must be read or write, per_second or per_day, "
                        f"customer or shop, and a whole number from 1 up, not {calls!r}"
                    )


def _paths(document: Document) -> Iterator[str]:
    for path, item in document["paths"].items():
        verbs = item.keys() & {"get", "put", "post", "delete", "options", "head", "patch", "trace", "query"}
        if "post" not in verbs or not verbs <= {"get", "post"}:
            yield f"{path}: a function takes POST, and besides GET at most; this path has {', '.join(sorted(verbs))}"
        for verb in verbs:
            if "operationId" not in item[verb]:
                yield f"{path}: {verb} has no operationId"


def _error_names(view: Document) -> Iterator[str]:
    for name, schema in view["components"]["schemas"].items():
        if SCOPE in schema and not _ERROR.fullmatch(name):
            yield f"schema {name}: an error's schema is the name of its class, and must look like InvalidTokenError"
        if SCOPE in schema and name in {*dir(builtins), *runtime.__all__}:
            yield f"schema {name}: there is a class of that name already; give the schema another one"


def _functions(view: Document) -> Iterator[str]:
    operations = {item["post"].get("operationId"): item["post"] for item in view["paths"].values() if "post" in item}
    methods = Counter(python_name(name) for name in operations if name)
    for path, item in view["paths"].items():
        name = item.get("post", {}).get("operationId")
        if name is None:
            continue
        if not _FUNCTION.fullmatch(name) or path != f"/{{shop}}/{name}":
            yield f"{name}: must be a function's name with its version, and its path /{{shop}}/{name}, not {path}"
        if methods[python_name(name)] > 1 or python_name(name) in _CLIENT_METHODS:
            yield f"{name}: the client already has a method {python_name(name)}"
        for problem in (*_shape(view, item), *_metadata(view, item["post"], operations), *_errors(view, item["post"])):
            yield f"{name}: {problem}"


def _shape(view: Document, item: dict[str, Any]) -> Iterator[str]:
    operation = item["post"]
    parameters = [follow(view, given) for given in (*item.get("parameters", []), *operation.get("parameters", []))]
    if [(given.get("in"), given.get("name")) for given in parameters] != [("path", "shop")]:
        yield "its only parameter must be the path's shop; everything else is sent in the body"
    body = follow(view, operation.get("requestBody", {})).get("content", {})
    if set(body) != {_JSON}:
        yield f"its request body must be {_JSON}, not {', '.join(body) or 'missing'}"
    responses = operation.get("responses", {})
    if set(follow(view, responses.get("200", {})).get("content", {})) != {_JSON}:
        yield f"it must have an answer 200 in {_JSON}"
    if any(status.startswith(("1", "2", "3")) and status != "200" for status in responses):
        yield "its only success must be 200"


def _metadata(view: Document, operation: dict[str, Any], operations: dict[str, Any]) -> Iterator[str]:
    kind, read_by = operation.get("x-bubblehouse-kind"), operation.get("x-bubblehouse-outcome-read-by")
    if kind not in {"read", "write"}:
        yield f"x-bubblehouse-kind must be read or write, not {kind!r}: it decides about retries"
    if read_by is not None and operations.get(read_by, {}).get("x-bubblehouse-kind") != "read":
        yield f"x-bubblehouse-outcome-read-by must name a read function, not {read_by!r}"
    deprecated, successor = operation.get("deprecated", False), operation.get("x-bubblehouse-successor")
    if not isinstance(deprecated, bool):
        yield f"deprecated must be true or false, not {deprecated!r}"
    if successor is not None and not (deprecated is True and successor in [*operations]):
        yield f"x-bubblehouse-successor goes with deprecated: true and must name a function, not {successor!r}"
    schemes = view["components"].get("securitySchemes", {})
    for scheme in (name for requirement in operation.get("security", []) for name in requirement):
        if scheme not in schemes:
            yield f"there is no security scheme {scheme}"


def _errors(view: Document, operation: dict[str, Any]) -> Iterator[str]:
    seen: set[tuple[str, str]] = set()
    for status, reference in operation.get("responses", {}).items():
        if status in {"200", "default"}:
            continue
        if not re.fullmatch(r"[45][0-9][0-9]", status):
            yield f"the status {status} must be a number, or default"
            continue
        content = follow(view, reference).get("content", {})
        schema = content.get(_JSON, {}).get("schema", {})
        choices = schema.get("oneOf", [])
        if set(content) != {_JSON} or not choices or not all(set(choice) == {"$ref"} for choice in choices):
            yield f"the answer {status} must be {_JSON} and a oneOf of $refs, one per error id"
            continue
        mapping: dict[str, str] = {}
        for choice in choices:
            name, error = choice["$ref"].rpartition("/")[2], follow(view, choice)
            error_id = error.get("properties", {}).get("id", {}).get("const")
            if (
                not isinstance(error_id, str)
                or not error.get("description", "").strip()
                or error.get(SCOPE) not in SCOPE_BASES
            ):
                scopes = ", ".join(SCOPE_BASES)
                yield f"schema {name} needs a description, a const for id, and {SCOPE}, which must be one of {scopes}"
                continue
            if (status, error_id) in seen:
                yield f"two schemas stand for {status} {error_id}"
            seen.add((status, error_id))
            mapping[error_id] = choice["$ref"]
        if len(mapping) == len(choices) and schema.get("discriminator", {}).get("mapping") != mapping:
            yield f"the discriminator of the answer {status} must map each error id to its schema"
