"""The control plane's own OpenAPI document, made of its routes: what they take, what they answer, what they do."""

import re
from functools import cache
from typing import Final

from bubblehouse_mock.control.gate import PREFIX
from bubblehouse_mock.control.routes import JSON, ROUTES, Route, Shape
from bubblehouse_mock.jsontext import JsonObject, JsonValue
from bubblehouse_mock.state.schema import documented, schemas

_PLACE: Final = "#/components/schemas/"
_TYPES: Final[dict[type, JsonObject]] = {str: {"type": "string"}, int: {"type": "integer", "minimum": 0}}
_REFUSALS: Final = {
    "400": "What was sent doesn't fit; `message` says where and why. Nothing has changed.",
    "401": "The control token is missing, or another one.",
    "403": "The request names another computer, or comes from a web page of another origin.",
    "404": "What the path names isn't there.",
    "413": "The body is too large, or did not arrive in full.",
}


@cache
def document() -> JsonObject:
    """Return the document."""
    paths: dict[str, JsonValue] = {}
    for route in ROUTES:
        item = paths.setdefault(PREFIX + route.path, {})
        if isinstance(item, dict):
            item[route.method.lower()] = _operation(route)
    classes = [cls for route in ROUTES for shape in (route.body, route.answer) for cls in _classes(shape)]
    error: JsonObject = {
        "description": "Why a request was refused.",
        "type": "object",
        "required": ["id", "message"],
        "properties": {"id": {"type": "string"}, "message": {"type": "string"}},
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "The control plane of bubblehouse-mock",
            "version": "1",
            "description": "Looks at the shops, changes them and starts over. No part of the API that is mocked.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "security": [{}, {"ControlToken": []}],
        "paths": paths,
        "components": {
            "schemas": {**schemas(classes, _PLACE), "Error": error},
            "securitySchemes": {
                "ControlToken": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Needed where the mock was started with a control token.",
                }
            },
        },
    }


def _operation(route: Route) -> JsonObject:
    purpose, arguments = documented(route.action)
    names = re.findall(r"{(\w+)}", route.path)
    parameters: list[JsonValue] = [
        {
            "name": name,
            "in": "path" if name in names else "query",
            "required": name in names,
            "description": arguments.get(name, "The shop's slug." if name == "shop" else ""),
            "schema": _TYPES[route.query.get(name, str)],
        }
        for name in (*names, *route.query)
    ]
    summary, _, more = purpose.partition(". ")
    operation: JsonObject = {
        "operationId": route.action.__name__,
        "summary": summary.removesuffix("."),
        "description": more or purpose,
        "parameters": parameters,
        "responses": {"200": _answer(route), **{status: _refusal(said) for status, said in _REFUSALS.items()}},
    }
    if route.body is not None:
        content: JsonObject = {JSON: {"schema": _schema(route.body, partial=route.partial)}}
        operation["requestBody"] = {"content": content, "required": not route.partial}
    return operation


def _answer(route: Route) -> JsonObject:
    content: JsonObject = {"schema": {"type": "string"} if route.media_type != JSON else _schema(route.answer)}
    return {"description": "It is done.", "content": {route.media_type: content}}


def _refusal(said: str) -> JsonObject:
    return {"description": said, "content": {JSON: {"schema": {"$ref": _PLACE + "Error"}}}}


def _schema(shape: Shape, *, partial: bool = False) -> JsonObject:
    """Return the schema of a body; of any part of it where a part will do."""
    if isinstance(shape, list):
        return {"type": "array", "items": _schema(shape[0])}
    if isinstance(shape, tuple):
        return {"anyOf": [_schema(choice) for choice in shape]}
    if shape is None:
        return {}
    whole: JsonObject = {"$ref": _PLACE + shape.__name__}
    if not partial:
        return whole
    return {"description": f"Any part of {shape.__name__}.", "type": "object"}


def _classes(shape: Shape) -> list[type]:
    if shape is None:
        return []
    return list(shape) if isinstance(shape, (list, tuple)) else [shape]
