"""Looks at each call of a run and counts what it says of the contract."""

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from heapq import heappush, heappushpop
from typing import Any

from tests.contract.proof.contract import Contract, Json, Operation
from tests.contract.proof.coverage.figures import Answered, Coverage, Field, Keyword, Part, Slow
from tests.contract.proof.coverage.flows import Flows
from tests.contract.proof.coverage.schemas import Walker
from tests.contract.proof.target import Target
from tests.contract.proof.watch.exchange import Exchange

REQUEST = "request"
_SLOWEST = 10
_KINDS = {
    ("shop", True): "CustomerToken",
    ("shop", False): "ShopToken",
    ("partner", True): "PartnerTokenForCustomer",
    ("partner", False): "PartnerTokenForShop",
}


@dataclass(slots=True)
class Count:
    """What values said of one place of a schema: by keyword, how often it was kept and how often it was broken."""

    keywords: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    values: set[str] = field(default_factory=set)


class Collector:
    """A witness of the wire.

    Args:
        contract: What is to be covered.
        target: Whose keys tell kinds of token apart.
    """

    def __init__(self, contract: Contract, target: Target) -> None:
        self.contract = contract
        self.calls = 0
        self.sent_types: dict[str, set[str]] = defaultdict(set)
        self.answered_types: dict[tuple[str, int], set[str]] = defaultdict(set)
        self.answers: Counter[tuple[str, int, str, str]] = Counter()
        self.counts: dict[tuple[str, str], dict[str, Count]] = defaultdict(lambda: defaultdict(Count))
        self.flows = Flows(contract)
        self._owners = {key.id: owner for owner, key in target.keys.items()}
        self._slowest: list[tuple[float, int, Exchange]] = []
        self.walker = Walker(contract)

    def __call__(self, exchange: Exchange) -> None:
        """Look at a call."""
        operations = self._operations_of(exchange)
        if not operations or exchange.status is None:
            return
        self.calls += 1
        status, answer = exchange.status, exchange.answer_json
        self._note_time(exchange)
        for operation in operations:
            self.answers[operation.id, status, exchange.error_id, self._kind(exchange)] += 1
            self.answered_types[operation.id, status].add(exchange.answer_media_type)
            self._look(operation, str(status), self.answer_schema(operation, status), answer)
            if operation.method == exchange.method:
                sent = arguments(operation, exchange)
                self.sent_types[operation.id].add(exchange.media_type)
                self._look(operation, REQUEST, self.request_schema(operation), sent)
                if status == 200:
                    self.flows.note(operation, sent, answer)

    def _operations_of(self, exchange: Exchange) -> list[Operation]:
        """Return whose answer it is: with a verb that a function doesn't have, that of all its operations."""
        own = [it for it in self.contract.operations.values() if it.function == exchange.function]
        return [it for it in own if it.method == exchange.method] or own

    def _kind(self, exchange: Exchange) -> str:
        owner = self._owners.get(str(exchange.token_header.get("kid")))
        subject = exchange.claims.get("sub")
        if owner is None or not isinstance(subject, str):
            return ""
        return _KINDS[owner, "/" in subject]

    def _note_time(self, exchange: Exchange) -> None:
        entry = (exchange.seconds, -self.calls, exchange)
        if len(self._slowest) < _SLOWEST:
            heappush(self._slowest, entry)
        else:
            heappushpop(self._slowest, entry)

    def _look(self, operation: Operation, part: str, schema: Json | None, value: Any) -> None:
        if schema is None or value is None:
            return
        counts = self.counts[operation.id, part]
        for path, keyword, good in self.walker.seen(schema, value):
            counts[path].keywords[keyword][not good] += 1
        for path, said in self.walker.places(schema).items():
            if finite(said):
                counts[path].values |= {json.dumps(it) for it in at(value, path)}

    def request_schema(self, operation: Operation) -> Json:
        """Return the schema of an operation's arguments, wherever they stand."""
        node = self.node(operation)
        if "requestBody" in node:
            schema: Json = self.contract.resolve(node["requestBody"])["content"]["application/json"]["schema"]
            return schema
        parameters = [self.contract.resolve(it) for it in node.get("parameters", ())]
        return {
            "type": "object",
            "properties": {it["name"]: parameter_schema(it) for it in parameters if it["in"] == "query"},
        }

    def answer_schema(self, operation: Operation, status: int) -> Json | None:
        """Return the schema of an answer; None where the contract has none for the status."""
        found = self.node(operation)["responses"].get(str(status))
        if found is None:
            return None
        schema: Json = self.contract.resolve(found)["content"]["application/json"]["schema"]
        return schema

    def node(self, operation: Operation) -> Json:
        """Return an operation's part of the document."""
        node: Json = self.contract.document["paths"][f"/{{shop}}/{operation.function}"][operation.method.lower()]
        return node

    def parts(self) -> list[Part]:
        """Return requests and answers of every operation, down to keywords."""
        return [
            Part(operation.id, name, self._fields(schema, self.counts[operation.id, name]))
            for operation in self.contract.operations.values()
            for name, schema in self._schemas(operation)
        ]

    def _schemas(self, operation: Operation) -> list[tuple[str, Json]]:
        statuses = [int(status) for status in self.node(operation)["responses"] if status.isdecimal()]
        answers = [(str(status), self.answer_schema(operation, status)) for status in sorted(statuses)]
        return [
            (REQUEST, self.request_schema(operation)),
            *((name, schema) for name, schema in answers if schema is not None),
        ]

    def _fields(self, schema: Json, counts: dict[str, Count]) -> list[Field]:
        fields = []
        for path, said in self.walker.places(schema).items():
            keywords = counts[path].keywords
            present, absent = keywords["present"]
            told = [Keyword(name, _short(values), *keywords[name]) for name, values in said.items()]
            fields.append(Field(path, present, absent, told))
        return fields

    def coverage(self) -> Coverage:
        """Return the figures, without the criteria."""
        return Coverage(
            calls=self.calls,
            parts=self.parts(),
            answers=[Answered(*key, count) for key, count in sorted(self.answers.items())],
            slowest=[
                Slow(f"{it.method} {it.function}", it.status or 0, it.seconds, it.sender)
                for _, _, it in sorted(self._slowest, key=lambda entry: entry[:2], reverse=True)
            ],
        )


