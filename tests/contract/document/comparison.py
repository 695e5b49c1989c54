"""What a contract says, as flat claims (`RedeemPoints1Input.pts` is `integer`), and how it differs from a table."""

import json
from collections.abc import Iterator, Mapping

from tests.contract.document.reader import Node, error_id, follow, operations, walk

Claim = tuple[str, str]

ANYTHING = "*"
"""Stands in a table for a value that is the contract's own choice."""

# What a schema says for people, and what is broken down into claims of its own.
_SILENT = {"$ref", "anyOf", "oneOf", "type", "items", "properties", "required", "discriminator"}
_SILENT |= {"$comment", "description", "title", "example", "examples", "externalDocs"}


def differences(document: Node, expected: Mapping[str, str]) -> list[str]:
    """Compare a contract with a table, in both directions.

    Args:
        document: An OpenAPI document.
        expected: What it should say, and all that it should say.

    Returns:
        One line per difference; none if they agree.
    """
    found = claims(document)
    beyond = sorted(found.keys() - expected.keys())
    return [*shortfalls(found, expected), *(f"{key}: in no table; found {found[key]}" for key in beyond)]


def shortfalls(found: Mapping[str, str], expected: Mapping[str, str]) -> list[str]:
    """Return what a table has and a contract doesn't say, or says otherwise; one line each.

    Args:
        found: The claims of the contract.
        expected: What it should say, among other things.
    """
    return [
        f"{key}: expected {value}; found {found.get(key, 'nothing')}"
        for key, value in sorted(expected.items())
        if key not in found or value not in {ANYTHING, found[key]}
    ]


def claims(document: Node) -> dict[str, str]:
    """List all that an OpenAPI document states and a table of facts can state too."""
    found: dict[str, list[str]] = {}
    for key, value in _claims(document):
        found.setdefault(key, []).append(value)
    return {key: " and ".join(sorted(set(values))) for key, values in found.items()}


def _claims(document: Node) -> Iterator[Claim]:
    yield from _conventions(document)
    for label, path, operation in operations(document):
        yield f"{label} url", document["servers"][0]["url"] + path
        yield from _operation(document, label, operation)
    referenced = {node.get("$ref") for _, node in walk(document["paths"])}
    components = document["components"]
    for name, response in components["responses"].items():
        if f"#/components/responses/{name}" not in referenced:
            yield from _response(document, f"response {name}", response)
    for name, schema in components["schemas"].items():
        yield from _error(name, schema) if error_id(schema) else _schema(name, schema)


def _conventions(document: Node) -> Iterator[Claim]:
    for server in document["servers"]:
        yield "server", server["url"]
        version = server.get("variables", {}).get("version", {})
        yield "default version", str(version.get("default"))
        for value in version.get("enum", []):
            yield f"version {value}", "known"
    for kind, periods in document.get("x-bubblehouse-rate-limits", {}).items():
        for period, limits in periods.items():
            for whose, number in limits.items():
                yield f"rate limit {kind} {period} {whose}", _text(number)
    for name, scheme in document["components"]["securitySchemes"].items():
        yield f"token {name}", " ".join(str(scheme.get(key)) for key in ("type", "scheme", "bearerFormat"))


def _operation(document: Node, label: str, operation: Node) -> Iterator[Claim]:
    yield f"{label} id", operation["operationId"]
    yield f"{label} kind", str(operation.get("x-bubblehouse-kind"))
    yield f"{label} documentation", str(operation.get("externalDocs", {}).get("url"))
    if "x-bubblehouse-outcome-read-by" in operation:
        yield f"{label} outcome read by", operation["x-bubblehouse-outcome-read-by"]
    security: list[Node] = (operation if "security" in operation else document).get("security", [])
    for alternative in security:
        yield f"{label} takes {' and '.join(sorted(alternative)) or 'no token'}", "accepted"
    if "requestBody" in operation:
        body = follow(document, operation["requestBody"])
        yield f"{label} body", _content(body)
        yield f"{label} body presence", _presence(required=body.get("required", False))
    for reference in operation["parameters"]:
        parameter = follow(document, reference)
        where = f"{label} {parameter['in']}.{parameter['name']}"
        if "schema" in parameter:
            yield from _value(where, parameter["schema"])
        else:
            yield where, f"{_shape(parameter['content']['application/json']['schema'])} as JSON"
        yield from _presence_claims(where, parameter, required=parameter.get("required", False))
    for status, response in operation["responses"].items():
        yield from _response(document, f"{label} {status}", follow(document, response))


