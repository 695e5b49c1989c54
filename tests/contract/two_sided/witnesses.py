"""What calls bear out of all that a document allows, and what they show that it doesn't even name."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from tests.contract.proof.contract import Contract, Json
from tests.contract.two_sided.permissions import MARK, branches, is_any_object, is_any_text, name_of, type_of

_NULL: Final = {"type": "null"}


@dataclass(frozen=True, slots=True)
class Exchange:
    """One call, and what came of it.

    Attributes:
        operation: The operationId.
        kind: The kind of token.
        named: Whether the input named the customer.
        media_type: The media type of the body; empty where there was none.
        status: The status of the answer.
        headers: The names of its headers, in lower case.
        answered_as: Its media type.
        text: Its body.
    """

    operation: str
    kind: str
    named: bool
    media_type: str
    status: int
    headers: frozenset[str]
    answered_as: str
    text: str


class Hearing:
    """Holds calls against a document.

    Args:
        contract: The document.

    Attributes:
        borne_out: The permissions that calls have borne out.
        unnamed: Properties that answers had and the document doesn't name, headers, and statuses.
        too_wide: Patterns that also take what is like an answer and isn't one.
        telling: By the identity of each node of the document, the calls that show something of it which no earlier one
            had shown.
    """

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._is_valid = cache(self._validator)
        self._shown: list[tuple[int, object]] = []  # of one call: each node that it has to do with, and what is there
        self.borne_out: set[str] = set()
        self.unnamed: set[str] = set()
        self.too_wide: set[str] = set()
        self.telling: dict[int, list[Exchange]] = {}

    def hear(self, exchanges: Iterable[Exchange]) -> None:
        """Take in what calls show."""
        for it in exchanges:
            self._shown = []
            self._hear_call(it)

    def hear_and_note(self, exchanges: Iterable[Exchange]) -> None:
        """Take in what calls show, and note which of them tell what of the document."""
        known: set[tuple[int, str]] = set()
        for it in exchanges:
            self.hear([it])
            new = {(node, json.dumps(value, sort_keys=True)) for node, value in self._shown} - known
            known |= new
            for node in {node for node, _ in new}:
                self.telling.setdefault(node, []).append(it)

    def _hear_call(self, it: Exchange) -> None:
        self._shown.append((id(self._contract.node(it.operation)), [it.kind, it.named, it.media_type, it.status]))
        self.borne_out.update(_of_call(it))
        self._hear_answer(it)

    def _hear_answer(self, it: Exchange) -> None:
        responses = self._contract.responses(it.operation)
        status = str(it.status) if str(it.status) in responses else "default"
        place = f"{it.operation} {status}"
        if status == "default":
            self.unnamed.add(f"{it.operation} {it.status}")
        response = self._contract.resolve(responses[status])
        self._shown.append((id(response), [it.status, it.answered_as, sorted(it.headers)]))
        headers = {name.lower(): name for name in response.get("headers", {})}
        self.borne_out.update((place, f"{place} as {it.answered_as}"))
        self.borne_out.update(f"{place} with {name}" for lower, name in headers.items() if lower in it.headers)
        content = response["content"].get(it.answered_as)
        if content is None:
            self.unnamed.add(f"{place} as {it.answered_as}")
        else:
            self._see(content["schema"], json.loads(it.text), place)

    def _see(self, schema: Json, value: Any, place: str) -> None:
        place = name_of(schema, place)
        if "$ref" in schema:
            self.borne_out.add(place)
        schema = self._contract.resolve(schema)
        self._shown.append((id(schema), value))
        choices = branches(schema)
        only_null = value is None and _NULL in choices  # what is null there is none of the others
        for at, branch in enumerate(choices):
            if branch == _NULL if only_null else self._is_valid(json.dumps(branch, sort_keys=True)).is_valid(value):
                inner = name_of(branch, f"{place} choice {at}")
                self.borne_out.add(f"{place} is {inner}")
                self._see(branch, value, inner)
        self.borne_out.add(f"{place} = {json.dumps(value)}")
        self.borne_out.add(f"{place} is of type {type_of(value)}")
        if isinstance(value, str):
            self._see_text(schema, value, place)
        elif isinstance(value, dict):
            self._see_object(schema, value, place)
        elif isinstance(value, list):
            for item in value:
                self._see(schema.get("items", {}), item, f"{place}[]")

    def _see_text(self, schema: Json, value: str, place: str) -> None:
        if is_any_text(schema) and MARK in value:
            self.borne_out.add(f"{place} is any text")
        pattern = schema.get("pattern")
        if pattern is not None and any(re.search(pattern, it) for it in _near_misses(value)):
            self.too_wide.add(f"{place} matches {pattern}")

    def _see_object(self, schema: Json, value: Json, place: str) -> None:
        named = schema.get("properties", {})
        for name, inner in named.items():
            if name in value:
                self.borne_out.add(f"{place}.{name}")
                self._see(inner, value[name], f"{place}.{name}")
            else:
                self.borne_out.add(f"{place} without {name}")
        if named:
            self.unnamed.update(f"{place}.{name}" for name in value if name not in named)
        elif is_any_object(schema) and any(MARK in name for name in value):
            self.borne_out.add(f"{place} is any object")

    def _validator(self, schema: str) -> Any:
        return self._contract.validator(json.loads(schema))


def _of_call(it: Exchange) -> Iterator[str]:
    if it.status == 200:
        yield f"{it.operation} by {it.kind}"
        yield f"{it.operation} takes {it.media_type}" if it.media_type else f"{it.operation} without a body"
        if not it.named:
            yield f"{it.operation} by {it.kind} without customer"


def _near_misses(value: str) -> list[str]:
    """Return texts that are like one of a fixed form, and not of it."""
    return ["", value[:-1], f"{value}0", f"{value}x", f" {value}", f"+{value}", value.replace(".", "")]