def parameter_schema(parameter: Json) -> Json:
    """Return the schema of a parameter, whose value may be written in JSON."""
    content = parameter.get("content", {})
    schema: Json = content["application/json"]["schema"] if content else parameter["schema"]
    return schema


def arguments(operation: Operation, exchange: Exchange) -> Any:
    """Return what was sent to an operation, as JSON has it; None where nothing can be made of it."""
    if operation.method != "GET":
        return exchange.json
    sent: Json = {}
    for name, text in exchange.query.items():
        try:
            sent[name] = json.loads(text)
        except ValueError:
            sent[name] = text
    return sent


def at(value: Any, path: str) -> list[Any]:
    """Return every value that stands at a place."""
    values = [value]
    for step in filter(None, path.replace("[]", ".[]").split(".")):
        if step == "[]":
            values = [item for inner in values if isinstance(inner, list) for item in inner]
        else:
            values = [inner[step] for inner in values if isinstance(inner, dict) and step in inner]
    return values


def finite(said: dict[str, list[Any]]) -> list[Any]:
    """Return every value that a place may have, where they can be counted."""
    values = [value for values in said.get("enum", ()) for value in values]
    return values + [True, False] * ("boolean" in said.get("type", ()))


def _short(values: list[Any]) -> str:
    text = " or ".join(map(json.dumps, values))
    return text if len(text) <= 80 else f"{text[:79]}…"