def _response(document: Node, label: str, response: Node) -> Iterator[Claim]:
    yield label, _content(response)
    for name, header in response.get("headers", {}).items():
        yield from _value(f"{label} header {name}", follow(document, header)["schema"])
    for media in response.get("content", {}).values():
        schema = media.get("schema", {})
        if "oneOf" not in schema:
            continue
        for member in schema["oneOf"]:
            error = follow(document, member)
            yield f"{label} {error_id(error)}", str(error.get("x-bubblehouse-error-scope"))
        for name, example in media.get("examples", {}).items():
            yield f"{label} {name} example", _text(example.get("value"))


def _error(name: str, schema: Node) -> Iterator[Claim]:
    yield f"error {name}", f"{error_id(schema)}, {schema.get('x-bubblehouse-error-scope')}"
    yield f"error {name} type", _base(schema)
    yield f"error {name} requires", ", ".join(schema.get("required", []))
    for field, value in schema["properties"].items():
        yield f"error {name}.{field}", _shape(value)
    for example in schema.get("examples", []):
        yield f"error {name} example", _text(example)
    yield from _limits(f"error {name}", schema)


def _schema(name: str, schema: Node) -> Iterator[Claim]:
    yield from _value(f"schema {name}", schema)
    required = schema.get("required", [])
    fields = schema.get("properties", {})
    for field in [*fields, *(stray for stray in required if stray not in fields)]:
        yield from _value(f"{name}.{field}", fields.get(field, {}))
        yield from _presence_claims(f"{name}.{field}", fields.get(field, {}), required=field in required)
    for field in schema.get("x-bubblehouse-named-properties", []):
        yield f"{name} also has property {field}", "by name"
    for reference in schema.get("x-bubblehouse-unplaced-types", []):
        yield f"{name} also has type {_shape(reference)}", "by name"


def _value(where: str, schema: Node) -> Iterator[Claim]:
    yield where, _base(schema)
    yield from _limits(where, schema)


def _limits(where: str, schema: Node) -> Iterator[Claim]:
    for keyword, value in schema.items():
        if keyword not in _SILENT and not keyword.startswith("x-"):
            # How a pattern is written is the contract's choice; what it lets through is tested with values.
            yield f"{where} {keyword}", "stated" if keyword == "pattern" else _text(value)


def _presence_claims(where: str, node: Node, *, required: bool) -> Iterator[Claim]:
    yield f"{where} presence", _presence(required=required)
    for token in node.get("x-bubblehouse-required-with", []):
        yield f"{where} needed with {token}", "stated"


def _presence(*, required: bool) -> str:
    return "required" if required else "optional"


def _content(node: Node) -> str:
    content = node.get("content", {})
    return " or ".join(f"{media} {_body(value.get('schema', {}))}" for media, value in content.items())


def _body(schema: Node) -> str:
    return "errors" if "oneOf" in schema else _shape(schema)


def _shape(schema: Node) -> str:
    limits = [f"{keyword.split()[-1]} {value}" for keyword, value in _limits("", schema)]
    return " ".join([_base(schema), *limits])


def _base(schema: Node) -> str:
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    for union in ("anyOf", "oneOf"):
        if union in schema:
            return " or ".join(_shape(member) for member in schema[union])
    types = schema.get("type", "anything")
    if types == "array":
        return f"array of {_shape(schema.get('items', {}))}"
    return " or ".join(types) if isinstance(types, list) else str(types)


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True)
