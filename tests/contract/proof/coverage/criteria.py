"""Coverage criteria for REST APIs, and the test coverage levels that they make up.

Martin-Lopez, Segura, Ruiz-Cortés: Test coverage criteria for RESTful web APIs, A-TEST 2019
(https://doi.org/10.1145/3340433.3342822). Level 0 is below all of them; our own criteria have no level.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator

from tests.contract.proof.contract import Operation
from tests.contract.proof.coverage.allowances import ALLOWANCES, allowance
from tests.contract.proof.coverage.collector import REQUEST, Collector, finite
from tests.contract.proof.coverage.figures import Coverage, Criterion, Excused

_JSON = "application/json"


def measured(seen: Collector) -> Coverage:
    """Return all figures of what a collector has seen."""
    coverage = seen.coverage()
    coverage.criteria = list(_criteria(seen))
    return coverage


def _criteria(seen: Collector) -> Iterator[Criterion]:
    operations = seen.contract.operations.values()
    called = {operation for operation, *_ in seen.answers}
    statuses = {(operation, status) for operation, status, *_ in seen.answers}
    documented = [(it, int(status)) for it in operations for status in _statuses(seen, it)]
    paths = {it.function for it in operations if it.id in called}
    yield _judged(1, "paths", {f"/{it.function}": it.function in paths for it in operations})
    yield _judged(2, "operations", {it.id: it.id in called for it in operations})
    yield _judged(
        3,
        "content types sent",
        {f"{it.id} {_JSON}": _JSON in seen.sent_types[it.id] for it in operations if it.method == "POST"},
    )
    answered = {operation for (operation, _), kinds in seen.answered_types.items() if _JSON in kinds}
    yield _judged(3, "content types answered", {f"{it.id} {_JSON}": it.id in answered for it in operations})
    yield _judged(4, "parameters", dict(_parameters(seen, operations)))
    classes = {(operation, status // 100) for operation, status in statuses}
    yield _judged(
        4,
        "status classes",
        {f"{it.id} {status // 100}xx": (it.id, status // 100) in classes for it, status in documented},
    )
    yield _judged(5, "parameter values", dict(_values(seen, operations)))
    yield _judged(5, "status codes", {f"{it.id} {status}": (it.id, status) in statuses for it, status in documented})
    yield _judged(6, "response properties", dict(_properties(seen, documented)))
    yield _judged(7, "operation flows", {name: count > 0 for name, count in seen.flows.followed.items()})
    yield _judged(0, "error ids", dict(_error_ids(seen)))
    yield _judged(0, "kinds of token that succeed", dict(_tokens(seen, operations)))
    yield _judged(0, "request keywords kept and broken", dict(_keywords(seen)))
    yield _judged(0, "optional response properties absent, too", dict(_absences(seen)))
    yield _judged(0, "response values that can be counted", dict(_enums(seen)))


def _judged(level: int, name: str, items: dict[str, bool]) -> Criterion:
    uncovered = [item for item, covered in items.items() if not covered]
    allowances = Counter(found for item in uncovered if (found := allowance(name, item)) is not None)
    excused = [Excused(found, ALLOWANCES[name][found], count) for found, count in allowances.items()]
    missed = [item for item in uncovered if allowance(name, item) is None]
    return Criterion(level, name, len(items) - len(uncovered), len(items) - allowances.total(), missed, excused)


def _statuses(seen: Collector, operation: Operation) -> list[str]:
    return [status for status in seen.node(operation)["responses"] if status.isdecimal()]


def _parameters(seen: Collector, operations: Iterable[Operation]) -> Iterator[tuple[str, bool]]:
    for it in operations:
        counts = seen.counts[it.id, REQUEST]
        for path in seen.walker.places(seen.request_schema(it)):
            if path:
                yield f"{it.id} {path}", counts[path].keywords["present"][0] > 0


def _values(seen: Collector, operations: Iterable[Operation]) -> Iterator[tuple[str, bool]]:
    for it in operations:
        counts = seen.counts[it.id, REQUEST]
        for path, said in seen.walker.places(seen.request_schema(it)).items():
            for value in finite(said):
                yield f"{it.id} {path} = {json.dumps(value)}", json.dumps(value) in counts[path].values


def _properties(seen: Collector, documented: Iterable[tuple[Operation, int]]) -> Iterator[tuple[str, bool]]:
    for it, status in documented:
        schema = seen.answer_schema(it, status)
        for path in seen.walker.places(schema) if schema is not None else ():
            if path and not path.endswith("[]"):
                found = seen.counts[it.id, str(status)][path].keywords["present"][0] > 0
                yield f"{it.id} {status} {path}", found


def _error_ids(seen: Collector) -> Iterator[tuple[str, bool]]:
    found = {key[:3] for key in seen.answers}
    for error in seen.contract.errors:
        yield f"{error.operation} {error.status} {error.id}", (error.operation, error.status, error.id) in found


def _tokens(seen: Collector, operations: Iterable[Operation]) -> Iterator[tuple[str, bool]]:
    for it in operations:
        for kind in it.tokens:
            yield f"{it.id} {kind}", (it.id, 200, "", kind) in seen.answers


def _keywords(seen: Collector) -> Iterator[tuple[str, bool]]:
    for part in seen.parts():
        for field in part.fields if part.name == REQUEST else ():
            for keyword in field.keywords:
                place = f"{part.operation} {field.path or 'the whole'}: {keyword.name} {keyword.says}"
                yield f"{place}, kept", keyword.kept > 0
                yield f"{place}, broken", keyword.broken > 0


def _absences(seen: Collector) -> Iterator[tuple[str, bool]]:
    for operation in seen.contract.operations.values():
        for status in _statuses(seen, operation):
            schema = seen.answer_schema(operation, int(status))
            places = seen.walker.places(schema) if schema is not None else {}
            for path in places:
                parent, _, name = path.rpartition(".")
                needed = {it for names in places[parent].get("required", ()) for it in names} if path else set()
                if path and not path.endswith("[]") and (name or path) not in needed:
                    absent = seen.counts[operation.id, status][path].keywords["present"][1] > 0
                    yield f"{operation.id} {status} {path}", absent


def _enums(seen: Collector) -> Iterator[tuple[str, bool]]:
    for operation in seen.contract.operations.values():
        for status in _statuses(seen, operation):
            schema = seen.answer_schema(operation, int(status))
            for path, said in seen.walker.places(schema).items() if schema is not None else ():
                values = seen.counts[operation.id, status][path].values
                for value in finite(said):
                    yield f"{operation.id} {status} {path} = {json.dumps(value)}", json.dumps(value) in values
