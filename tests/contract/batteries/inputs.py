"""Inputs at their boundaries, by the contract's schemas: a value of each type, and both sides of each keyword."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from tests.contract.proof.contract import Contract, Json, Operation

from bubblehouse.transport import Request

_OF_EACH_TYPE: Final = ("null", "true", "false", "0", "1", "-1", "0.5", '""', '"text"', "[]", '["text"]', "{}")
_LIKE_ANOTHER: Final = ('"500"', '"true"', '"null"', "500.0", "5e2", "1.5e0", "-0", '{"a": 1}', "[{}]", "[1]")
_HUGE: Final = (2**53 + 1, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 10**30)
_NUMERALS: Final = ("42.99", "1.0000001", "-1", " 1", "1 ", "+1", ".5", "1.", "1e2", "1,5")
_BEYOND_64_BITS: Final = ("9223372036854.775808", "-9223372036854.775809", "9" * 30)
_TEXTS: Final = (*_NUMERALS, *_BEYOND_64_BITS, "\n", "\u0000", "é\U0001f600", "x" * 300)
_TRUTHS: Final = ("true", "false", "1", "0", "", "yes", "True", "TRUE", "null", '"true"')
_CHOICES: Final = ("allOf", "anyOf", "oneOf")
_JSON: Final = "application/json"
_DECIMAL: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_FRACTION_OR_EXPONENT: Final = re.compile(r"-?[0-9]+(?![0-9]*$)(\.[0-9]+)?([eE][-+]?[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Probe:
    """One input that is like a good one but for one place.

    Attributes:
        operation: Whose input it is.
        place: The names that lead to the place; none for the whole input.
        text: The JSON that stands there, or the text of a query's boolean; None where it is left out.
        well_formed: Whether the contract allows it.
    """

    operation: Operation
    place: tuple[str, ...]
    text: str | None
    well_formed: bool

    def __str__(self) -> str:
        text = "left out" if self.text is None else self.text if len(self.text) < 40 else f"{self.text[:40]}…"
        return f"{self.operation.id}-{'.'.join(self.place)}-{text.encode('unicode_escape').decode()}"


def probes(contract: Contract, operation: Operation) -> Iterator[Probe]:
    """List the inputs to try on an operation."""
    judge = Judge(contract, operation)
    seen: set[tuple[tuple[str, ...], str | None]] = set()
    for place, schema, is_truth in _places(contract, operation):
        for text in _TRUTHS if is_truth else (None, *_candidates(contract, schema)):
            if (place, text) not in seen:
                seen.add((place, text))
                yield Probe(operation, place, text, judge.allows(place, text))


def whole(operation: Operation, good: Json, probe: Probe) -> Any:
    """Return a whole input as Python decodes it, or the texts of a query: a good one with a probe in its place."""
    decoded = _decoded(probe.text, operation) if probe.text is not None else None
    if not probe.place:
        return good if probe.text is None else decoded
    head, *rest = probe.place
    if rest:  # alone, so that no other id says who is meant
        return {**good, head: {} if probe.text is None else {rest[0]: decoded}}
    if probe.text is None:
        return {name: value for name, value in good.items() if name != head}
    return {**good, head: decoded}


def carrying(request: Request, operation: Operation, good: Json, probe: Probe) -> Request:
    """Return a request whose input is a good one but for a probe, which stands there as it is spelled."""
    given = whole(operation, good, probe)
    if operation.method == "GET":
        texts = {name: it if isinstance(it, str) else json.dumps(it) for name, it in given.items()}
        if probe.text is not None and len(probe.place) == 1:
            texts[probe.place[0]] = probe.text
        return request._replace(url=f"{request.url.partition('?')[0]}?{urlencode(texts)}")
    text = json.dumps(given)
    if probe.text is not None:
        hole = json.dumps("\ue000")
        holed = Probe(operation, probe.place, hole, well_formed=False)
        text = json.dumps(whole(operation, good, holed)).replace(hole, probe.text)
    return request._replace(content=text.encode())


def body_schema(contract: Contract, operation: Operation) -> Json:
    """Return the schema of an operation's body."""
    schema: Json = contract.node(operation.id)["requestBody"]["content"][_JSON]["schema"]
    return schema


