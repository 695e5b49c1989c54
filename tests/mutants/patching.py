"""The few ways in which mutants are made: something is put around a function, or around the core's door."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

import pytest
from tests.mutants.mutant import Apply

from bubblehouse_mock import core
from bubblehouse_mock.jsontext import JsonObject
from bubblehouse_mock.messages import Request, Response
from bubblehouse_mock.refusal import RefusalError
from bubblehouse_mock.rules import Call, Rule

Function: TypeAlias = Callable[..., Any]
Change: TypeAlias = Callable[[dict[str, Any]], object]
"""Changes a decoded body in place; what it returns, where that is an object, takes the body's place."""


def around(owner: object, name: str, make: Callable[[Any], object]) -> Apply:
    """Put something in the place of an attribute.

    Args:
        owner: A module or class.
        name: The attribute.
        make: Is given what is there, and returns what is to be there.
    """
    return lambda patch: patch.setattr(owner, name, make(getattr(owner, name)))


def instead(owner: object, name: str, value: object) -> Apply:
    """Put a value in the place of an attribute, whatever is there."""
    return lambda patch: patch.setattr(owner, name, value)


def together(*changes: Apply) -> Apply:
    """Make several changes, which are one only together."""

    def apply(patch: pytest.MonkeyPatch) -> None:
        for change in changes:
            change(patch)

    return apply


def asks(change: Callable[[Request], Request]) -> Apply:
    """Let the core be asked something else than was asked."""
    return around(core.Core, "handle", lambda handle: lambda self, request: handle(self, change(request)))


def answers(change: Callable[[Request, Response], Response]) -> Apply:
    """Let something else be answered than the core answers."""
    return around(core.Core, "handle", lambda handle: lambda self, request: change(request, handle(self, request)))


def says(change: Change, *, function: str = "", status: int = 200) -> Apply:
    """Change the body of answers.

    Args:
        change: Changes it.
        function: Of which function's answers; all, unless given.
        status: Of answers with which status.
    """

    def changed(request: Request, response: Response) -> Response:
        if response.status != status or not _calls(request, function):
            return response
        body = json.loads(response.body)
        outcome = change(body)
        return replace(response, body=json.dumps(outcome if isinstance(outcome, dict) else body).encode())

    return answers(changed)


def refuses(
    error_id: str, *, status: int | None = None, as_id: str | None = None, function: str = "", **parts: Any
) -> Apply:
    """Let an error be answered otherwise.

    Args:
        error_id: The error.
        status: With this status.
        as_id: With this id.
        function: Only by this function.
        parts: Other parts of the response.
    """

    def changed(request: Request, response: Response) -> Response:
        if response.status < 400 or not _calls(request, function):
            return response
        body = json.loads(response.body)
        if body.get("id") != error_id:
            return response
        body["id"] = as_id or error_id
        return replace(response, status=status or response.status, body=json.dumps(body).encode(), **parts)

    return answers(changed)


def rule(function: str, make: Callable[[Rule], Rule]) -> Apply:
    """Put something around the rule of a function."""
    return around(core, "RULES", lambda rules: {**rules, function: make(rules[function])})


def given(function: str, change: Change) -> Apply:
    """Let the rule of a function be given another input than was given."""

    def make(original: Rule) -> Rule:
        def answer(call: Call) -> JsonObject:
            read: Any = dict(call.input)
            change(read)
            return original(replace(call, input=read))

        return answer

    return rule(function, make)


def ignoring(*error_ids: str) -> Callable[[Function], Function]:
    """Let a check pass what it would refuse for one of these reasons."""

    def make(check: Function) -> Function:
        def passes(*arguments: Any, **named: Any) -> Any:
            try:
                return check(*arguments, **named)
            except RefusalError as refusal:
                if refusal.error_id not in error_ids:
                    raise
                return None

        return passes

    return make


def drop(name: str) -> Change:
    """Leave a property out."""
    return lambda body: body.pop(name, None) and None


def put(name: str, make: Callable[[Any], object]) -> Change:
    """Change a property, where it is there."""
    return lambda body: body.update({name: make(body[name])}) if name in body else None


def with_(values: Mapping[str, object]) -> Change:
    """Set properties."""
    return lambda body: body.update(values)


def _calls(request: Request, function: str) -> bool:
    return not function or request.path.endswith(f"/{function}".encode())