def parameters(contract: Contract, operation: Operation) -> dict[str, Json]:
    """Return the parameters of an operation's query by name."""
    found = map(contract.resolve, contract.node(operation.id)["parameters"])
    return {it["name"]: it for it in found if it["in"] == "query"}


def _places(contract: Contract, operation: Operation) -> Iterator[tuple[tuple[str, ...], Json, bool]]:
    if operation.method != "GET":
        schema = contract.resolve(body_schema(contract, operation))
        yield (), {}, False
        yield from ((place, it, False) for place, it in _properties(contract, schema))
        return
    for name, parameter in parameters(contract, operation).items():
        schema = parameter.get("schema") or parameter["content"][_JSON]["schema"]
        yield (name,), schema, "schema" in parameter
        yield from (((name, *place), it, False) for place, it in _properties(contract, contract.resolve(schema)))


def _properties(contract: Contract, schema: Json) -> Iterator[tuple[tuple[str, ...], Json]]:
    for name, inner in schema.get("properties", {}).items():
        yield (name,), inner
        for place, deeper in _properties(contract, contract.resolve(inner)):
            yield (name, *place), deeper


def _candidates(contract: Contract, schema: Json) -> Iterator[str]:
    yield from (*_OF_EACH_TYPE, *_LIKE_ANOTHER, *map(str, _HUGE), *map(json.dumps, _TEXTS))
    for part in _parts(contract, schema):
        for example in part.get("examples", ()):
            yield json.dumps(example)
        for value in (*part.get("enum", ()), *([part["const"]] if "const" in part else [])):
            yield json.dumps(value)
            yield json.dumps(str(value).upper())
        for bound in (part[it] for it in ("minimum", "maximum") if it in part):
            yield from map(str, (bound - 1, bound, bound + 1, bound - 0.5))
        for bound in (part[it] for it in ("minLength", "maxLength") if it in part):
            yield from (json.dumps("x" * length) for length in (bound - 1, bound, bound + 1) if length >= 0)


def _parts(contract: Contract, schema: Json) -> Iterator[Json]:
    yield schema
    found = contract.resolve(schema)
    if found is not schema:
        yield found
    for choice in (it for keyword in _CHOICES for it in found.get(keyword, ())):
        yield from _parts(contract, choice)


class Judge:
    """Says of inputs of an operation whether the contract allows them.

    Args:
        contract: The contract.
        operation: Whose inputs they are.
    """

    def __init__(self, contract: Contract, operation: Operation) -> None:
        self._operation = operation
        if operation.method == "GET":
            self._parameters = parameters(contract, operation)
            schemas = {name: it["content"][_JSON]["schema"] for name, it in self._parameters.items() if "content" in it}
            self._is_valid = {name: contract.validator(schema).is_valid for name, schema in schemas.items()}
            return
        schema = body_schema(contract, operation)
        self._is_valid = {"": contract.validator(schema).is_valid}
        self._good = contract.example(operation.id)
        self._properties = contract.resolve(schema).get("properties", {})

    def allows(self, place: tuple[str, ...], text: str | None) -> bool:
        """Tell whether an input that is good but for one place is allowed."""
        probe = Probe(self._operation, place, text, well_formed=True)
        if self._operation.method != "GET":
            given = whole(self._operation, self._good, probe)
            return self._is_valid[""](given) and not self._breaks_words(place, text)
        if place[0] not in self._is_valid:
            return text in {"true", "false"}  # as its description says
        given = whole(self._operation, {}, probe)
        return not given or self._is_valid[place[0]](given[place[0]])

    def _breaks_words(self, place: tuple[str, ...], text: str | None) -> bool:
        """Tell whether money breaks what is said in words: no whole number as a float, 64 bits of millionths."""
        schema = self._properties.get(place[0], {}) if place else {}
        if not schema.get("$ref", "").endswith("/MonetaryInput") or text is None:
            return False
        if text.startswith('"'):
            return _DECIMAL.fullmatch(json.loads(text)) is not None and abs(float(json.loads(text))) >= 2**63 / 10**6
        return _FRACTION_OR_EXPONENT.fullmatch(text) is not None and float(text).is_integer()


def _decoded(text: str, operation: Operation) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        if operation.method != "GET":
            raise
        return text
